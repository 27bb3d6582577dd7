"""UMAC-64 and UMAC-128, which OpenSSH's client takes first of all MACs that it is offered. RFC 4418.

Knows messages up to 16 MiB only: of the second layer the part for shorter ones, which is all that SSH needs.
"""

import struct
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

_CHUNK: Final = 1024
_MASK64: Final = 0x01FFFFFF01FFFFFF
_P36: Final = 2**36 - 5
_P64: Final = 2**64 - 59
_WORDS32: Final = 2**32 - 1
_WORDS64: Final = 2**64 - 1


class Umac:
    """The code of messages under one key; `size` of it is 8 or 16 bytes."""

    def __init__(self, key: bytes, size: int) -> None:
        self._size = size
        rounds = size // 4
        self._pad = _Block(_derived(key, 0, 16))
        first = _derived(key, 1, _CHUNK + 16 * (rounds - 1))
        second = _derived(key, 2, 24 * rounds)
        third = _derived(key, 3, 64 * rounds)
        last = struct.unpack(f">{rounds}I", _derived(key, 4, 4 * rounds))
        self._rounds = [
            (
                struct.unpack(">256I", first[16 * i : 16 * i + _CHUNK]),
                int.from_bytes(second[24 * i : 24 * i + 8]) & _MASK64,
                [word % _P36 for word in struct.unpack(">8Q", third[64 * i : 64 * i + 64])],
                last[i],
            )
            for i in range(rounds)
        ]

    def tag(self, message: bytes, nonce: int) -> bytes:
        """The code of a message under a nonce of 64 bits."""
        words = [_words(message[i : i + _CHUNK]) for i in range(0, max(len(message), 1), _CHUNK)]
        bits = [8 * len(message[i : i + _CHUNK]) for i in range(0, max(len(message), 1), _CHUNK)]
        hashed = b""
        for key, poly, inner, last in self._rounds:
            first = [_nh(key, chunk) + size & _WORDS64 for chunk, size in zip(words, bits, strict=True)]
            second = first[0] if len(message) <= _CHUNK else _poly(poly, first)
            hashed += (_inner(inner, second.to_bytes(16)) ^ last).to_bytes(4)
        return bytes(a ^ b for a, b in zip(hashed, self._mask(nonce), strict=True))

    def _mask(self, nonce: int) -> bytes:
        """Short codes take turns with the two halves of a block."""
        if self._size == 16:
            return self._pad.seal(nonce.to_bytes(8) + bytes(8))
        half = nonce & 1
        return self._pad.seal((nonce ^ half).to_bytes(8) + bytes(8))[8 * half : 8 * half + 8]


class _Block:
    """AES of single blocks."""

    def __init__(self, key: bytes) -> None:
        # The one use that ECB has: UMAC is built from the bare block cipher.
        self._aes = Cipher(algorithms.AES(key), modes.ECB()).encryptor()  # noqa: S305

    def seal(self, block: bytes) -> bytes:
        return self._aes.update(block)


def _derived(key: bytes, index: int, size: int) -> bytes:
    block = _Block(key)
    return b"".join([block.seal(struct.pack(">QQ", index, i + 1)) for i in range(-(-size // 16))])[:size]


def _words(chunk: bytes) -> tuple[int, ...]:
    padded = chunk + bytes(-len(chunk) % 32 if chunk else 32)
    return struct.unpack(f"<{len(padded) // 4}I", padded)


def _nh(key: tuple[int, ...], words: tuple[int, ...]) -> int:
    sums = [a + b & _WORDS32 for a, b in zip(words, key, strict=False)]
    return sum(sums[i + j] * sums[i + j + 4] for i in range(0, len(sums), 8) for j in range(4)) & _WORDS64


def _poly(key: int, words: list[int]) -> int:
    y = 1
    for word in words:
        if word >= 2**64 - 2**32:
            y = (key * y + _P64 - 1) % _P64
            word -= 59
        y = (key * y + word) % _P64
    return y


def _inner(key: list[int], block: bytes) -> int:
    words: tuple[int, ...] = struct.unpack(">8H", block)
    return sum(a * b for a, b in zip(words, key, strict=True)) % _P36 & _WORDS32
