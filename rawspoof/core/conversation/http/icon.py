"""The small picture at /favicon.ico of things that have one: the same for each of a product, as with real ones."""

import struct
from hashlib import blake2s
from typing import Final

_SIDE: Final = 16
_COLOURS: Final = 16


def icon(name: str) -> bytes:
    """A valid icon of 16 by 16 in 16 colours, 318 bytes: mirrored blocks, drawn by the product's name."""
    dice = blake2s(name.encode()).digest()
    palette = b"".join(bytes((dice[n], dice[n + 1], dice[n + 2], 0)) for n in range(0, 12, 3))
    palette += bytes(4 * (_COLOURS - 4))
    rows = b"".join(_row(dice[12 + y // 2]) for y in range(_SIDE))
    mask = bytes(4 * _SIDE)
    header = struct.pack("<IiiHHIIiiII", 40, _SIDE, 2 * _SIDE, 1, 4, 0, len(rows) + len(mask), 0, 0, 0, 0)
    image = header + palette + rows + mask
    entry = struct.pack("<BBBBHHII", _SIDE, _SIDE, _COLOURS, 0, 1, 4, len(image), 22)
    return struct.pack("<HHH", 0, 1, 1) + entry + image


def _row(dice: int) -> bytes:
    """Eight bytes, two points each, the right half a mirror of the left."""
    half = bytes((dice >> 2 * n & 3) * 0x11 for n in range(4))
    return half + half[::-1]
