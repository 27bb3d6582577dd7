"""Signs of life: each child counts in memory that it shares with the supervisor, which looks whether it still does.

A count costs nothing and says only that the loop of a process turns: one that hangs is no better than a dead one.
"""

import mmap
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

SILENT_S = 10.0
"""A process that has not counted for so long hangs. A worker counts four times a second, the collector once."""
FIRST_S: Final = 60.0
"""Until its first count: a large store takes a while to open."""
AWAY_S: Final = 5.0
"""Where the supervisor itself was not there for so long, its children may not have been either: a suspended machine."""
_MASK: Final = (1 << 64) - 1


@dataclass(slots=True)
class _Heard:
    """What was last seen of one."""

    count: int
    at: float


class Beats:
    """Counters of so many children, by number; moments are those of one clock in seconds."""

    def __init__(self, children: int) -> None:
        self._counts = memoryview(mmap.mmap(-1, 8 * children)).cast("Q")
        self._heard = [_Heard(0, 0.0) for _ in range(children)]
        self._looked_at = 0.0

    def of(self, number: int) -> Callable[[], None]:
        """What this child is to call, now and then."""
        counts = self._counts

        def beat() -> None:
            counts[number] = (counts[number] + 1) & _MASK

        return beat

    def begin(self, number: int, at: float) -> None:
        """This one is started anew."""
        self._counts[number] = 0
        self._heard[number] = _Heard(0, at)

    def silent(self, at: float) -> set[int]:
        """Those who hang."""
        away, self._looked_at = at - self._looked_at > AWAY_S, at
        found = set()
        for number, heard in enumerate(self._heard):
            count = self._counts[number]
            if away or count != heard.count:
                self._heard[number] = _Heard(count, at)
            elif at - heard.at > (SILENT_S if count else FIRST_S):
                found.add(number)
        return found
