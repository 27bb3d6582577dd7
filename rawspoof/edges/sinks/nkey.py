"""NATS's keys: a seed in letters, and what it says to a challenge. Ed25519; knows no connection.

The form: base32 of a prefix, the key and a CRC-16 (XMODEM, little-endian); https://docs.nats.io, NKeys.
"""

import base64
import binascii
import struct
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

SEED_PREFIX: Final = 18 << 3
USER: Final = 20 << 3
KEY_BYTES: Final = 32
SEED_LETTERS: Final = 58


class WrongSeed(ValueError):
    """What was given is no user's seed."""


class NKey:
    """A user's key."""

    def __init__(self, seed: str) -> None:
        """`seed` begins with SU. Raises WrongSeed."""
        try:
            raw = base64.b32decode(seed + "=" * (-len(seed) % 8))
        except binascii.Error:
            raise WrongSeed("expected an NKey seed, SU and 56 letters and digits") from None
        body, check = raw[:-2], raw[-2:]
        prefix = (SEED_PREFIX | USER >> 5, (USER & 31) << 3)
        if len(body) != KEY_BYTES + 2 or tuple(body[:2]) != prefix or check != _check(body):
            raise WrongSeed("expected an NKey seed of a user, unchanged")
        self._key = Ed25519PrivateKey.from_private_bytes(body[2:])
        public = bytes([USER]) + self._key.public_key().public_bytes_raw()
        self.public = base64.b32encode(public + _check(public)).decode().rstrip("=")
        """The user's name, U and 55 letters and digits."""

    def sign(self, challenge: str) -> str:
        """What to say to the server's nonce."""
        return base64.urlsafe_b64encode(self._key.sign(challenge.encode())).decode().rstrip("=")


def is_seed(secret: str) -> bool:
    """Whether a secret is a seed rather than a token."""
    return len(secret) == SEED_LETTERS and secret.startswith("SU")


def seed(key: bytes) -> str:
    """The seed of a new key, which is 32 random bytes."""
    body = bytes((SEED_PREFIX | USER >> 5, (USER & 31) << 3)) + key
    return base64.b32encode(body + _check(body)).decode().rstrip("=")


def is_public(text: str) -> bool:
    """Whether this is a user's public key."""
    try:
        raw = base64.b32decode(text)
    except (binascii.Error, ValueError):
        return False
    return len(raw) == KEY_BYTES + 3 and raw[0] == USER and raw[-2:] == _check(raw[:-2])


def _check(data: bytes) -> bytes:
    return struct.pack("<H", binascii.crc_hqx(data, 0))
