"""nmap's timing templates by the time between probes, where that tells."""

import pytest

from rawspoof.core.watch.pace import template
from tests.watch.test_facts import ONE


@pytest.mark.parametrize(
    ("gaps", "named"),
    [
        ((300.1, 300.2, 301.0), "T0"),
        ((15.0, 15.01, 15.2), "T1"),
        ((0.4, 0.41, 0.399), "T2"),
        ((0.4, 0.41), ""),
        ((0.001, 0.002, 0.001), ""),
        # A pause, or a probe that is sent again, is no template.
        ((0.001, 15.0, 15.0), ""),
        ((), ""),
    ],
)
def test_templates(gaps, named):
    moments = [1000.0 + sum(gaps[:number]) for number in range(len(gaps) + 1)]
    assert template([ONE._replace(at=at) for at in moments]) == named
