"""A client's side of NTLM and SPNEGO for tests: messages with known answers. MS-NLMP §2.2.1. Proves nothing."""

import struct
from typing import Final

from rawspoof.core.conversation.der import der
from rawspoof.core.conversation.spnego import NTLMSSP

FLAGS: Final = 0xE2088297
PROOF: Final = bytes(range(16))
BLOB: Final = b"\1\1" + bytes(42)


def negotiate(flags: int = FLAGS) -> bytes:
    return b"NTLMSSP\0" + struct.pack("<II", 1, flags) + bytes(16) + b"\x0a\0\x63\x45\0\0\0\x0f"


def authenticate(user: str, domain: str = "CORP", nt: bytes = PROOF + BLOB, lm: bytes = bytes(24)) -> bytes:
    parts = [lm, nt, domain.encode("utf-16-le"), user.encode("utf-16-le"), b"", b""]
    fields, data = b"", b""
    for part in parts:
        fields += struct.pack("<HHI", len(part), len(part), 88 + len(data))
        data += part
    return b"NTLMSSP\0" + struct.pack("<I", 3) + fields + struct.pack("<I", FLAGS) + bytes(24) + data


def first(token: bytes) -> bytes:
    """A token as SPNEGO's first message has it."""
    inner = der(0x30, der(0xA0, der(0x30, der(6, NTLMSSP))), der(0xA2, der(4, token)))
    return der(0x60, der(6, bytes.fromhex("2b0601050502")), der(0xA0, inner))


def later(token: bytes) -> bytes:
    return der(0xA1, der(0x30, der(0xA2, der(4, token))))


def nonce(said: bytes) -> bytes:
    """The challenge in whatever carries it."""
    return said[said.index(b"NTLMSSP\0\2") + 24 :][:8]


def material(challenge: bytes) -> bytes:
    """The secret that is to be noted for `authenticate`."""
    return b":".join(part.hex().encode() for part in (challenge, PROOF, BLOB))
