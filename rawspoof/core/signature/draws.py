"""What a template draws from its port's seed: the same port says the same, another port something else.

Knows the names of these fields and how many bytes each gives; decides nothing about who says them.
"""

import re
import struct
from base64 import b32encode
from collections.abc import Callable
from functools import partial
from hashlib import blake2s
from typing import Final, NamedTuple

DRAWN_MAX: Final = 32
"""Bytes that one template draws: what one digest gives."""

_NAME = re.compile(r"(nonce|hex|raw|code)([1-9]\d?)|uptime")
# Text without quotes, spaces and the dollar sign, which MySQL keeps out of its own scrambles.
_PRINTABLE = bytes(0x28 + n % 0x56 for n in range(256))


class Stamp(NamedTuple):
    """Bytes that the moment decides, always of the same number."""

    size: int
    give: Callable[[float], bytes]
    """From seconds since the epoch."""


def cost(name: str) -> int | None:
    """Bytes of the seed's digest that a field of this name uses up; None for a name that draws nothing."""
    found = _NAME.fullmatch(name)
    if not found:
        return None
    size = int(found[2] or 0)
    return {"hex": (size + 1) // 2, "code": size * 5 // 8}.get(found[1], size)


def draw(name: str, seed: bytes, start: int) -> bytes | Stamp:
    """What a field that `cost` knows says; `start` is what the template's earlier fields have used up.

    `nonceN` is N printable bytes that differ from moment to moment, `hexN` N hexadecimal digits, `codeN` N letters and
    digits of RFC 4648 §6 and `rawN` N bytes that never change, without line feeds, at which scanners' patterns stop,
    `uptime` seven digits of seconds.
    """
    kind, size = name.rstrip("0123456789"), int(name.lstrip("abcdefghijklmnopqrstuvwxyz") or 0)
    if kind == "nonce":
        return Stamp(size, partial(_nonce, seed, start, size))
    if kind == "uptime":
        return Stamp(7, partial(_uptime, int.from_bytes(seed)))
    digest = blake2s(b"hex", key=seed).digest()[start:]
    if kind == "code":
        return b32encode(digest[: size * 5 // 8] + b"\0")[:size]
    return digest[:size].replace(b"\n", b"\v") if kind == "raw" else digest.hex()[:size].encode()


def _nonce(seed: bytes, start: int, size: int, now: float) -> bytes:
    digest = blake2s(struct.pack(">d", now), key=seed).digest()
    return digest[start : start + size].translate(_PRINTABLE)


def _uptime(start: int, now: float) -> bytes:
    # Ours: 11 to 115 days and round again, so that it always has seven digits.
    return b"%d" % (1_000_000 + (start + int(now)) % 9_000_000)
