"""How long the texts of a pattern are at least and at most."""

import pytest

from rawspoof.core.signature.pattern.parse import parse
from rawspoof.core.signature.pattern.tree import UNBOUNDED, least, most


@pytest.mark.parametrize(
    ("text", "shortest", "longest"),
    [
        (b"", 0, 0),
        (b"^abc$", 3, 3),
        (b"a{2,5}", 2, 5),
        (b"(?:ab|c)d", 2, 3),
        (b"(ab){3}", 6, 6),
        (b"(?>ab)?", 0, 2),
        (b"(?=xyz)a", 1, 1),
        (b"...", 3, 3),
    ],
)
def test_bounds(text, shortest, longest):
    root = parse(text).root
    assert (least(root), most(root)) == (shortest, longest)


@pytest.mark.parametrize("text", [b"a*", b"(?:ab+)", b"(a)\\1"])
def test_without_upper_bound(text):
    assert most(parse(text).root) >= UNBOUNDED
