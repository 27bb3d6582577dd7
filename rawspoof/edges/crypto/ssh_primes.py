"""Primes drawn from a seed, for host keys that need no file: the same seed, the same prime.

Python's own powers would take long and hold up every thread, so OpenSSL is asked: with a modulus n and the exponent
n - 2 its RSA verification of 1/m finds m again exactly if m^(n-2) = 1/m, which is Fermat's test to the base m. A number
by chance that passes and is none is rarer than a fault of the machine (Damgård, Landrock, Pomerance 1993).
"""

import math
from collections.abc import Iterator
from hashlib import sha256, shake_256
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

BITS_MIN: Final = 1024
"""OpenSSL takes no modulus below."""

_SMALL: Final = math.prod(n for n in range(3, 2000, 2) if all(n % d for d in range(3, math.isqrt(n) + 1, 2)))
_SAID: Final = b"prime"
_DIGEST_INFO: Final = bytes.fromhex("3031300d060960864801650304020105000420") + sha256(_SAID).digest()


def numbers(seed: bytes, bits: int) -> Iterator[int]:
    """Endless numbers of this size that the seed gives, the two highest bits of each set."""
    number = 0
    while True:
        drawn = int.from_bytes(shake_256(seed + number.to_bytes(4)).digest(bits // 8))
        yield drawn | 3 << bits - 2
        number += 1


def prime(seed: bytes, bits: int, apart_from_one: int) -> int:
    """A prime of BITS_MIN bits or more; p - 1 has nothing in common with `apart_from_one`."""
    for drawn in numbers(seed, bits):
        # A number a little further on is as good, and costs no hash.
        for number in range(drawn | 1, (drawn | 1) + 512, 2):
            if math.gcd(number - 1, apart_from_one) == 1 and probable(number):
                return number
    raise AssertionError


def probable(number: int) -> bool:
    """Whether an odd number of BITS_MIN bits or more is prime, as far as Fermat's test tells."""
    if math.gcd(number, _SMALL) != 1:
        return False
    size = (number.bit_length() + 7) // 8
    padded = b"\0\1" + b"\xff" * (size - 3 - len(_DIGEST_INFO)) + b"\0" + _DIGEST_INFO
    signature = pow(int.from_bytes(padded), -1, number).to_bytes(size)
    try:
        rsa.RSAPublicNumbers(number - 2, number).public_key().verify(
            signature, _SAID, padding.PKCS1v15(), hashes.SHA256()
        )
    except InvalidSignature:
        return False
    return True
