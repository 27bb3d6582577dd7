"""Templates of pages, filled quickly: what they say is what binding and rendering says."""

import pytest

from rawspoof.core.signature.site import fill
from rawspoof.core.signature.template import Template

FACTS = {"a": b"one", "b": b"two", "seed": b"seed"}


@pytest.mark.parametrize(
    "text", ["", "plain", "{a} and {b}", "{a} on {http_date}", "{a.upper}", "{hex8}", "{len}{<}{a}{>}"]
)
def test_it_says_what_the_template_says(text):
    template = Template.parse(text)
    assert fill(template, FACTS, 1e9) == template.bind(FACTS).render(1e9)
