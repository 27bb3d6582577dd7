"""What leaves the hall: a verdict, packets, events. There is no fourth."""

from enum import IntEnum
from typing import NamedTuple

from rawspoof.core.event import AnyEvent


class Verdict(IntEnum):
    """What the kernel is to do with the packet that came in (values of NF_DROP and NF_ACCEPT)."""

    DROP = 0
    ACCEPT = 1


class Outcome(NamedTuple):
    """All that can leave the sensor for one arrival."""

    verdict: Verdict
    packets: list[bytes]
    """Whole IP packets, in sending order."""
    events: list[AnyEvent]


def nothing(verdict: Verdict = Verdict.DROP) -> Outcome:
    """An outcome to be filled, or left as it is."""
    return Outcome(verdict, [], [])
