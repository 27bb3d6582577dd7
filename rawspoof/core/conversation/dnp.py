"""A DNP3 outstation on TCP: its link is up, it has nothing to report, and takes no orders.

IEEE 1815-2012 §9 (link layer, CRC), §8 (transport), §4 (application). Of `words`, `station` is its address.
"""

import struct
from functools import cache
from typing import Final

from rawspoof.core.conversation.base import Reply, Then
from rawspoof.core.conversation.framing import Frame
from rawspoof.core.conversation.speaker import Speaker

_START: Final = b"\x05\x64"
_HEAD: Final = 10
"""Bytes of a link header with its CRC."""
_BLOCK: Final = 16
_PRIMARY: Final = 0x40
_RESET, _TEST, _CONFIRMED, _UNCONFIRMED, _STATUS = 0, 2, 3, 4, 9
_ACK, _LINK_STATUS, _NOT_SUPPORTED = 0x00, 0x0B, 0x0F
_FIRST_AND_LAST: Final = 0xC0
_CONFIRM, _READ, _RESPONSE = 0, 1, 129

RESTARTED: Final = 0x8000
"""Internal indications: the device has restarted."""
NO_SUCH_FUNCTION: Final = 0x0001


class Dnp(Speaker):
    """One master's connection to an outstation."""

    patience_s = 120.0
    requests_max = 1000

    def frame(self, heard: bytearray) -> Frame | None:
        """A link frame; what begins otherwise is its first two bytes, and the last."""
        if heard[: len(_START)] != _START[: len(heard)]:
            return Frame(bytes(heard[:1]), 1, last=True)
        if len(heard) < 3:
            return None
        data = heard[2] - 5
        if data < 0:
            return Frame(bytes(heard[:3]), 3, last=True)
        size = _HEAD + data + 2 * -(-data // _BLOCK)
        return Frame(bytes(heard[:size]), size) if len(heard) >= size else None

    def answer(self, request: bytes, at: float) -> Reply | None:
        """What the link and the application say; nothing to frames that are damaged or for others."""
        data = unframe(request)
        if data is None:
            return Reply(b"", Then.CLOSE) if len(request) < _HEAD else None
        control, to, source = struct.unpack_from("<BHH", request, 3)
        if to != int(self.visit.word("station", at, b"1")) or not control & _PRIMARY:
            return None
        function = control & 0x0F
        said = b""
        if function in (_RESET, _TEST, _CONFIRMED):
            said += frame(_ACK, source, to)
        elif function == _STATUS:
            said += frame(_LINK_STATUS, source, to)
        elif function != _UNCONFIRMED:
            said += frame(_NOT_SUPPORTED, source, to)
        if function in (_CONFIRMED, _UNCONFIRMED):
            said += self._respond(data, source, to)
        return Reply(said, Then.LISTEN) if said else None

    def _respond(self, data: bytes, source: int, to: int) -> bytes:
        """The response to a fragment, b"" to a part of one and to a confirmation."""
        if len(data) < 3 or data[0] & _FIRST_AND_LAST != _FIRST_AND_LAST or data[2] == _CONFIRM:
            return b""
        indications = RESTARTED if data[2] == _READ else RESTARTED | NO_SUCH_FUNCTION
        response = bytes((data[0], data[1] & 0x0F | _FIRST_AND_LAST, _RESPONSE)) + struct.pack(">H", indications)
        return frame(_PRIMARY | _UNCONFIRMED, source, to, response)


def frame(control: int, to: int, source: int, data: bytes = b"") -> bytes:
    """A link frame with its CRCs, from an outstation."""
    head = _START + struct.pack("<BBHH", 5 + len(data), control, to, source)
    blocks = [data[i : i + _BLOCK] for i in range(0, len(data), _BLOCK)]
    return b"".join(block + struct.pack("<H", crc(block)) for block in (head, *blocks))


def unframe(whole: bytes) -> bytes | None:
    """The data of a link frame, None where a CRC is wrong."""
    if len(whole) < _HEAD:
        return None
    parts = [whole[:_HEAD], *(whole[i : i + _BLOCK + 2] for i in range(_HEAD, len(whole), _BLOCK + 2))]
    if any(struct.pack("<H", crc(part[:-2])) != part[-2:] for part in parts):
        return None
    return b"".join(part[:-2] for part in parts[1:])


def crc(data: bytes) -> int:
    """The check of a block: polynomial 0x3D65, reflected, inverted."""
    value = 0
    for byte in data:
        value = value >> 8 ^ _table()[(value ^ byte) & 0xFF]
    return value ^ 0xFFFF


@cache
def _table() -> tuple[int, ...]:
    def step(value: int) -> int:
        for _ in range(8):
            value = value >> 1 ^ (0xA6BC if value & 1 else 0)
        return value

    return tuple(step(n) for n in range(256))
