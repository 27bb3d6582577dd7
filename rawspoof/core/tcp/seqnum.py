"""Sequence numbers: arithmetic modulo 2^32 (RFC 9293 §3.4). The only place that may compare two of them."""

from typing import Final

MASK: Final = 0xFFFFFFFF
_HALF: Final = 0x80000000


def add(a: int, n: int) -> int:
    """The sequence number `n` octets after `a` (before it, if `n` is negative)."""
    return (a + n) & MASK


def diff(a: int, b: int) -> int:
    """How many octets `a` lies after `b`, the shorter way round: -2^31 to 2^31 - 1."""
    return ((a - b + _HALF) & MASK) - _HALF


def lt(a: int, b: int) -> bool:
    """Whether `a` comes before `b`."""
    return (a - b) & MASK >= _HALF


def le(a: int, b: int) -> bool:
    """Whether `a` comes before `b` or is `b`."""
    return (b - a) & MASK < _HALF


def in_window(x: int, start: int, size: int) -> bool:
    """Whether `x` is one of the `size` numbers from `start` on."""
    return (x - start) & MASK < size
