"""Streamlined NTRU Prime 761, the server's half: a secret and its encapsulation for a client's public key.

Polynomials are multiplied as one big number with 32 bits a coefficient (Kronecker's substitution), which Python does in
a fraction of a millisecond. ntruprime.cr.yp.to, round 3, §4; draft-ietf-sshm-ntruprime-ssh.
"""

import secrets
import struct
from collections.abc import Sequence
from hashlib import sha512
from typing import Final

P: Final = 761
Q: Final = 4591
WEIGHT: Final = 286
PUBLIC_BYTES: Final = 1158
CIPHERTEXT_BYTES: Final = 1039

_HALF_Q: Final = Q // 2
_ROUNDED: Final = (Q + 2) // 3
"""Values that a coefficient rounded to a multiple of 3 can have."""
_OFFSET: Final = 1 << 31
"""Added to each coefficient of 32 bits, so that none is negative: a product's are below WEIGHT * Q < 2^21."""
_OFFSETS: Final = int.from_bytes(_OFFSET.to_bytes(4, "little") * (2 * P), "little")


def encapsulate(public: bytes) -> tuple[bytes, bytes]:
    """Ciphertext and secret (32 bytes) for a public key of PUBLIC_BYTES. Every such key is good for something."""
    return seal(public, _short())


def seal(public: bytes, short: Sequence[int]) -> tuple[bytes, bytes]:
    """As `encapsulate`, with P coefficients of -1, 0, 1, WEIGHT of them not 0, that must be a secret."""
    key = [value - _HALF_Q for value in decode(public, [Q] * P)]
    # To the nearest multiple of 3, counted from the lowest.
    rounded = [(((value + _HALF_Q) % Q) + 1) // 3 for value in multiply(key, short)]
    packed = _small(short)
    body = encode(rounded, [_ROUNDED] * P)
    confirm = _hash(2, _hash(3, packed) + _hash(4, public))
    ciphertext = body + confirm
    return ciphertext, _hash(1, _hash(3, packed) + ciphertext)


def multiply(key: Sequence[int], short: Sequence[int]) -> list[int]:
    """The product in Z[x]/(x^P - x - 1), coefficients not yet reduced by Q."""
    product = _number(key) * _number(short) + _OFFSETS
    wide = [value - _OFFSET for value in struct.unpack(f"<{2 * P}I", product.to_bytes(8 * P, "little"))]
    # x^P = x + 1, and the product's degree is at most 2P - 2.
    low, high = wide[:P], wide[P : 2 * P - 1]
    for i, value in enumerate(high):
        low[i] += value
        low[i + 1] += value
    return low


def encode(values: Sequence[int], limits: Sequence[int]) -> bytes:
    """Numbers, each below its limit, as bytes: neighbours are joined, and what is over 14 bits is put out."""
    out = bytearray()
    digits, below = list(values), list(limits)
    while len(digits) > 1:
        pairs = zip(digits[::2], digits[1::2], below[::2], below[1::2], strict=False)
        joined: list[tuple[int, int]] = []
        for first, second, limit, other in pairs:
            value, most = first + limit * second, limit * other
            while most >= 1 << 14:
                out.append(value & 255)
                value, most = value >> 8, most + 255 >> 8
            joined.append((value, most))
        if len(digits) & 1:
            joined.append((digits[-1], below[-1]))
        digits, below = [value for value, _ in joined], [most for _, most in joined]
    value, most = digits[0], below[0]
    while most > 1:
        out.append(value & 255)
        value, most = value >> 8, most + 255 >> 8
    return bytes(out)


def decode(data: bytes, limits: Sequence[int]) -> list[int]:
    """What `encode` took; numbers of any bytes of the right length are below their limits."""
    if len(limits) == 1:
        return [int.from_bytes(data, "little") % limits[0]]
    at = 0
    parts: list[tuple[int, int]] = []
    inner: list[int] = []
    for first, second in zip(limits[::2], limits[1::2], strict=False):
        most, taken = first * second, 0
        while most >= 1 << 14:
            most, taken = most + 255 >> 8, taken + 1
        parts.append((int.from_bytes(data[at : at + taken], "little"), 8 * taken))
        at += taken
        inner.append(most)
    inner += limits[2 * len(parts) :]
    above = decode(data[at:], inner)
    out: list[int] = []
    for i, (low, shift) in enumerate(parts):
        value = low + (above[i] << shift)
        out += (value % limits[2 * i], value // limits[2 * i] % limits[2 * i + 1])
    return out + above[len(parts) :]


def _short() -> list[int]:
    """P coefficients by chance, WEIGHT of them 1 or -1: drawn, then put in order of 30 bits more each."""
    drawn = struct.unpack(f"<{P}I", secrets.token_bytes(4 * P))
    marked = [value & ~1 if i < WEIGHT else value & ~3 | 1 for i, value in enumerate(drawn)]
    return [(value & 3) - 1 for value in sorted(marked)]


def _small(short: Sequence[int]) -> bytes:
    """Four coefficients a byte."""
    padded = [value + 1 for value in short] + [0] * (-P % 4)
    return bytes(a | b << 2 | c << 4 | d << 6 for a, b, c, d in zip(*[iter(padded)] * 4, strict=True))


def _number(values: Sequence[int]) -> int:
    """The polynomial's value at 2^32."""
    shifted = struct.pack(f"<{P}I", *[value + _OFFSET for value in values])
    return int.from_bytes(shifted, "little") - (_OFFSETS & (1 << 32 * P) - 1)


def _hash(kind: int, data: bytes) -> bytes:
    return sha512(bytes([kind]) + data).digest()[:32]
