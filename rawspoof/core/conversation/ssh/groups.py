"""The primes of Diffie-Hellman groups: RFC 2409 §6.2 and RFC 3526. Knows numbers only.

All are 2^n - 2^(n-64) - 1 + 2^64 * (floor(2^(n-130) * pi) + c), so that pi and the small c are all there is to write.
"""

from functools import cache
from typing import Final

_C: Final = {1024: 129093, 2048: 124476, 3072: 1690314, 4096: 240904, 6144: 929484, 8192: 4743158}
GENERATOR: Final = 2


@cache
def prime(bits: int) -> int:
    """The group's modulus."""
    pi = _pi(bits - 130)
    return int(2**bits - 2 ** (bits - 64) - 1 + 2**64 * (pi + _C[bits]))


def nearest(smallest: int, wanted: int, largest: int) -> int | None:
    """Bits of the group for a client that wants this size, None if it allows none of ours. RFC 4419 §3."""
    allowed = [bits for bits in _C if max(smallest, 2048) <= bits <= largest]
    return min(allowed, key=lambda bits: (bits < wanted, abs(bits - wanted)), default=None)


def _pi(bits: int) -> int:
    """floor(2^bits * pi), by Machin: 16 arctan(1/5) - 4 arctan(1/239)."""
    guard = bits + 64
    return 4 * (4 * _arctan(5, guard) - _arctan(239, guard)) >> 64


def _arctan(x: int, bits: int) -> int:
    """2^bits * arctan(1/x)."""
    power = total = (1 << bits) // x
    n, sign = 1, -1
    while power:
        power //= x * x
        n += 2
        total += sign * (power // n)
        sign = -sign
    return total
