"""X servers: who is let in says the file, and nobody gets any further. X11 protocol §8 (connection setup), §4 (errors).

An open server tells of its screen, as the file has it begun, and answers every request with an error.
"""

import struct
from typing import Final

from rawspoof.core.conversation.base import Credential, Note, Reply, Then
from rawspoof.core.conversation.framing import REQUEST_MAX, Frame
from rawspoof.core.conversation.speaker import Speaker
from rawspoof.core.conversation.visit import Visit
from rawspoof.core.conversation.written import otherwise, written

_SETUP: Final = 12
_LITTLE, _BIG = b"l", b"B"
_COOKIE: Final = b"MIT-MAGIC-COOKIE-1"
_MAJOR: Final = 11
_BAD_ACCESS: Final = 10
_HEAD: Final = 40
"""Octets of a server's answer before its vendor's name."""
_FORMATS: Final = ((1, 1), (4, 8), (8, 8), (15, 16), (16, 16), (24, 32), (32, 32))
"""Depths, and bits of a pixel in memory."""
_SHORTER: Final = {4: (0, 2, 4, 5), 5: (0, 1, 2, 4, 5), 6: (0, 1, 2, 4, 5, 6)}
_CLOSE: Final = Reply(b"", Then.CLOSE)


class X11(Speaker):
    """One connection with an X server."""

    def __init__(self, visit: Visit) -> None:
        super().__init__(visit)
        self._requests = -1
        """Requests heard from a client that was let in; before that -1."""

    def frame(self, heard: bytearray) -> Frame | None:
        """The set-up with its authorization, then requests that count themselves in fours (little-endian by then)."""
        if self._requests >= 0:
            if len(heard) < 4:
                return None
            size = 4 * int.from_bytes(heard[2:4], "little")
        else:
            if heard[:1] not in (_LITTLE, _BIG):
                return Frame(bytes(heard[:1]), 1, last=True)
            if len(heard) < _SETUP:
                return None
            _, name, data = _numbers(heard)
            size = _SETUP + name + -name % 4 + data + -data % 4
        if not 4 <= size <= REQUEST_MAX:
            return Frame(bytes(heard[:4]), 4, last=True)
        return Frame(bytes(heard[:size]), size) if len(heard) >= size else None

    def answer(self, request: bytes, at: float) -> Reply | None:
        """The set-up's answer, then nothing but errors."""
        if self._requests < 0:
            return self._set_up(request, at)
        self._requests += 1
        number = self._requests % 2**16
        return Reply(struct.pack("<BBHIHB21x", 0, _BAD_ACCESS, number, 0, 0, request[0]), Then.LISTEN)

    def _set_up(self, request: bytes, at: float) -> Reply:
        if len(request) < _SETUP:
            return _CLOSE
        major, name_size, size = _numbers(request)
        start = _SETUP + name_size + -name_size % 4
        name, data = request[_SETUP : _SETUP + name_size], request[start : start + size]
        shown = name.decode("latin-1") or "cookie"
        notes: tuple[Note, ...] = (Credential(shown, b"", data.hex().encode()),) if name or data else ()
        order = request[:1]
        if major != _MAJOR:
            return _refusal(order, b"Protocol version mismatch")
        if name:
            known = name == _COOKIE
            why = b"Invalid MIT-MAGIC-COOKIE-1 key" if known else b"Protocol not supported by server\n"
            return _refusal(order, why)._replace(notes=notes)
        said = written(self.visit.identity, request, at) or otherwise(self.visit.identity, at)
        if said is None:
            return _CLOSE
        if said.data[:1] == b"\1":
            said = said._replace(data=whole(said.data))
            self._requests = 0
        return said._replace(notes=notes)


def whole(begun: bytes) -> bytes:
    """The answer of a server that lets one in, from a file's that ends with the vendor: formats, and a screen."""
    vendor_size = int.from_bytes(begun[24:26], "little")
    vendor = begun[_HEAD : _HEAD + vendor_size]
    count = begun[29]
    formats = [_FORMATS[n] for n in _SHORTER.get(count, range(len(_FORMATS)))]
    listed = b"".join(struct.pack("<BBB5x", depth, bits, 32) for depth, bits in formats)
    body = begun[8:28] + bytes((1, len(formats))) + begun[30:_HEAD] + vendor + bytes(-len(vendor) % 4)
    body += listed + _screen()
    return begun[:6] + struct.pack("<H", len(body) // 4) + body


def _screen() -> bytes:
    """One screen of 1920 × 1080 points at 96 to the inch, in true colour."""
    root, colours, visual = 0x1D6, 0x20, 0x21
    head = struct.pack("<IIIII", root, colours, 0xFFFFFF, 0, 0xFA8033)
    size = struct.pack("<HHHHHHIBBBB", 1920, 1080, 508, 285, 1, 1, visual, 0, 0, 24, 1)
    depth = struct.pack("<BxH4x", 24, 1)
    return head + size + depth + struct.pack("<IBBHIII4x", visual, 4, 8, 256, 0xFF0000, 0xFF00, 0xFF)


def _numbers(request: bytes | bytearray) -> tuple[int, int, int]:
    """Version and sizes of a set-up."""
    order = ">" if request[:1] == _BIG else "<"
    major, _, name, data = struct.unpack_from(order + "HHHH", request, 2)
    return major, name, data


def _refusal(order: bytes, why: bytes) -> Reply:
    numbers = struct.pack((">" if order == _BIG else "<") + "HHH", _MAJOR, 0, (len(why) + 3) // 4)
    return Reply(bytes((0, len(why))) + numbers + why + bytes(-len(why) % 4), Then.CLOSE)
