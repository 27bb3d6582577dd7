"""nmap's timing template, by the least time between its probes. Knows when packets came, not who sent them.

-T3, -T4 and -T5 differ in how long they wait for what does not come: of a sensor that answers, they look the same.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from rawspoof.core.watch.sample import Sample

PROBES_MIN: Final = 4
_TEMPLATES: Final = ((300.0, "T0"), (15.0, "T1"), (0.4, "T2"))
"""Seconds between two probes, nmap.cc: at least these, and never two at a time."""
_EARLY: Final = 0.97
"""The network may bring two probes this much nearer to each other."""


def template(samples: Sequence[Sample]) -> str:
    """`T0`, `T1` or `T2`; "" where there are too few probes, or they come as fast as they may."""
    if len(samples) < PROBES_MIN:
        return ""
    least = min(b.at - a.at for a, b in pairwise(samples))
    return next((name for gap, name in _TEMPLATES if least >= gap * _EARLY), "")
