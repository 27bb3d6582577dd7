"""One heap of moments: retransmissions, delayed replies, idle conversations, ends of holds, SYN-ACKs to repeat.

An entry names a connection and no more; whoever takes it out looks whether it still stands. Stale entries are swept
when they outnumber live ones, so the heap is never more than about twice what is alive.
"""

from collections.abc import Callable
from heapq import heapify, heappop, heappush

SWEEP_MIN = 1024
"""Heaps smaller than this are not worth sweeping."""


class Deadlines:
    """(moment, key) pairs, soonest first."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, bytes]] = []

    def __len__(self) -> int:
        return len(self._heap)

    def push(self, at: float, key: bytes) -> None:
        """Remember to look at `key` at a moment (seconds since the epoch)."""
        heappush(self._heap, (at, key))

    def next(self) -> float | None:
        """The soonest moment, None if there is none."""
        return self._heap[0][0] if self._heap else None

    def pop_due(self, now: float) -> tuple[float, bytes] | None:
        """Take out the soonest entry if its moment has come."""
        if self._heap and self._heap[0][0] <= now:
            return heappop(self._heap)
        return None

    def sweep(self, alive: int, stands: Callable[[float, bytes], bool]) -> None:
        """Drop entries that no longer stand, if there are over twice as many entries as `alive` connections."""
        if len(self._heap) < SWEEP_MIN or len(self._heap) <= 2 * alive:
            return
        self._heap = [entry for entry in self._heap if stands(*entry)]
        heapify(self._heap)
