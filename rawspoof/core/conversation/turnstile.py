"""How many may come in: handshakes cost a hundred times what a segment does, and packets must not wait for them.

Counts moments that walk in; knows no cryptography.
"""

from typing import Final

PER_S: Final = 200
"""Handshakes begun within one second: about 100 ms of it at what one costs (scripts/bench --only tls)."""
ALIVE_MAX: Final = 1024
"""Connections with keys at a time, about 20 KiB each. Debian's nginx serves 768 with one worker."""


class Turnstile:
    """Lets through so many a second, and so many at a time."""

    __slots__ = ("_passed", "_second")

    def __init__(self) -> None:
        self._second, self._passed = 0, 0

    def admits(self, alive: int, at: float) -> bool:
        """Whether one more may begin at this moment, while `alive` others are under way."""
        if int(at) != self._second:
            self._second, self._passed = int(at), 0
        if alive >= ALIVE_MAX or self._passed >= PER_S:
            return False
        self._passed += 1
        return True
