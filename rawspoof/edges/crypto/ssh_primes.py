"""Primes drawn from a seed, for host keys that need no file: the same seed, the same prime.

Fermat's test to the base 3 is enough for numbers by chance: one that passes and is no prime is rarer than a fault of
the machine (Damgård, Landrock, Pomerance 1993).
"""

import math
from collections.abc import Iterator
from hashlib import shake_256
from typing import Final

from rawspoof.edges.crypto.ssh_power import power

_SMALL: Final = math.prod(n for n in range(3, 2000, 2) if all(n % d for d in range(3, math.isqrt(n) + 1, 2)))
_NEAR: Final = 512
"""How far from a drawn number a prime may be: one a little further on is as good, and costs no hash."""


def numbers(seed: bytes, bits: int) -> Iterator[int]:
    """Endless numbers of this size that the seed gives, the two highest bits of each set."""
    number = 0
    while True:
        drawn = int.from_bytes(shake_256(seed + number.to_bytes(4)).digest(bits // 8))
        yield drawn | 3 << bits - 2
        number += 1


def prime(seed: bytes, bits: int, apart_from_one: int = 1) -> int:
    """A prime of this size; p - 1 has nothing in common with `apart_from_one`."""
    near = (number for drawn in numbers(seed, bits) for number in range(drawn | 1, (drawn | 1) + _NEAR, 2))
    return next(number for number in near if math.gcd(number - 1, apart_from_one) == 1 and probable(number))


def probable(number: int) -> bool:
    """Whether an odd number above 2000 is prime, as far as Fermat's test tells."""
    return math.gcd(number, _SMALL) == 1 and power(3, number - 1, number) == 1
