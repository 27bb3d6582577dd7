"""RDP's first exchange: who asks, and which kind of security is agreed on. MS-RDPBCGR §2.2.1.1, §2.2.1.2, X.224 §13.3.

Knows the two messages; what a server insists on is told by its file.
"""

import re
import struct
from typing import Final, NamedTuple

RDP, SSL, HYBRID, HYBRID_EX = 0, 1, 2, 8
"""RDP's own encryption; TLS; TLS with CredSSP inside, and the same with an answer before the session."""
_HYBRID_REQUIRED: Final = 5
_REQUEST, _RESPONSE, _FAILURE = 1, 2, 3
_REQUEST_CODE: Final = 0xE0
_HEAD: Final = 11
"""Bytes of TPKT and X.224 heads."""
_COOKIE: Final = re.compile(rb"Cookie: mstshash=([^\r\n]{0,256})")
_OWN_FLAGS: Final = 0x1F
"""What Windows 10 can beside: graphics pipeline, restricted administration, redirected authentication."""


class Ask(NamedTuple):
    """A connection request."""

    user: bytes
    """Who the client says will log in; b"" if it does not."""
    protocols: int | None
    """What it can, None for one that asks for nothing: RDP's own."""


def parse(request: bytes) -> Ask | None:
    """The request that these bytes are, None if they are none."""
    if len(request) < _HEAD or request[5] & 0xF0 != _REQUEST_CODE:
        return None
    cookie = _COOKIE.match(request, _HEAD)
    end = request.find(b"\r\n", _HEAD)
    wishes = request[end + 2 if end >= 0 else _HEAD :][:8]
    asked = len(wishes) == 8 and wishes[0] == _REQUEST
    return Ask(cookie[1] if cookie else b"", int.from_bytes(wishes[4:], "little") if asked else None)


def agreed(security: bytes, asked: int | None) -> int | None:
    """What is agreed on with a server that wants `nla`, takes `tls`, or knows `rdp` only; None where nothing is."""
    if security not in (b"nla", b"tls"):
        return RDP
    for kind in (HYBRID_EX, HYBRID):
        if (asked or 0) & kind:
            return kind
    if security == b"nla":
        return None
    return (asked or 0) & SSL


def confirm(written: bytes, asked: int | None, kind: int | None) -> bytes:
    """The file's answer, made to say what was agreed on; a file that tells of no protocol stays as it is."""
    if len(written) <= _HEAD or (kind == RDP and asked is None):
        return _framed(written[:_HEAD])
    if kind is None:
        return _framed(written[:_HEAD] + struct.pack("<BBHI", _FAILURE, 0, 8, _HYBRID_REQUIRED))
    return _framed(written[:_HEAD] + struct.pack("<BBHI", _RESPONSE, written[12] & _OWN_FLAGS, 8, kind))


def _framed(said: bytes) -> bytes:
    return said[:2] + len(said).to_bytes(2) + bytes((len(said) - 5,)) + said[5:]
