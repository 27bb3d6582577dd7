"""A controller on Modbus/TCP: it says what it is and shows small numbers that never change; nobody may write.

modbus.org, "MODBUS Application Protocol" V1.1b3 §6 (functions), §7 (exceptions); "MODBUS Messaging on TCP/IP" V1.0b
§3.1 (MBAP). What is no MBAP header is answered as the file has it, by its first four bytes. Of `words`, `vendor`,
`model`, `revision`, `name` identify the device; a gateway (`code` of 10 or more) reaches none.
"""

import struct
from hashlib import blake2s
from typing import Final

from rawspoof.core.conversation.base import Reply, Then
from rawspoof.core.conversation.framing import Frame
from rawspoof.core.conversation.speaker import Speaker
from rawspoof.core.conversation.written import written

PDU_MAX: Final = 254
"""Bytes behind a header's length, the unit's one among them."""
TABLE_SIZE: Final = 10_000
"""Coils, inputs and registers of each kind; precedent: the classic data model has so many."""

ILLEGAL_FUNCTION, ILLEGAL_ADDRESS, ILLEGAL_VALUE = 1, 2, 3
_GATEWAY: Final = 10
_HEAD: Final = 6
_BITS: Final = {1: 2000, 2: 2000}
_REGISTERS: Final = {3: 125, 4: 125}
_OBJECTS: Final = ("vendor", "model", "revision", "url", "name", "model", "application")
_BASIC, _REGULAR, _EXTENDED, _ONE = 1, 2, 3, 4


class Modbus(Speaker):
    """One connection to a controller."""

    patience_s = 60.0
    requests_max = 1000

    def frame(self, heard: bytearray) -> Frame | None:
        """A request behind its header; four bytes of what has none."""
        if len(heard) < 4:
            return None
        if heard[2] or heard[3]:
            return Frame(bytes(heard[:4]), 4)
        if len(heard) < _HEAD:
            return None
        length = int.from_bytes(heard[4:6])
        if not 2 <= length <= PDU_MAX:
            return Frame(bytes(heard[:4]), 4)
        return Frame(bytes(heard[: _HEAD + length]), _HEAD + length) if len(heard) >= _HEAD + length else None

    def answer(self, request: bytes, at: float) -> Reply | None:
        """The response, or the exception in its place."""
        if len(request) < _HEAD:
            return written(self.visit.identity, request, at) or Reply(b"", Then.CLOSE)
        unit, function, data = request[6], request[7], request[8:]
        code = ord(self.visit.fact("code", b"\x01")[:1])
        answer = code if code >= _GATEWAY else self._perform(function, unit, data, at)
        if isinstance(answer, int):
            function, answer = function | 0x80, bytes((answer,))
        said = bytes((unit, function)) + answer
        return Reply(request[:4] + struct.pack(">H", len(said)) + said, Then.LISTEN)

    def _perform(self, function: int, unit: int, data: bytes, at: float) -> bytes | int:
        """What a function gives, or the code of its exception."""
        if function in _BITS or function in _REGISTERS:
            return self._read(function, unit, data)
        if function == 0x11:
            # Report server id: what it is, and that it runs.
            said = self.visit.word("slave", at, b"") or b"\x01\xff"
            return bytes((len(said),)) + said
        if function == 0x2B and data[:1] == b"\x0e":
            return self._identify(data, at)
        if function == 0x08 and data[:2] == b"\0\0":
            return data
        return ILLEGAL_FUNCTION

    def _read(self, function: int, unit: int, data: bytes) -> bytes | int:
        if len(data) != 4:
            return ILLEGAL_VALUE
        start, count = struct.unpack(">HH", data)
        if not 1 <= count <= (_BITS | _REGISTERS)[function]:
            return ILLEGAL_VALUE
        if start + count > TABLE_SIZE:
            return ILLEGAL_ADDRESS
        places = range(start, start + count)
        if function in _REGISTERS:
            values = struct.pack(f">{count}H", *[self._value(function, unit, place) for place in places])
        else:
            bits = sum((self._value(function, unit, place) & 1) << n for n, place in enumerate(places))
            values = bits.to_bytes((count + 7) // 8, "little")
        return bytes((len(values),)) + values

    def _value(self, function: int, unit: int, place: int) -> int:
        """A number that is this place's own: most places are unused, the others hold up to 1,000."""
        key = self.visit.fact("seed", b"seed")[:32]
        drawn = blake2s(bytes((function, unit)) + place.to_bytes(2), key=key, digest_size=3).digest()
        return int.from_bytes(drawn[1:]) % 1000 if drawn[0] < 64 else 0

    def _identify(self, data: bytes, at: float) -> bytes | int:
        """Read device identification: objects 0 to 2 of the basic category, up to 6 of the regular one."""
        if len(data) != 3 or not _BASIC <= data[1] <= _ONE:
            return ILLEGAL_VALUE
        kind, first = data[1], data[2]
        objects = [(n, self.visit.word(name, at, b"")) for n, name in enumerate(_OBJECTS)]
        known = [(n, said) for n, said in objects if said and (n < 3 or kind != _BASIC)]
        shown = [(n, said) for n, said in known if (n == first if kind == _ONE else n >= first)]
        if not shown:
            if kind == _ONE:
                return ILLEGAL_ADDRESS
            # §6.21: who asks for an object that is not there begins anew.
            shown = known
        listed = b"".join(bytes((n, len(said))) + said for n, said in shown)
        return bytes((0x0E, kind, 0x82, 0, 0, len(shown))) + listed
