"""What the doctor hands over: one thing seen, how bad it is, and what to do about it."""

from enum import Enum
from functools import partial
from typing import NamedTuple


class Level(Enum):
    """How bad it is."""

    GOOD = "ok"
    ADVICE = "advice"
    """The sensor works; its owner will want to know this."""
    TROUBLE = "trouble"
    """The sensor does not start, or sees nothing."""


class Finding(NamedTuple):
    """One thing seen."""

    level: Level
    what: str
    cure: str = ""


good = partial(Finding, Level.GOOD)
advice = partial(Finding, Level.ADVICE)
trouble = partial(Finding, Level.TROUBLE)
