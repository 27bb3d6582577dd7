"""Risk adds up, and has an end."""

import pytest

from rawspoof.core.watch.risk import RISK_MAX, level, risk
from rawspoof.core.watch.source import Source


def source(ports, opened=0):
    made = Source(b"\1\2\3\4", 0.0)
    made.new_ports, made.opened = ports, opened
    return made


@pytest.mark.parametrize(
    ("ports", "opened", "techniques", "points", "stage"),
    [
        (1, 0, (), 0, 0),
        (1000, 0, ("syn",), 180, 1),
        (65535, 1, ("connect", "version"), 469, 2),
        (1, 1, ("connect", "credential"), 250, 1),
        (1, 1, ("connect", "exploit", "brute-force"), 800, 3),
        (65535, 9, ("exploit", "brute-force", "vulnerability", "sweep", "os"), RISK_MAX, 3),
    ],
)
def test_risk_and_level(ports, opened, techniques, points, stage):
    found = risk(source(ports, opened), techniques)
    assert (found, level(found)) == (points, stage)
