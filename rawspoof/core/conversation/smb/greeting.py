"""SMB 1's first exchange: the answer that a service's file has, fitted to what was asked. MS-CIFS §2.2.4.52.

Knows where its fields are; which values they have is the file's business.
"""

import struct
from typing import Final

from rawspoof.core.conversation.smb.edition import Edition
from rawspoof.core.conversation.smb.message import EXTENDED, UNICODE, Message

_NETBIOS: Final = 4
_FLAGS_AT: Final = _NETBIOS + 10
_WORDS_AT: Final = _NETBIOS + 32
"""The number of parameters; the first of them, the dialect, follows it."""
_CAPABILITIES_AT: Final = _WORDS_AT + 20
_KEY_SIZE_AT: Final = _WORDS_AT + 34
_DATA_AT: Final = _KEY_SIZE_AT + 3
_NT_WORDS: Final = 17
_EXTENDED_SECURITY: Final = 0x80000000
_NMAP_OFFERS: Final = (
    b"PC NETWORK PROGRAM 1.0",
    b"MICROSOFT NETWORKS 1.03",
    b"MICROSOFT NETWORKS 3.0",
    b"LANMAN1.0",
    b"LM1.2X002",
    b"Samba",
    b"NT LANMAN 1.0",
    b"NT LM 0.12",
)
"""The dialects of nmap's SMBProgNeg, to which the files have the answers."""
_UNKNOWN: Final = b"\x01\xff\xff\0\0"
"""None of the dialects; no data."""


def dialects(ask: Message) -> list[bytes]:
    """Names of the dialects that are offered, each behind a 2 and before a zero byte."""
    return [name[1:] for name in ask.data.split(b"\0") if name[:1] == b"\x02"]


def second(ask: Message, edition: Edition) -> int:
    """The dialect of SMB 2 that an SMB 1 client would rather speak, and the server too; 0 for none."""
    offered = dialects(ask)
    if b"SMB 2.???" in offered and len(edition.dialects) > 1:
        return 0x02FF
    return 0x0202 if b"SMB 2.002" in offered and 0x0202 in edition.dialects else 0


def dialect(ask: Message, written: bytes) -> int | None:
    """Where in the client's list the dialect stands that the file chooses from nmap's; None if it does not."""
    chosen = int.from_bytes(written[_WORDS_AT + 1 : _WORDS_AT + 3], "little")
    offered = dialects(ask)
    # Samba knows the last by both names.
    names = _NMAP_OFFERS[chosen : chosen + 1] + _NMAP_OFFERS[-1:] * (chosen == len(_NMAP_OFFERS) - 2)
    return next((offered.index(name) for name in names if name in offered), None)


def chooses(written: bytes) -> bool:
    """Whether the file's answer has parameters at all; one of an error has none."""
    return len(written) > _WORDS_AT and written[_WORDS_AT] > 0


def none(written: bytes) -> bytes:
    """The answer, with no dialect in it; b"" from a file without answer."""
    if len(written) < _WORDS_AT:
        return b""
    return _framed(written[:_WORDS_AT] + _UNKNOWN)


def choose(written: bytes, number: int) -> bytes:
    """The answer for a client that has the dialect elsewhere in its list."""
    return written[: _WORDS_AT + 1] + struct.pack("<H", number) + written[_WORDS_AT + 3 :]


def spelt(said: bytes, ask: Message) -> bytes:
    """The same with the flag of UTF-16 only where the client has it; the names are in UTF-16 all the same."""
    flags = int.from_bytes(said[_FLAGS_AT : _FLAGS_AT + 2], "little") & (ask.flags | ~UNICODE)
    return said[:_FLAGS_AT] + struct.pack("<H", flags) + said[_FLAGS_AT + 2 :]


def challenge(said: bytes, nonce: bytes) -> bytes:
    """The same with a connection's own challenge, if it is of that size."""
    if not _new(said) or said[_KEY_SIZE_AT] != len(nonce):
        return said
    return said[:_DATA_AT] + nonce + said[_DATA_AT + len(nonce) :]


def nonce(said: bytes) -> bytes:
    """The challenge in it, b"" where the form is an older one."""
    return said[_DATA_AT : _DATA_AT + said[_KEY_SIZE_AT]] if _new(said) else b""


def extends(ask: Message, said: bytes) -> bool:
    """Whether client and server both can do with log-ins in several steps."""
    return _new(said) and bool(ask.flags & EXTENDED)


def extend(said: bytes, ask: Message, data: bytes) -> bytes:
    """The same for such a client: no challenge and no names yet, but this data. MS-SMB §2.2.4.5.2.1."""
    flags = int.from_bytes(said[_FLAGS_AT : _FLAGS_AT + 2], "little") | EXTENDED | (ask.flags & UNICODE)
    able = int.from_bytes(said[_CAPABILITIES_AT : _CAPABILITIES_AT + 4], "little") | _EXTENDED_SECURITY
    head = said[:_FLAGS_AT] + struct.pack("<H", flags) + said[_FLAGS_AT + 2 : _CAPABILITIES_AT]
    words = struct.pack("<I", able) + said[_CAPABILITIES_AT + 4 : _KEY_SIZE_AT] + b"\0"
    return _framed(head + words + struct.pack("<H", len(data)) + data)


def _new(said: bytes) -> bool:
    return len(said) > _DATA_AT and said[_WORDS_AT] == _NT_WORDS


def _framed(said: bytes) -> bytes:
    return (len(said) - _NETBIOS).to_bytes(_NETBIOS) + said[_NETBIOS:]
