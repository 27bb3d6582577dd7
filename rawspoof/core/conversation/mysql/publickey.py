"""The RSA key under which a MySQL 8 client without TLS hides its password. Knows no protocol.

Ours: a modulus of many small primes. It looks like any other of its length, is found in milliseconds where a real one
takes a second, and hides nothing from who tries to factor it: it guards no secret of ours.
Source: RFC 8017 §7.1.2 (OAEP with SHA-1, as MySQL pads), RFC 5280 §4.1.2.7 (SubjectPublicKeyInfo).
"""

from base64 import encodebytes
from hashlib import sha1, shake_256
from math import gcd, prod
from typing import Final, NamedTuple, Self

_BITS: Final = 2048
_PRIMES: Final = 32
_EXPONENT: Final = 65537
_SMALL: Final = prod(n for n in range(3, 200, 2) if all(n % m for m in range(3, n, 2)))
# With these bases the test of Miller and Rabin is right for all numbers below 2**64.
_BASES: Final = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37)
_EMPTY: Final = sha1(b"", usedforsecurity=False).digest()
_HEAD: Final = bytes.fromhex("30820122300d06092a864886f70d01010105000382010f003082010a0282010100")


class PrivateKey(NamedTuple):
    """A key, by the primes of its modulus."""

    primes: tuple[int, ...]

    @classmethod
    def drawn(cls, seed: bytes) -> Self:
        """The key of a seed; takes some milliseconds."""
        drawn = shake_256(seed).digest(_PRIMES * 8)
        # The two upper bits at least of 32 factors that are nearly 2**64 keep the product's length.
        return cls(tuple(_prime(int.from_bytes(drawn[i * 8 : i * 8 + 8]) | (63 << 58)) for i in range(_PRIMES)))

    @property
    def modulus(self) -> int:
        """2048 bits."""
        return prod(self.primes)

    def pem(self) -> bytes:
        """The public half, as OpenSSL writes it."""
        exponent = b"\x02\x03" + _EXPONENT.to_bytes(3)
        lines = _lines(_HEAD + self.modulus.to_bytes(_BITS // 8) + exponent)
        return b"-----BEGIN PUBLIC KEY-----\n" + lines + b"-----END PUBLIC KEY-----\n"

    def opened(self, hidden: bytes) -> bytes:
        """What was hidden, b"" for what was not hidden with this key."""
        if len(hidden) != _BITS // 8:
            return b""
        block = self._power(int.from_bytes(hidden)).to_bytes(_BITS // 8)
        seed = _xor(block[1:21], _mask(block[21:], 20))
        data = _xor(block[21:], _mask(seed, len(block) - 21))
        padding, one, text = data[20:].partition(b"\1")
        return text if not block[0] and data[:20] == _EMPTY and one and not padding.strip(b"\0") else b""

    def _power(self, number: int) -> int:
        """The private operation, prime by prime, joined by the Chinese remainder theorem."""
        whole, modulus = 0, self.modulus
        for prime in self.primes:
            others = modulus // prime
            part = pow(number, pow(_EXPONENT, -1, prime - 1), prime)
            whole += part * others * pow(others, -1, prime)
        return whole % modulus


def _lines(data: bytes) -> bytes:
    """Base 64 in lines of 64 characters (RFC 7468 §2)."""
    return b"".join(encodebytes(data[i : i + 48]) for i in range(0, len(data), 48))


def _prime(number: int) -> int:
    """The next prime that leaves the exponent an inverse."""
    number |= 1
    while not (_probable(number) and (number - 1) % _EXPONENT):
        number += 2
    return number


def _probable(number: int) -> bool:
    if gcd(number, _SMALL) != 1:
        return False
    odd = number - 1
    twos = (odd & -odd).bit_length() - 1
    odd >>= twos
    return all(_witness(pow(base, odd, number), twos, number) for base in _BASES)


def _witness(value: int, twos: int, number: int) -> bool:
    if value in (1, number - 1):
        return True
    for _ in range(twos - 1):
        value = value * value % number
        if value == number - 1:
            return True
    return False


def _mask(seed: bytes, size: int) -> bytes:
    """MGF1 with SHA-1. RFC 8017 appendix B.2.1."""
    return b"".join(sha1(seed + i.to_bytes(4), usedforsecurity=False).digest() for i in range(-(-size // 20)))[:size]


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=True))
