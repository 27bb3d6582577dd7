"""One heap of moments: retransmissions, delayed replies, idle conversations, ends of holds, SYN-ACKs to repeat.

An entry names a connection and no more; whoever takes it out looks whether it still stands. Stale and double entries
are swept out each time the heap has doubled, so it is never more than about twice what is alive.
"""

from collections.abc import Callable
from heapq import heapify, heappop, heappush
from struct import Struct
from typing import Final

SWEEP_MIN: Final = 1024
"""Heaps smaller than this are not worth sweeping."""


_MOMENT = Struct("!d")
"""Big-endian, so that entries sort as their moments do: IEEE 754 orders the bits of positive numbers as the numbers."""
NEVER: Final = float("inf")


class Deadlines:
    """(moment, key) pairs, soonest first. `stands` says whether an entry still means something.

    An entry is one bytes object, moment and key in a row: a timed hold is little else.
    """

    def __init__(self, stands: Callable[[float, bytes], bool]) -> None:
        self._heap: list[bytes] = []
        self._soonest = NEVER
        self._stands = stands
        self._sweep_at = SWEEP_MIN

    def __len__(self) -> int:
        return len(self._heap)

    def push(self, at: float, key: bytes) -> None:
        """Remember to look at `key` at a moment (seconds since the epoch)."""
        if len(self._heap) >= self._sweep_at:
            self._sweep()
        heappush(self._heap, _MOMENT.pack(at) + key)
        if at < self._soonest:
            self._soonest = at

    def next(self) -> float | None:
        """The soonest moment, None if there is none."""
        return self._soonest if self._heap else None

    def pop_due(self, now: float) -> tuple[float, bytes] | None:
        """Take out the soonest entry if its moment has come."""
        if not self._heap or self._soonest > now:
            return None
        due = _parted(heappop(self._heap))
        self._see()
        return due

    def _see(self) -> None:
        self._soonest = _parted(self._heap[0])[0] if self._heap else NEVER

    def _sweep(self) -> None:
        self._heap = [*{entry for entry in self._heap if self._stands(*_parted(entry))}]
        heapify(self._heap)
        self._see()
        self._sweep_at = max(2 * len(self._heap), SWEEP_MIN)


def _parted(entry: bytes) -> tuple[float, bytes]:
    """An entry's moment and key."""
    return _MOMENT.unpack_from(entry)[0], entry[8:]
