"""One heap of moments: retransmissions, delayed replies, idle conversations, ends of holds, SYN-ACKs to repeat.

An entry names a connection and no more; whoever takes it out looks whether it still stands. Stale and double entries
are swept out each time the heap has doubled, so it is never more than about twice what is alive.
"""

from collections.abc import Callable
from heapq import heapify, heappop, heappush
from typing import Final

SWEEP_MIN: Final = 1024
"""Heaps smaller than this are not worth sweeping."""


class Deadlines:
    """(moment, key) pairs, soonest first. `stands` says whether an entry still means something."""

    def __init__(self, stands: Callable[[float, bytes], bool]) -> None:
        self._heap: list[tuple[float, bytes]] = []
        self._stands = stands
        self._sweep_at = SWEEP_MIN

    def __len__(self) -> int:
        return len(self._heap)

    def push(self, at: float, key: bytes) -> None:
        """Remember to look at `key` at a moment (seconds since the epoch)."""
        if len(self._heap) >= self._sweep_at:
            self._sweep()
        heappush(self._heap, (at, key))

    def next(self) -> float | None:
        """The soonest moment, None if there is none."""
        return self._heap[0][0] if self._heap else None

    def pop_due(self, now: float) -> tuple[float, bytes] | None:
        """Take out the soonest entry if its moment has come."""
        if self._heap and self._heap[0][0] <= now:
            return heappop(self._heap)
        return None

    def _sweep(self) -> None:
        self._heap = [*{entry for entry in self._heap if self._stands(*entry)}]
        heapify(self._heap)
        self._sweep_at = max(2 * len(self._heap), SWEEP_MIN)
