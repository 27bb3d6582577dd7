"""The door: what a link brings in, and how what it caused leaves again. A new link is one more file beside this one."""

from collections.abc import Callable, Iterator
from typing import NamedTuple, Protocol

from rawspoof.core.outcome import Outcome


class Arrival(NamedTuple):
    """One packet, or the mere passing of time (`raw` is None)."""

    at: float
    """Seconds since the epoch."""
    raw: bytes | None


class Link(Protocol):
    """Brings arrivals in order of time; each is answered by `leave` before the next is asked for."""

    def arrivals(self, next_deadline: Callable[[], float | None]) -> Iterator[Arrival]:
        """Packets as they come; before a packet that a deadline precedes, an Arrival without one."""

    def leave(self, outcome: Outcome) -> None:
        """Give the last arrival its verdict and send the packets it caused."""

    def close(self) -> None:
        """Let go of whatever the link holds."""
