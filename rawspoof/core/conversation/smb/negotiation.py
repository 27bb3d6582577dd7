"""SMB 2's first exchange: which dialect, and what a server says of itself. MS-SMB2 §2.2.3, §2.2.4, §3.3.5.4."""

import struct
from collections.abc import Sequence
from typing import Final

from rawspoof.core.conversation.smb.edition import Edition
from rawspoof.core.conversation.visit import Visit
from rawspoof.core.signature.stamps import filetime

ANY_2: Final = 0x02FF
"""The wildcard: some dialect of SMB 2 that the client is to name."""
DIALECTS_MAX: Final = 64
"""Dialects of one request that are read, precedent: Windows refuses more."""

_BODY: Final = struct.Struct("<HHHH16sIIIIQQHHI")
_SIGNING_ENABLED: Final = 1
_OFFERS_AT: Final = 64 + _BODY.size

# MS-SMB2 §2.2.4, Capabilities.
_DFS, _LEASING, _LARGE_MTU, _MULTI_CHANNEL, _DIRECTORY_LEASING, _ENCRYPTION = 1, 2, 4, 8, 32, 64
_INTEGRITY, _CIPHERS = 1, 2
_AES_CCM, _AES_GCM = 1, 2


def chosen(request: bytes, known: Sequence[int]) -> int | None:
    """The highest dialect that both sides know, 0 if there is none, None for a request that is no such."""
    if len(request) < 100 or request[64:66] != b"\x24\0":
        return None
    count = struct.unpack_from("<H", request, 66)[0]
    if not 0 < count <= DIALECTS_MAX or len(request) < 100 + 2 * count:
        return None
    asked = struct.unpack_from(f"<{count}H", request, 100)
    return max(set(asked) & set(known), default=0)


def response(request: bytes, dialect: int, edition: Edition, visit: Visit, at: float) -> bytes:
    """The body of the answer; `request` is b"" where an SMB 1 client has asked."""
    offer = edition.offer
    contexts = _contexts(request, visit) if dialect == 0x0311 else []
    listed = b"".join(c + bytes(-len(c) % 8) for c in contexts[:-1]) + b"".join(contexts[-1:])
    pad = bytes(-(_OFFERS_AT + len(offer)) % 8) if contexts else b""
    asked = int.from_bytes(request[72:76], "little")
    size_max = edition.size_max(dialect)
    booted_at = edition.booted_at(at)
    booted = filetime(booted_at) if booted_at else bytes(8)
    body = _BODY.pack(
        65,
        _SIGNING_ENABLED,
        dialect,
        len(contexts),
        edition.guid,
        _capabilities(dialect, asked, edition),
        size_max,
        size_max,
        size_max,
        int.from_bytes(filetime(at), "little"),
        int.from_bytes(booted, "little"),
        _OFFERS_AT,
        len(offer),
        _OFFERS_AT + len(offer) + len(pad) if contexts else 0,
    )
    return body + offer + pad + listed


def _capabilities(dialect: int, asked: int, edition: Edition) -> int:
    """What a server can, as far as the dialect has it; of SMB 3 only what the client can too."""
    able = _DFS
    if dialect >= 0x0210:
        able |= _LEASING | _LARGE_MTU * edition.direct
    if 0x0300 <= dialect != ANY_2:
        able |= asked & (_MULTI_CHANNEL if edition.samba else _MULTI_CHANNEL | _DIRECTORY_LEASING)
    if dialect in (0x0300, 0x0302):
        # SMB 3.1.1 tells of ciphers in a context.
        able |= asked & _ENCRYPTION
    return able


def _contexts(request: bytes, visit: Visit) -> list[bytes]:
    """What SMB 3.1.1 has beside: SHA-512 over what was said with a salt, and a cipher if one was offered."""
    salt = visit.octets(b"salt", 32)
    contexts = [struct.pack("<HHIHHH", _INTEGRITY, 6 + len(salt), 0, 1, len(salt), 1) + salt]
    if offered := _ciphers(request):
        cipher = next((c for c in offered if c in (_AES_CCM, _AES_GCM)), 0)
        contexts.append(struct.pack("<HHIHH", _CIPHERS, 4, 0, 1, cipher))
    return contexts


def _ciphers(request: bytes) -> tuple[int, ...]:
    """Ciphers that the client offers, in its order."""
    at, count = struct.unpack_from("<IH", request, 92)
    for _ in range(min(count, 8)):
        if len(request) < at + 10:
            break
        number, size = struct.unpack_from("<HH", request, at)
        if number == _CIPHERS:
            told = int.from_bytes(request[at + 8 : at + 10], "little")
            there = min(told, DIALECTS_MAX, (len(request) - at - 10) // 2)
            return struct.unpack_from(f"<{there}H", request, at + 10)
        at += 8 + size + -size % 8
    return ()
