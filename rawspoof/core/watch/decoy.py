"""Which sources sent the same first packet: `nmap -D` sends each probe from all its addresses, alike to the last bit.

Counts copies among the sources known; knows not who sent them, for all but one address is somebody else's.
"""

from typing import Final

from rawspoof.core.watch.facts import SMALL, number
from rawspoof.core.wire.segment import Segment

_WINDOW: Final = 1024
"""nmap's in all raw probes. Of other scanners none has decoys, and Mirai's SYNs are alike without being copies."""


class Marks:
    """How many sources share a mark. Holds no more marks than there are sources."""

    def __init__(self) -> None:
        self._counts: dict[int, int] = {}

    def enter(self, seg: Segment) -> int:
        """The mark of a source by its first packet, counted; 0 for a packet that nobody would copy."""
        if seg.wnd != _WINDOW or (hidden := number(seg.seq, seg.ack, seg.flags)) < SMALL:
            return 0
        mark = hidden << 32 | seg.sport << 16 | seg.dport
        self._counts[mark] = self._counts.get(mark, 0) + 1
        return mark

    def twins(self, mark: int) -> int:
        """Other sources with this mark."""
        return self._counts[mark] - 1 if mark else 0

    def leave(self, mark: int) -> None:
        """A source with this mark is forgotten."""
        if not mark:
            return
        self._counts[mark] -= 1
        if not self._counts[mark]:
            del self._counts[mark]
