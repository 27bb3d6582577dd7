"""Cassandra's native protocol up to the password that is refused. Knows no query: nobody gets that far.

Source: github.com/apache/cassandra, doc/native_protocol_v3.spec to _v5.spec (§2 frames, §4 messages, §9 errors).
"""

from collections.abc import Iterable, Mapping
from enum import IntEnum
from typing import ClassVar, Final

from rawspoof.core.conversation.base import Credential, Reply, Then
from rawspoof.core.conversation.filled import filled
from rawspoof.core.conversation.framing import Frame
from rawspoof.core.conversation.speaker import Speaker
from rawspoof.core.conversation.visit import Visit
from rawspoof.core.conversation.written import written

PROTOCOL_ERROR, BAD_CREDENTIALS = 0x000A, 0x0100
USE_BETA: Final = 0x10
V5: Final = 5

_AUTHENTICATOR: Final = "org.apache.cassandra.auth.PasswordAuthenticator"
_DENIED: Final = b"Provided username %s and/or password are incorrect"
_MESSAGES_MAX: Final = 20
"""Entries of a request's map that are read; a STARTUP has up to six."""


class Op(IntEnum):
    """What a frame is; the names are those that errors show."""

    ERROR = 0x00
    STARTUP = 0x01
    READY = 0x02
    AUTHENTICATE = 0x03
    CREDENTIALS = 0x04
    OPTIONS = 0x05
    SUPPORTED = 0x06
    QUERY = 0x07
    RESULT = 0x08
    PREPARE = 0x09
    EXECUTE = 0x0A
    REGISTER = 0x0B
    EVENT = 0x0C
    BATCH = 0x0D
    AUTH_CHALLENGE = 0x0E
    AUTH_RESPONSE = 0x0F
    AUTH_SUCCESS = 0x10


class CassandraNative(Speaker):
    """One connection with a node."""

    patience_s: ClassVar[float] = 60.0

    def __init__(self, visit: Visit) -> None:
        super().__init__(visit)
        self._started = False
        # 1.2, 2.0 and 2.1 answer in their newest version; later ones list what they take.
        newest = visit.fact("version", b"\x84")[0] & 0x7F
        self._versions = range(1, newest + 1) if newest < 4 else (3, 4, V5) if visit.fact("flag") == b"\x10" else (3, 4)

    def frame(self, heard: bytearray) -> Frame | None:
        """A frame behind its header; of another version, its first byte."""
        if heard[0] not in self._versions:
            return Frame(bytes(heard[:1]), 1, last=True)
        head = _head(heard[0])
        if len(heard) < head:
            return None
        size = head + int.from_bytes(heard[head - 4 : head])
        return Frame(bytes(heard[:size]), size) if len(heard) >= size else None

    def answer(self, request: bytes, at: float) -> Reply | None:
        """The file's words if it has any for this; else those of a node that wants a password."""
        if said := written(self.visit.identity, request, at):
            return said
        version = request[0]
        if version not in self._versions:
            return self._unsupported(version, at)
        if version == V5 and not request[1] & USE_BETA:
            text = "Beta version of the protocol used (5/v5-beta), but USE_BETA flag is unset"
            return self._error(request, PROTOCOL_ERROR, text.encode())._replace(then=Then.CLOSE)
        head = _head(version)
        number = request[head - 5]
        if number not in Op.__members__.values():
            return self._error(request, PROTOCOL_ERROR, b"Unknown opcode %d" % number)
        return self._message(request, Op(number), request[head:], at)

    def _message(self, request: bytes, op: Op, body: bytes, at: float) -> Reply:
        if op is Op.OPTIONS:
            return self._reply(request, Op.SUPPORTED, self._supported())
        if not self._started:
            return self._start(request, op, body)
        if op is Op.AUTH_RESPONSE and request[0] > 1:
            _, user, password = [*body[4:].split(b"\0", 2), b"", b""][:3]
            return self._denied(request, user, password, at)
        if op is Op.CREDENTIALS and request[0] == 1:
            offered = _map(body)
            return self._denied(request, offered.get(b"username", b""), offered.get(b"password", b""), at)
        wanted = "CREDENTIALS" if request[0] == 1 else "SASL_RESPONSE"
        return self._error(request, PROTOCOL_ERROR, f"Unexpected message {op.name}, expecting {wanted}".encode())

    def _start(self, request: bytes, op: Op, body: bytes) -> Reply:
        if op is not Op.STARTUP:
            text = f"Unexpected message {op.name}, expecting STARTUP or OPTIONS"
            return self._error(request, PROTOCOL_ERROR, text.encode())
        if b"CQL_VERSION" not in _map(body):
            return self._error(request, PROTOCOL_ERROR, b"Missing value CQL_VERSION in STARTUP message")
        self._started = True
        return self._reply(request, Op.AUTHENTICATE, _string(_AUTHENTICATOR.encode()))

    def _supported(self) -> bytes:
        """Ours: no compression is offered, so that passwords come in clear."""
        told = {"COMPRESSION": [], "CQL_VERSION": [self.visit.fact("cql", b"3.4.4").decode("latin-1")]}
        if V5 in self._versions:
            told["PROTOCOL_VERSIONS"] = ["3/v3", "4/v4", "5/v5-beta"]
        entries = (_string(name.encode()) + _strings(values) for name, values in told.items())
        return len(told).to_bytes(2) + b"".join(entries)

    def _denied(self, request: bytes, user: bytes, password: bytes, at: float) -> Reply:
        text = filled(self.visit.word("denied", at, _DENIED), user)
        notes = (Credential("password", user, password),)
        return self._error(request, BAD_CREDENTIALS, text)._replace(notes=notes)

    def _unsupported(self, version: int, at: float) -> Reply:
        """In the newest version that is spoken, with a stream of two bytes always: so nmap knows it."""
        words = self.visit.word("version", at, b"Invalid or unsupported protocol version: %s")
        text = filled(words, b"%d" % (version & 0x7F))
        flag = self.visit.fact("flag", b"\0")
        body = (PROTOCOL_ERROR if self.visit.fact("which") else 0).to_bytes(4) + _string(text)
        head = self.visit.fact("version", b"\x84") + flag + b"\0\0" + bytes([Op.ERROR])
        return Reply(head + len(body).to_bytes(4) + body, Then.CLOSE)

    def _error(self, request: bytes, code: int, text: bytes) -> Reply:
        return self._reply(request, Op.ERROR, code.to_bytes(4) + _string(text))

    def _reply(self, request: bytes, op: Op, body: bytes) -> Reply:
        version, stream = request[0], request[2 : _head(request[0]) - 5]
        flags = USE_BETA if version == V5 else 0
        return Reply(bytes([version | 0x80, flags]) + stream + bytes([op]) + len(body).to_bytes(4) + body, Then.LISTEN)


def _head(version: int) -> int:
    """Bytes of a frame's header: streams had one byte up to version 2."""
    return 8 if version <= 2 else 9


def _string(text: bytes) -> bytes:
    """Texts here are short: a user name is cut before it fills its field."""
    return min(len(text), 0xFFFF).to_bytes(2) + text[:0xFFFF]


def _strings(texts: Iterable[str]) -> bytes:
    listed = [_string(text.encode()) for text in texts]
    return len(listed).to_bytes(2) + b"".join(listed)


def _map(body: bytes) -> Mapping[bytes, bytes]:
    """A string map, as far as it is there."""
    texts: list[bytes] = []
    at = 2
    while at + 2 <= len(body) and len(texts) < 2 * min(_MESSAGES_MAX, int.from_bytes(body[:2])):
        size = int.from_bytes(body[at : at + 2])
        texts.append(body[at + 2 : at + 2 + size])
        at += 2 + size
    return dict(zip(texts[::2], texts[1::2], strict=False))
