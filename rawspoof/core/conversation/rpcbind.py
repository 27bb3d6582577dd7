"""The port mapper: calls of ONC RPC, and who lives where, which is nobody but itself. RFC 5531, RFC 1833.

Behaves as rpcbind 1.2 does over libtirpc: a record is one fragment, and what is no call ends the connection.
"""

import struct
from typing import Final, NamedTuple

from rawspoof.core.conversation.base import Reply, Then
from rawspoof.core.conversation.framing import REQUEST_MAX, Frame
from rawspoof.core.conversation.speaker import Speaker

PROGRAM: Final = 100000
PORT: Final = 111
AUTH_MAX: Final = 400
"""Octets of a credential. RFC 5531 §8.2."""

_LAST: Final = 0x80000000
_TCP, _UDP = 6, 17
_NOT_CALLED: Final = {2: (5,), 3: (5,), 4: (5, 10)}
"""Calls to others by way of the mapper: it is silent where there is nobody to be called."""
_REGISTER: Final = (1, 2)
"""Calls by which programs come and go; only those on the host itself may."""
_CLOSE: Final = Reply(b"", Then.CLOSE)
_SUCCESS, _NO_PROGRAM, _NO_VERSION, _NO_PROCEDURE, _GARBAGE = range(5)
_BAD_CREDENTIAL, _REJECTED, _TOO_WEAK, _FAILED = 1, 2, 5, 7
_NONE, _SYS, _DES, _GSS = 0, 1, 3, 6


class Call(NamedTuple):
    """What is called."""

    transaction: bytes
    program: int
    version: int
    procedure: int
    flavor: int
    credential: bytes
    arguments: bytes


class Rpcbind(Speaker):
    """One connection with a port mapper."""

    def frame(self, heard: bytearray) -> Frame | None:
        """A record of one fragment; RFC 5531 §11."""
        if len(heard) < 4:
            return None
        mark = int.from_bytes(heard[:4])
        size = mark & ~_LAST
        if not mark & _LAST or not 0 < size <= REQUEST_MAX - 4:
            return Frame(bytes(heard[:4]), 4, last=True)
        return Frame(bytes(heard[: 4 + size]), 4 + size) if len(heard) >= 4 + size else None

    def answer(self, request: bytes, at: float) -> Reply | None:
        """What a call brings back; None for a call that nobody answers."""
        call = parse(request[4:])
        if call is None:
            return _CLOSE
        if why := _denied(call) or self._registers(call) * _TOO_WEAK:
            return _record(call.transaction + struct.pack(">IIII", 1, 1, 1, why))
        said = self._accepted(call, at)
        return None if said is None else _record(call.transaction + struct.pack(">IIII", 1, 0, 0, 0) + said)

    def _registers(self, call: Call) -> bool:
        low, high = self._versions
        if call.program != PROGRAM or not low <= call.version <= high or call.procedure not in _REGISTER:
            return False
        return len(call.arguments) >= 16 if call.version == 2 else _texts(call.arguments[8:], 3) is not None

    @property
    def _versions(self) -> tuple[int, int]:
        return int(self.visit.fact("low", b"2")), int(self.visit.fact("high", b"2"))

    def _accepted(self, call: Call, at: float) -> bytes | None:
        low, high = self._versions
        if call.program != PROGRAM:
            return struct.pack(">I", _NO_PROGRAM)
        if not low <= call.version <= high:
            return struct.pack(">III", _NO_VERSION, low, high)
        if call.procedure == 0:
            return struct.pack(">I", _SUCCESS)
        if call.procedure in _NOT_CALLED[call.version]:
            return None
        found = self._old(call, high) if call.version == 2 else self._new(call, at)
        if found is None:
            return struct.pack(">I", _NO_PROCEDURE)
        return struct.pack(">I", _SUCCESS) + found if found else struct.pack(">I", _GARBAGE)

    def _old(self, call: Call, high: int) -> bytes | None:
        """RFC 1833 §3: ports. b"" for arguments that are none, None for no such procedure."""
        if call.procedure == 4:
            versions = range(high, 1, -1)
            listed = [(PROGRAM, v, kind, PORT) for kind in (_TCP, _UDP) for v in versions]
            return b"".join(struct.pack(">IIIII", 1, *entry) for entry in listed) + bytes(4)
        if call.procedure not in (1, 2, 3):
            return None
        if len(call.arguments) < 16:
            return b""
        program, _, kind, _ = struct.unpack_from(">IIII", call.arguments)
        known = program == PROGRAM and kind in (_TCP, _UDP)
        return struct.pack(">I", PORT if known else 0)

    def _new(self, call: Call, at: float) -> bytes | None:
        """RFC 1833 §2.2: universal addresses. As `_old`."""
        if call.procedure == 4:
            return _listed()
        if call.procedure == 6:
            return struct.pack(">I", int(at) % 2**32)
        if call.procedure not in (1, 2, 3, *((9, 11) if call.version == 4 else ())):
            return None
        texts = _texts(call.arguments[8:], 3)
        if texts is None:
            return b""
        known = call.arguments[:4] == PROGRAM.to_bytes(4)
        ours = self.visit.fact("addr", b"0.0.0.0") + b".0.%d" % PORT
        if call.procedure == 11:
            return _addresses(ours) if known else bytes(4)
        return _text(ours if known and texts[0] in (b"tcp", b"udp") else b"")


def parse(record: bytes) -> Call | None:
    """The call that a record is, None for none. RFC 5531 §9."""
    if len(record) < 40:
        return None
    kind, rpc, program, version, procedure, flavor, size = struct.unpack_from(">IIIIIII", record, 4)
    after = 32 + size + -size % 4
    if kind != 0 or rpc != 2 or size > AUTH_MAX or len(record) < after + 8:
        return None
    verifier = int.from_bytes(record[after + 4 : after + 8])
    start = after + 8 + verifier + -verifier % 4
    if verifier > AUTH_MAX or start > len(record):
        return None
    return Call(record[:4], program, version, procedure, flavor, record[32 : 32 + size], record[start:])


def _denied(call: Call) -> int:
    """Why the caller is not believed, 0 if it is. RFC 5531 §8.2."""
    if call.flavor == _NONE:
        return 0
    if call.flavor == _SYS:
        texts = _texts(call.credential[4:], 1)
        return _BAD_CREDENTIAL if texts is None or len(call.credential) < 20 else 0
    return {_DES: _FAILED, _GSS: _BAD_CREDENTIAL}.get(call.flavor, _REJECTED)


def _listed() -> bytes:
    """What `rpcinfo` shows of a host with nothing but the mapper."""
    own = b"%d" % PORT
    nets = [
        (b"tcp6", b"::.0." + own, (4, 3)),
        (b"udp6", b"::.0." + own, (4, 3)),
        (b"tcp", b"0.0.0.0.0." + own, (4, 3, 2)),
        (b"udp", b"0.0.0.0.0." + own, (4, 3, 2)),
        (b"local", b"/run/rpcbind.sock", (4, 3)),
    ]
    entries = [
        struct.pack(">III", 1, PROGRAM, version) + _text(net) + _text(address) + _text(b"superuser")
        for net, address, versions in nets
        for version in versions
    ]
    return b"".join(entries) + bytes(4)


def _addresses(ours: bytes) -> bytes:
    nets = ((b"tcp", 3), (b"udp", 1))
    return b"".join(
        struct.pack(">I", 1) + _text(ours) + _text(net) + struct.pack(">I", kind) + _text(b"inet") + _text(net)
        for net, kind in nets
    ) + bytes(4)


def _text(text: bytes) -> bytes:
    return len(text).to_bytes(4) + text + bytes(-len(text) % 4)


def _texts(data: bytes, count: int) -> list[bytes] | None:
    """So many texts that stand there, None if they do not."""
    found, at = [], 0
    for _ in range(count):
        size = int.from_bytes(data[at : at + 4])
        if len(data) < at + 4 or len(data) < at + 4 + size:
            return None
        found.append(data[at + 4 : at + 4 + size])
        at += 4 + size + -size % 4
    return found


def _record(said: bytes) -> Reply:
    return Reply((_LAST | len(said)).to_bytes(4) + said, Then.LISTEN)
