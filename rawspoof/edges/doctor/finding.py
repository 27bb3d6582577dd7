"""What the doctor hands over: one thing seen, how bad it is, and what to do about it. Values only."""

from enum import Enum
from functools import partial
from typing import Final, NamedTuple


class Level(Enum):
    """How bad it is."""

    GOOD = "ok"
    ADVICE = "advice"
    """The sensor works; its owner will want to know this."""
    TROUBLE = "trouble"
    """The sensor does not start, or sees nothing."""


GROUPS: Final = {
    "foundations": "Foundations",
    "network": "Network",
    "firewall": "Firewall",
    "services": "Services",
    "storage": "Storage",
    "outputs": "Outputs",
    "moving": "Moving over",
    "scan": "Seen from outside",
}
"""What findings are about, in the order in which they are told: the first word of an id, and its title."""


class Finding(NamedTuple):
    """One thing seen."""

    level: Level
    id: str
    """`group.what-it-is`, the same in every version; the group is one of GROUPS."""
    what: str
    cure: str = ""

    @property
    def group(self) -> str:
        """The first word of the id."""
        return self.id.partition(".")[0]


good = partial(Finding, Level.GOOD)
advice = partial(Finding, Level.ADVICE)
trouble = partial(Finding, Level.TROUBLE)
