"""How many may come in: handshakes cost a hundred times what a segment does, and packets must not wait for them.

Counts moments that walk in; knows no cryptography.
"""

from typing import Final

PER_S: Final = 200
"""Handshakes begun within one second: a quarter of it, at 1.3 ms for one and all its segments (bench --only tls)."""
ALIVE_MAX: Final = 1024
"""Connections with keys at a time, about 20 KiB each. Debian's nginx serves 768 with one worker."""


class Turnstile:
    """Lets through so many a second, and so many at a time."""

    __slots__ = ("_alive_max", "_passed", "_per_s", "_second")

    def __init__(self, per_s: int = PER_S, alive_max: int = ALIVE_MAX) -> None:
        self._per_s, self._alive_max = per_s, alive_max
        self._second, self._passed = 0, 0

    def admits(self, alive: int, at: float) -> bool:
        """Whether one more may begin at this moment, while `alive` others are under way."""
        if int(at) != self._second:
            self._second, self._passed = int(at), 0
        if alive >= self._alive_max or self._passed >= self._per_s:
            return False
        self._passed += 1
        return True
