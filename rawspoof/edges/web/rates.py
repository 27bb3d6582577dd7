"""How many things happened in each of the last seconds, and which happened most. Counts; knows no event.

Both are bounded: a ring of seconds, a handful of leaders.
"""

from collections.abc import Hashable
from typing import Final, Generic, TypeVar

SECONDS: Final = 600
"""How far back a rate is known."""

Key = TypeVar("Key", bound=Hashable)


class Ring:
    """A count for each of the last SECONDS seconds."""

    def __init__(self) -> None:
        self._counts = [0] * SECONDS
        self._stamps = [-1] * SECONDS

    def add(self, at: float, count: int = 1) -> None:
        """Count at this moment; what is older than the ring is let go."""
        second = int(at)
        slot = second % SECONDS
        if self._stamps[slot] < second:
            self._stamps[slot], self._counts[slot] = second, 0
        if self._stamps[slot] == second:
            self._counts[slot] += count

    def last(self, now: float, seconds: int) -> list[int]:
        """The counts of so many whole seconds before `now`, oldest first."""
        end = int(now)
        return [self._at(second) for second in range(end - min(seconds, SECONDS), end)]

    def _at(self, second: int) -> int:
        slot = second % SECONDS
        return self._counts[slot] if self._stamps[slot] == second else 0


class Top(Generic[Key]):
    """The few keys with the highest counts, where counts only grow: no sorting of all of them is needed."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._leaders: dict[Key, int] = {}

    def see(self, key: Key, count: int) -> None:
        """The count of this key is now so much."""
        leaders = self._leaders
        if key not in leaders and len(leaders) >= self._most:
            last = min(leaders, key=leaders.__getitem__)
            if count <= leaders[last]:
                return
            del leaders[last]
        leaders[key] = count

    def leaders(self) -> list[tuple[Key, int]]:
        """Those few, the highest count first."""
        return sorted(self._leaders.items(), key=lambda item: -item[1])
