"""memcached's binary protocol: version and statistics are told, a login by SASL is refused, nothing is kept.

Knows one packet at a time. github.com/memcached/memcached/wiki/BinaryProtocolRevamped.
"""

import struct
from typing import Final, NamedTuple

from rawspoof.core.conversation.base import Credential, Reply, Then
from rawspoof.core.conversation.framing import REQUEST_MAX, Frame

MAGIC, ANSWER = 0x80, 0x81
HEAD: Final = struct.Struct(">BBHBBHIIQ")

_GET, _SET, _ADD, _REPLACE, _DELETE, _QUIT, _FLUSH = 0, 1, 2, 3, 4, 7, 8
_NOOP, _VERSION, _GETK, _STAT, _VERBOSITY = 0x0A, 0x0B, 0x0C, 0x10, 0x1B
_MECHANISMS, _LOGIN, _STEP = 0x20, 0x21, 0x22
_DONE, _MISSING, _INVALID, _NO_LOGIN, _UNKNOWN, _NO_MEMORY = 0, 1, 4, 0x20, 0x81, 0x82
_WORDS: Final = {
    _MISSING: b"Not found",
    _INVALID: b"Invalid arguments",
    _NO_LOGIN: b"Auth failure.",
    _UNKNOWN: b"Unknown command",
    _NO_MEMORY: b"Out of memory",
}
_STATUS: Final = {
    _GET: _MISSING, _GETK: _MISSING, _DELETE: _MISSING, 5: _MISSING, 6: _MISSING,
    _SET: _NO_MEMORY, _ADD: _NO_MEMORY, _REPLACE: _NO_MEMORY, 0x0E: _NO_MEMORY, 0x0F: _NO_MEMORY,
    _FLUSH: _DONE, _NOOP: _DONE, _VERBOSITY: _DONE,
    _LOGIN: _NO_LOGIN, _STEP: _NO_LOGIN,
}  # fmt: skip
_QUIET: Final = {9: _GET, 0x0D: _GETK, 0x11: _SET, 0x12: _ADD, 0x13: _REPLACE, 0x14: _DELETE, 0x17: _QUIT}
"""Commands that say nothing when all is as usual; a miss is usual."""


class Packet(NamedTuple):
    """A request."""

    opcode: int
    opaque: int
    key: bytes
    value: bytes


def cut(heard: bytearray) -> Frame | None:
    """The first packet; of one that is longer than any may be, its head alone, and the last."""
    if len(heard) < HEAD.size:
        return None
    length = HEAD.size + int.from_bytes(heard[8:12])
    if length > REQUEST_MAX:
        return Frame(bytes(heard[: HEAD.size]), HEAD.size, last=True)
    return Frame(bytes(heard[:length]), length) if len(heard) >= length else None


def answer(request: bytes, version: bytes, stats: list[tuple[bytes, bytes]]) -> Reply | None:
    """What a packet is answered with; `stats` are names and values."""
    _, opcode, key_size, extras, _, _, size, opaque, _ = HEAD.unpack_from(request)
    body = request[HEAD.size :]
    if len(body) < size or key_size + extras > size:
        return _said(Packet(opcode, opaque, b"", b""), _INVALID, then=Then.CLOSE)
    asked = Packet(opcode, opaque, body[extras : extras + key_size], body[extras + key_size :])
    if opcode in _QUIET:
        return _quiet(_QUIET[opcode], asked)
    if opcode == _QUIT:
        return _said(asked, _DONE, then=Then.CLOSE)
    if opcode == _VERSION:
        return _said(asked, _DONE, version)
    if opcode == _MECHANISMS:
        return _said(asked, _DONE, b"PLAIN")
    if opcode == _STAT:
        items = b"".join(_packet(asked, _DONE, value, name) for name, value in stats if not asked.key)
        return Reply(items + _packet(asked, _DONE), Then.LISTEN)
    said = _said(asked, _STATUS.get(opcode, _UNKNOWN))
    return said._replace(notes=_offered(asked)) if opcode == _LOGIN else said


def _offered(asked: Packet) -> tuple[Credential, ...]:
    """RFC 4616: authorization identity, name and password, parted by zeros."""
    _, _, pair = asked.value.partition(b"\0")
    user, nul, secret = pair.partition(b"\0")
    mechanism = asked.key[:20].decode("latin-1")
    return (Credential(mechanism, user, secret) if nul else Credential(mechanism, b"", asked.value),)


def _quiet(loud: int, asked: Packet) -> Reply | None:
    if loud == _QUIT:
        return Reply(b"", Then.CLOSE)
    return None if loud in (_GET, _GETK, _DELETE) else _said(asked, _NO_MEMORY)


def _said(asked: Packet, status: int, value: bytes = b"", then: Then = Then.LISTEN) -> Reply:
    return Reply(_packet(asked, status, value or _WORDS.get(status, b"")), then)


def _packet(asked: Packet, status: int, value: bytes = b"", name: bytes = b"") -> bytes:
    size = len(name) + len(value)
    return HEAD.pack(ANSWER, asked.opcode, len(name), 0, 0, status, size, asked.opaque, 0) + name + value
