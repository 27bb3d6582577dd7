"""Reads numbers and texts from a request, one behind the other. Knows no protocol.

What is not there reads as nothing and is remembered: whoever reads looks once, at the end, whether all was well.
"""

from typing import Literal


class Cursor:
    """A place in some bytes."""

    __slots__ = ("_at", "_data", "bad")

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0
        self.bad = False
        """Whether more was wanted than there was."""

    @property
    def left(self) -> int:
        """How many bytes are still to be read."""
        return len(self._data) - self._at

    def take(self, size: int) -> bytes:
        """The next bytes; b"" where there are fewer."""
        if not 0 <= size <= self.left:
            self.bad = True
            return b""
        self._at += size
        return self._data[self._at - size : self._at]

    def number(self, size: int, order: Literal["big", "little"] = "big", signed: bool = False) -> int:
        """A number of so many bytes; 0 where there are fewer."""
        return int.from_bytes(self.take(size), order, signed=signed)

    def text(self, size: int) -> bytes:
        """A text behind its length, a number of so many bytes."""
        return self.take(self.number(size))

    def varint(self, digits_max: int = 4) -> int:
        """A number in groups of seven bits, the lowest first, all but the last with the high bit set."""
        value = 0
        for place in range(digits_max):
            digit = self.number(1)
            value |= (digit & 0x7F) << 7 * place
            if digit < 0x80:
                return value
        self.bad = True
        return 0
