"""SYN-ACKs that wait: a source gets so many answers a second and the others late, none of them never.

A port that drops SYNs looks filtered, and a source that is refused knows it; one that is answered late is only slow.
Decides when a SYN is answered; knows no packet's bytes. Ours, without an RFC.
"""

from collections import OrderedDict
from typing import Final

from rawspoof.core.tcp.deadlines import Deadlines
from rawspoof.core.wire.segment import Segment

BURST_S: Final = 1.0
"""What a source did not use of this time is left to it: a visitor with a few connections never waits."""
DELAY_MAX_S: Final = 0.9
"""Longest wait. A kernel asks again after a second (RFC 6298 §2.1), and a scanner that keeps no list of what it asked
goes home some seconds after its last SYN: whoever asks faster than this can hold is answered at its own pace, late."""
SOURCES_MAX: Final = 16_384
"""Sources whose answers are counted; the one seen first is forgotten for a new one, and has its burst again."""
WAITING_MAX: Final = 16_384
"""SYNs that wait; one beyond this is answered at once, and counted."""


class Throttle:
    """Answers `waits` for each SYN, and gives it back when its moment has come."""

    def __init__(self, per_s: float, deadlines: Deadlines) -> None:
        """`per_s` answers a second for each source; see `limit`."""
        self._deadlines = deadlines
        self.limit(per_s)
        self._spent: OrderedDict[bytes, float] = OrderedDict()
        """Source → the moment up to which its answers are given out."""
        self._waiting: dict[bytes, tuple[float, Segment]] = {}
        self.unheld = 0
        """SYNs that found no room to wait."""

    def __len__(self) -> int:
        return len(self._waiting)

    def limit(self, per_s: float) -> None:
        """So many from now on, 0 for as many as come; who waits goes on waiting."""
        self._gap_s = 1 / per_s if per_s else 0.0

    def waits(self, seg: Segment, at: float) -> bool:
        """Whether this SYN is answered later: there is a deadline then. `at` is seconds since the epoch."""
        waiting = self._waiting.get(seg.key)
        if waiting is not None:
            # It asks again, perhaps with another number: the answer is to this one, at the moment of the first.
            self._waiting[seg.key] = waiting[0], seg
            return True
        due_at = self._next(seg.src, at)
        if due_at <= at:
            return False
        if len(self._waiting) >= WAITING_MAX:
            self.unheld += 1
            return False
        self._waiting[seg.key] = due_at, seg
        self._deadlines.push(due_at, seg.key)
        return True

    def due_at(self, key: bytes) -> float | None:
        """This one's moment, None if it does not wait."""
        waiting = self._waiting.get(key)
        return None if waiting is None else waiting[0]

    def due(self, key: bytes, moment: float) -> Segment | None:
        """Take out the SYN that is to be answered at this moment; None if there is none."""
        return self._waiting.pop(key)[1] if self.due_at(key) == moment else None

    def _next(self, source: bytes, at: float) -> float:
        """The moment of this source's next answer."""
        spent = self._spent.get(source)
        if spent is None and len(self._spent) >= SOURCES_MAX:
            self._spent.popitem(last=False)
        begun = at - BURST_S if spent is None else max(spent, at - BURST_S)
        due_at = self._spent[source] = min(begun + self._gap_s, at + DELAY_MAX_S)
        return due_at
