"""Tabular Data Stream: messages of packets, logins as values, tokens of a refusal. Knows layouts, decides nothing.

Source: MS-TDS §2.2.3.1 (packet header), §2.2.6.4 (LOGIN7), §2.2.7.6 (DONE), §2.2.7.10 (ERROR), §2.2.7.22 (SSPI); the
login of TDS 4.2 as FreeTDS documents it.
"""

import struct
from collections.abc import Iterator
from typing import Final, NamedTuple

LOGIN_4, RESULT, LOGIN_7, SSPI, PRELOGIN = 0x02, 0x04, 0x10, 0x11, 0x12
_KNOWN: Final = frozenset((1, LOGIN_4, 3, RESULT, 6, 7, 8, 14, LOGIN_7, SSPI, PRELOGIN))
HEAD: Final = 8
PACKET_MAX: Final = 32767
TDS_72: Final = 0x72
"""Major version from which on numbers of lines have four bytes and counts of rows eight."""

_END: Final = 1
_FIXED_7: Final = 86
_LOGIN_4_MIN: Final = 93
_INTEGRATED: Final = 0x80
# The password: halves of each byte exchanged, then XOR 0xA5. MS-TDS §2.2.6.4.
_CLEAR: Final = bytes((b ^ 0xA5) >> 4 | ((b ^ 0xA5) & 15) << 4 for b in range(256))


class Login(NamedTuple):
    """Who wants in, and how."""

    tds: int
    """Major version of the protocol, 0x71 for 7.1; 4.2 is 0x42."""
    user: bytes
    """In UTF-8, as all texts."""
    password: bytes
    sspi: bytes
    """The first token of an integrated login."""
    integrated: bool


def size(heard: bytearray) -> int:
    """Bytes of the first message; 0 while it is not whole, -1 for what can be none."""
    at = 0
    while len(heard) >= at + HEAD:
        kind, status, length = heard[at], heard[at + 1], int.from_bytes(heard[at + 2 : at + 4])
        if kind not in _KNOWN or not HEAD <= length <= PACKET_MAX:
            return -1
        at += length
        if len(heard) < at:
            return 0
        if status & _END:
            return at
    return 0


def body(message: bytes) -> bytes:
    """What the packets of a whole message carry."""
    return b"".join(_bodies(message))


def _bodies(message: bytes) -> Iterator[bytes]:
    at = 0
    while at + HEAD <= len(message):
        length = max(HEAD, int.from_bytes(message[at + 2 : at + 4]))
        yield message[at + HEAD : at + length]
        at += length


def packet(tokens: bytes, spid: int) -> bytes:
    """A server's message of one packet."""
    return struct.pack(">BBHHBB", RESULT, _END, HEAD + len(tokens), spid, 1, 0) + tokens


def login(kind: int, said: bytes) -> Login | None:
    """What a message of this kind wants, if it is a login."""
    if kind == LOGIN_7:
        return login_7(said)
    return login_4(said) if kind == LOGIN_4 else None


def login_7(said: bytes) -> Login | None:
    """A login of TDS 7; None for one that ends too early."""
    if len(said) < _FIXED_7:
        return None
    user, secret = _chars(said, 40), _chars(said, 44)
    at, length = struct.unpack_from("<HH", said, 78)
    password = _text(secret.translate(_CLEAR))
    return Login(said[7], _text(user), password, said[at : at + length], bool(said[25] & _INTEGRATED))


def login_4(said: bytes) -> Login | None:
    """A login of TDS 4.2: fields of thirty bytes, the length of each behind it."""
    if len(said) < _LOGIN_4_MIN:
        return None
    user, password = (said[at : at + min(30, said[at + 30])] for at in (31, 62))
    return Login(0x42, user, password, b"", False)


def refusal(tds: int, number: int, text: str, server: str) -> bytes:
    """An ERROR of class 14 and the DONE behind it."""
    wide = tds >= TDS_72
    words = _counted(text, "<H", tds) + _counted(server, "B", tds) + b"\0"
    error = struct.pack("<IBB", number, 1, 14) + words + struct.pack("<I" if wide else "<H", 1)
    done = b"\xfd\x02\0\0\0" + bytes(8 if wide else 4)
    return b"\xaa" + len(error).to_bytes(2, "little") + error + done


def challenge(token: bytes) -> bytes:
    """What an integrated login is to go on with."""
    return b"\xed" + len(token).to_bytes(2, "little") + token


def _counted(text: str, width: str, tds: int) -> bytes:
    """A text behind the number of its characters: two bytes each since TDS 7."""
    raw = text.encode("utf-16-le" if tds >= 0x70 else "latin-1", "replace")
    return struct.pack(width, len(raw) // (2 if tds >= 0x70 else 1)) + raw


def _chars(said: bytes, at: int) -> bytes:
    """The field whose offset and number of characters stand there, as far as it is there."""
    start, chars = struct.unpack_from("<HH", said, at)
    return said[start : start + 2 * chars]


def _text(raw: bytes) -> bytes:
    return raw.decode("utf-16-le", "replace").encode()
