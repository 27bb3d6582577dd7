"""Windows' RPC: interfaces are bound, log-ins heard, and the end-point mapper knows nobody. C706 §12, MS-RPCE §2.2.

Knows the mapper's interface, lets all others be bound at other ports and none be called; what is no call of version 5
is answered as the file has it.
"""

import struct
from typing import Final, NamedTuple
from uuid import UUID

from rawspoof.core.conversation import ntlm
from rawspoof.core.conversation.base import Note, Reply, Then
from rawspoof.core.conversation.framing import REQUEST_MAX, Frame
from rawspoof.core.conversation.ntlm_login import Login
from rawspoof.core.conversation.speaker import Speaker
from rawspoof.core.conversation.visit import Visit
from rawspoof.core.conversation.written import written

MAPPER: Final = UUID("e1af8308-5d1f-11c9-91a4-08002b14a0fa").bytes_le
NDR: Final = UUID("8a885d04-1ceb-11c9-9fe8-08002b104860").bytes_le
MAPPER_PORT: Final = b"135"
CONTEXTS_MAX: Final = 16
"""Interfaces of one bind that are answered."""

_HEAD: Final = struct.Struct("<BBBB4sHHI")
_REQUEST, _RESPONSE, _FAULT, _BIND, _BIND_ACK, _ALTER, _ALTER_ACK, _AUTH3 = 0, 2, 3, 11, 12, 14, 15, 16
_WHOLE, _NOT_EXECUTED = 0x03, 0x20
_LITTLE: Final = b"\x10\0\0\0"
_FEATURES: Final = bytes.fromhex("2c1cb76c12984045")
"""How the transfer syntax begins by which features are negotiated (MS-RPCE §2.2.2.14)."""
_FRAGMENT: Final = 5840
_LOOKUP, _MAP, _FREE = 2, 3, 4
_NOT_REGISTERED: Final = 0x16C9A0D6
_UNKNOWN_INTERFACE, _OUT_OF_RANGE, _ACCESS_DENIED = 0x1C010003, 0x1C010002, 5
_ACCEPTED, _REFUSED, _NEGOTIATED = 0, 2, 3
_NO_INTERFACE, _NO_SYNTAX = 1, 2
_CLOSE: Final = Reply(b"", Then.CLOSE)


class Head(NamedTuple):
    """A packet's head, as far as an answer depends on it."""

    kind: int
    auth: int
    """Octets of its log-in."""
    call: int


class Msrpc(Speaker):
    """One connection with an RPC server."""

    def __init__(self, visit: Visit) -> None:
        super().__init__(visit)
        self._login = Login(visit, ntlm.house(visit, visit.word("ntlm", 0.0, b"10.0.17763").decode(), joined=True))
        self._bound: set[int] = set()
        self._named = False
        """Whether the client has tried to log in: it is refused whatever it asks then."""

    @property
    def _mapper(self) -> bool:
        """Whether the end-point mapper lives here; at other ports any interface may."""
        return self.visit.fact("port", MAPPER_PORT) == MAPPER_PORT

    def frame(self, heard: bytearray) -> Frame | None:
        """A packet, by its own length."""
        if len(heard) < 10:
            return None
        size = int.from_bytes(heard[8:10], "little")
        if not _HEAD.size <= size <= REQUEST_MAX:
            return Frame(bytes(heard[:10]), 10, last=True)
        return Frame(bytes(heard[:size]), size) if len(heard) >= size else None

    def answer(self, request: bytes, at: float) -> Reply | None:
        """The answer to a packet; None for one that wants none."""
        head = _parse(request)
        if head is None:
            return written(self.visit.identity, request, at) or _CLOSE
        if head.kind in (_BIND, _ALTER):
            return self._bind(head, request, at)
        if head.kind == _AUTH3:
            return self._answered(head, request, at)
        if head.kind == _REQUEST and len(request) >= 24:
            return Reply(self._call(head, request), Then.LISTEN)
        return _CLOSE

    def _bind(self, head: Head, request: bytes, at: float) -> Reply:
        results = self._results(request)
        if not results:
            return written(self.visit.identity, request, at) or _CLOSE
        address = self.visit.fact("port", MAPPER_PORT) + b"\0" if head.kind == _BIND else b""
        body = struct.pack("<HHIH", _FRAGMENT, _FRAGMENT, 0x1A2B, len(address)) + address
        body += bytes(-len(body) % 4) + struct.pack("<B3x", len(results)) + b"".join(results)
        trailer, token = _trailer(head, request)
        step = self._login.take(token, at) if token else None
        said = step.token if step else b""
        if said:
            body += trailer + said
        notes: tuple[Note, ...] = (step.offered,) if step and step.offered else ()
        kind = _BIND_ACK if head.kind == _BIND else _ALTER_ACK
        return Reply(_packet(kind, head.call, body, len(said)), Then.LISTEN, notes=notes)

    def _answered(self, head: Head, request: bytes, at: float) -> Reply | None:
        """The third message of a log-in has no answer; what is asked then is refused."""
        _, token = _trailer(head, request)
        step = self._login.take(token, at)
        self._named = True
        return Reply(b"", Then.LISTEN, notes=(step.offered,)) if step.offered else None

    def _results(self, request: bytes) -> list[bytes]:
        """One for each interface that is to be bound."""
        at, results = 28, []
        for _ in range(min(request[24], CONTEXTS_MAX) if len(request) > 28 else 0):
            if len(request) < at + 44:
                break
            number, syntaxes = struct.unpack_from("<HB", request, at)
            offered = [request[s : s + 20] for s in range(at + 24, at + 24 + 20 * syntaxes, 20)]
            results.append(self._result(number, request[at + 4 : at + 20], offered))
            at += 24 + 20 * syntaxes
        return results

    def _result(self, number: int, interface: bytes, offered: list[bytes]) -> bytes:
        if any(syntax.startswith(_FEATURES) for syntax in offered):
            return struct.pack("<HH20x", _NEGOTIATED, 0)
        if self._mapper and interface != MAPPER:
            return struct.pack("<HH20x", _REFUSED, _NO_INTERFACE)
        chosen = next((syntax for syntax in offered if syntax[:16] == NDR), None)
        if chosen is None:
            return struct.pack("<HH20x", _REFUSED, _NO_SYNTAX)
        self._bound.add(number)
        return struct.pack("<HH", _ACCEPTED, 0) + chosen

    def _call(self, head: Head, request: bytes) -> bytes:
        context, procedure = struct.unpack_from("<HH", request, 20)
        if context not in self._bound:
            return _fault(head, context, _UNKNOWN_INTERFACE)
        if self._named or not self._mapper:
            return _fault(head, context, _ACCESS_DENIED)
        if procedure in (_LOOKUP, _MAP):
            # Of as many as there is room for, which is what both end with, there is none.
            stub = bytes(24) + request[-4:] + struct.pack("<III", 0, 0, _NOT_REGISTERED)
        elif procedure == _FREE:
            stub = bytes(24)
        else:
            return _fault(head, context, _OUT_OF_RANGE)
        return _packet(_RESPONSE, head.call, struct.pack("<IHBB", len(stub), context, 0, 0) + stub)


def _parse(request: bytes) -> Head | None:
    if len(request) < _HEAD.size:
        return None
    major, minor, kind, _, order, _, auth, call = _HEAD.unpack_from(request)
    if (major, minor) not in ((5, 0), (5, 1)) or order != _LITTLE or auth + 8 > len(request):
        return None
    return Head(kind, auth, call)


def _trailer(head: Head, request: bytes) -> tuple[bytes, bytes]:
    """What stands before a log-in's token, without padding, and the token. MS-RPCE §2.2.2.11."""
    if not head.auth:
        return b"", b""
    at = len(request) - head.auth - 8
    return request[at : at + 2] + b"\0\0" + request[at + 4 : at + 8], request[at + 8 :]


def _packet(kind: int, call: int, body: bytes, auth: int = 0, flags: int = _WHOLE) -> bytes:
    return _HEAD.pack(5, 0, kind, flags, _LITTLE, _HEAD.size + len(body), auth, call) + body


def _fault(head: Head, context: int, status: int) -> bytes:
    body = struct.pack("<IHBBII", 0, context, 0, 0, status, 0)
    return _packet(_FAULT, head.call, body, flags=_WHOLE | _NOT_EXECUTED)
