"""A set of ports that is small while few are in it: a tuple, then a bitmap. Knows nothing of who touched them."""

from collections.abc import Iterator
from typing import Final

FEW: Final = 16
"""Ports kept one by one; most sources touch fewer. Beyond, a bitmap of BITMAP_BYTES takes their place."""
BITMAP_BYTES: Final = 8192


class Ports:
    """Port numbers, 0 to 65,535, each once."""

    __slots__ = ("_bits", "_few", "count")

    def __init__(self) -> None:
        self._few: tuple[int, ...] = ()
        self._bits: bytearray | None = None
        self.count = 0

    @property
    def spread(self) -> bool:
        """Whether there is a bitmap."""
        return self._bits is not None

    @property
    def full(self) -> bool:
        """Whether the next new port needs a bitmap, which there is not yet."""
        return self._bits is None and self.count >= FEW

    def add(self, port: int) -> bool:
        """Keep a port; whether it is a new one."""
        bits = self._bits
        if bits is not None:
            byte, bit = port >> 3, 1 << (port & 7)
            if bits[byte] & bit:
                return False
            bits[byte] |= bit
            self.count += 1
            return True
        if port in self._few:
            return False
        if self.count >= FEW:
            self._spread()
            return self.add(port)
        self._few += (port,)
        self.count += 1
        return True

    def __contains__(self, port: int) -> bool:
        if self._bits is None:
            return port in self._few
        return bool(self._bits[port >> 3] & 1 << (port & 7))

    def __iter__(self) -> Iterator[int]:
        """In rising order."""
        bits = self._bits
        if bits is None:
            yield from sorted(self._few)
            return
        for byte, eight in enumerate(bits):
            if eight:
                yield from (byte * 8 + bit for bit in range(8) if eight >> bit & 1)

    def _spread(self) -> None:
        self._bits = bytearray(BITMAP_BYTES)
        for port in self._few:
            self._bits[port >> 3] |= 1 << (port & 7)
        self._few = ()


def ranges(ports: Ports, most: int) -> str:
    """Ports as people write them, `22,80,8000-8100`; after `most` ranges `…` stands for the others."""
    parts: list[str] = []
    first = last = -2
    for port in [*ports, -1]:
        if port == last + 1:
            last = port
            continue
        if first >= 0:
            parts.append(str(first) if first == last else f"{first}-{last}")
        if len(parts) == most and port >= 0:
            return ",".join(parts) + ",…"
        first = last = port
    return ",".join(parts)
