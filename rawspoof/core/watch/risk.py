"""How much a source should worry its target: 0 to 1000, and a level of 0 to 3. A table, added up.

Breadth says somebody is looking, words say what for, a proven address says that something can be done about it.
"""

import math
from collections.abc import Iterable
from typing import Final

from rawspoof.core.watch.source import Source

RISK_MAX: Final = 1000
LEVELS: Final = (150, 400, 700)
"""Risk from which a source is of level 1, 2, 3: a look around, a scan, an attack."""

BREADTH: Final = 60
"""For each power of ten of ports touched (65,535 are 289)."""
PROVEN: Final = 100
"""For a completed handshake."""
POINTS: Final = {
    "sweep": 60,
    "fin": 40,
    "null": 40,
    "xmas": 40,
    "maimon": 40,
    "ack": 20,
    "odd": 40,
    "idle": 60,
    "os": 80,
    "version": 80,
    "badsum": 20,
    "slow": 60,
    "flood": 60,
    "decoy": 60,
    "vulnerability": 150,
    "wordlist": 100,
    "credential": 150,
    "brute-force": 300,
    "exploit": 400,
}
"""For each technique seen."""


def risk(source: Source, techniques: Iterable[str]) -> int:
    """0 to RISK_MAX."""
    points = BREADTH * math.log10(max(source.new_ports, 1)) + PROVEN * source.verified
    points += sum(POINTS.get(name, 0) for name in techniques)
    return min(round(points), RISK_MAX)


def level(risk: int) -> int:
    """0 to 3."""
    return sum(risk >= least for least in LEVELS)
