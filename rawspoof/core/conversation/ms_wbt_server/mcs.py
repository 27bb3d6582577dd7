"""What RDP says between the agreement on security and the log-in: conference, channels, who comes. T.125, T.124.

MS-RDPBCGR §2.2.1.3 to §2.2.1.11. Knows messages; which of them is due is the server's business.
"""

import struct
from hashlib import blake2b
from typing import Final

from rawspoof.core.conversation.base import Credential
from rawspoof.core.conversation.der import der

CONNECT_INITIAL: Final = b"\x7f\x65"
DISCONNECT: Final = bytes.fromhex("0300000902f0802180")
"""Disconnect Provider Ultimatum, by the user's request: what servers say who will not go on."""

_DATA: Final = b"\x02\xf0\x80"
_ATTACH_USER, _CHANNEL_JOIN, _SEND_DATA = 0x28, 0x38, 0x64
_USER: Final = 6
"""The client's number in the conference, 1007 - 1001."""
_IO_CHANNEL: Final = 1003
_CHANNELS_MAX: Final = 31
_INFO_PACKET: Final = 0x40
_UNICODE: Final = 0x10
_NAME_MAX: Final = 512

_DOMAIN_PARAMETERS: Final = bytes.fromhex("301a020122020103020100020101020100020101020300fff8020102")
_CONFERENCE: Final = bytes.fromhex("000500147c00012a14760a01010001c0004d63446e")
"""T.124's ConferenceCreateResponse in packed encoding, up to the length of the server's data ("McDn")."""
_CORE, _SECURITY, _NET = 0x0C01, 0x0C02, 0x0C03
_CLIENT_SECURITY, _CLIENT_NET = 0xC002, 0xC003
_LEVEL_CLIENT_COMPATIBLE: Final = 2
_STRONGEST_FIRST: Final = (2, 8, 1, 16)
"""128, 56 and 40 bits of RC4, and FIPS for who knows nothing else."""


def framed(said: bytes) -> bytes:
    """A message of the conference in its TPKT."""
    return b"\x03\0" + (len(said) + 7).to_bytes(2) + _DATA + said


def connect_response(initial: bytes, version: int, asked: int, own_encryption: bool, chance: bytes) -> bytes:
    """The conference that a client asked for; `chance` are 32 random bytes of the server."""
    channels = min(int.from_bytes(_block(initial, _CLIENT_NET)[:4], "little"), _CHANNELS_MAX)
    numbers = struct.pack(f"<{channels}H", *range(_IO_CHANNEL + 1, _IO_CHANNEL + 1 + channels))
    net = struct.pack("<HH", _IO_CHANNEL, channels) + numbers + bytes(2 * (channels % 2))
    methods = int.from_bytes(_block(initial, _CLIENT_SECURITY)[:4], "little")
    security = _encryption(methods, chance) if own_encryption else bytes(8)
    data = b"".join(
        struct.pack("<HH", kind, 4 + len(block)) + block
        for kind, block in ((_CORE, struct.pack("<II", version, asked)), (_NET, net), (_SECURITY, security))
    )
    size = struct.pack(">H", 0x8000 | len(data)) if len(data) > 0x7F else bytes((len(data),))
    user_data = der(0x04, _CONFERENCE + size + data)
    inner = der(0x0A, b"\0") + der(0x02, b"\0") + _DOMAIN_PARAMETERS + user_data
    return framed(b"\x7f" + der(0x66, inner))


def next_step(said: bytes) -> bytes | None:
    """The answer to a client that attaches and joins channels, None for what wants another one."""
    if said[:1] == bytes((_ATTACH_USER,)):
        return framed(struct.pack(">BBH", 0x2E, 0, _USER))
    if said[:1] == bytes((_CHANNEL_JOIN,)) and len(said) >= 5:
        user, channel = struct.unpack_from(">HH", said, 1)
        return framed(struct.pack(">BBHHH", 0x3E, 0, user, channel, channel))
    return b"" if said[:1] == b"\x04" else None


def offered(said: bytes) -> Credential | None:
    """Name and password of a client that tells them inside TLS, None where it says something else."""
    if said[:1] != bytes((_SEND_DATA,)) or len(said) < 8:
        return None
    data = said[8:] if said[6] & 0x80 else said[7:]
    if len(data) < 22 or not int.from_bytes(data[:2], "little") & _INFO_PACKET:
        return None
    wide = int.from_bytes(data[8:12], "little") & _UNICODE
    end = 2 if wide else 1
    at, found = 22, []
    for size in struct.unpack_from("<HHH", data, 12):
        raw = data[at : at + min(size, _NAME_MAX)]
        found.append(raw.decode("utf-16-le" if wide else "latin-1", "replace").encode())
        at += size + end
    domain, user, password = found
    return Credential("password", domain + b"\\" + user if domain else user, password)


def _block(initial: bytes, wanted: int) -> bytes:
    """The client's data of a kind, b"" if there is none. They follow T.124's "Duca" and a length."""
    at = initial.find(b"Duca") + 4
    if at < 4 or len(initial) <= at:
        return b""
    at += 2 if initial[at] & 0x80 else 1
    while len(initial) >= at + 4:
        kind, size = struct.unpack_from("<HH", initial, at)
        if kind == wanted:
            return initial[at + 4 : at + size]
        at += max(size, 4)
    return b""


def _encryption(methods: int, chance: bytes) -> bytes:
    """The strongest encryption that the client knows, with the server's random and key. MS-RDPBCGR §2.2.1.4.3.

    Ours: the key is no product of primes, so that nobody can go further with it; the connection ends at the next step.
    """
    method = next((m for m in _STRONGEST_FIRST if methods & m), 0)
    if not method:
        return bytes(8)
    modulus = bytearray(blake2b(chance).digest())
    modulus[0] |= 1
    modulus[-1] |= 0x80
    key = struct.pack("<4sIIII", b"RSA1", 72, 512, 63, 65537) + modulus + bytes(8)
    signature = blake2b(modulus).digest() + bytes(8)
    blobs = struct.pack("<HH", 6, len(key)) + key + struct.pack("<HH", 8, len(signature)) + signature
    certificate = struct.pack("<III", 1, 1, 1) + blobs
    sizes = struct.pack("<IIII", method, _LEVEL_CLIENT_COMPATIBLE, len(chance), len(certificate))
    return sizes + chance + certificate
