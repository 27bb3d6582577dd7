"""A source that asks too fast is slowed down and finds every port open all the same."""

import time

import pytest

from rawspoof.edges.lab.namespaces import Lab
from tests.netns.scanners import masscan, nmap, states
from tests.netns.sensors import running, tell

pytestmark = [pytest.mark.netns, pytest.mark.alone]

PORTS = 300


def scanned_s(lab: Lab) -> float:
    """How long nmap takes to find all ports open. (-T5 waits 0.3 s for an answer: on a busy machine it misses some.)"""
    begun = time.monotonic()
    assert states(nmap(lab, "-sS", "-T4", "-p", f"1-{PORTS}")) == {"open": PORTS}
    return time.monotonic() - begun


def test_scanners_are_slower_and_find_every_port(lab, tmp_path):
    config = tmp_path / "c.toml"
    config.write_text("[tcp]\nanswers_per_s_max = 50\n")
    with running(lab):
        usual = scanned_s(lab)
    with running(lab, "-c", str(config)):
        slow = scanned_s(lab)
        assert len(masscan(lab, "-p", f"1-{PORTS}", "--rate", "1000")) == PORTS
    tell(f"nmap of {PORTS} ports: {usual:.1f} s, slowed down {slow:.1f} s")
    assert slow > 2 * usual
