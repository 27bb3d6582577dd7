"""A SIMATIC S7-300 behind ISO on TCP: it connects to its slot, tells what module it is, and gives nothing else away.

RFC 1006 §6 (TPKT), RFC 905 §13 (COTP); S7 as Wireshark's s7comm dissector and nmap's s7-info read it. Of `words`,
`module`, `firmware` (`3.2.6`), `type`, `serial`, `card`, `plant` and `name` are what SZL 0x0011 and 0x001C list.
"""

import struct
from typing import Final

from rawspoof.core.conversation.base import Credential, Reply, Then
from rawspoof.core.conversation.cursor import Cursor
from rawspoof.core.conversation.framing import REQUEST_MAX, Frame
from rawspoof.core.conversation.speaker import Speaker
from rawspoof.core.conversation.visit import Visit

SLOTS: Final = (0, 2)
"""The slots of a rack that answer: the CPU's, and 0 for "whichever"."""
PDU_MAX: Final = 240

_CONNECT, _CONFIRM, _DATA = 0xE0, 0xD0, 0xF0
_DEST_TSAP: Final = 0xC2
_S7: Final = 0x32
_JOB, _ACK_DATA, _USERDATA = 1, 3, 7
_SETUP: Final = b"\xf0\0"
_HEAD: Final = struct.Struct(">BBHHHH")
_READ_SZL, _PASSWORD = b"\x44\x01", b"\x45\x01"
NOT_SUPPORTED: Final = 0x8104
NO_SUCH_SZL: Final = 0xD401
WRONG_PASSWORD: Final = 0xD602


class IsoTsap(Speaker):
    """One connection to a controller."""

    patience_s = 60.0

    def __init__(self, visit: Visit) -> None:
        super().__init__(visit)
        self._connected = False

    def frame(self, heard: bytearray) -> Frame | None:
        """A TPKT; what begins otherwise is its first byte, and the last."""
        if heard and heard[0] != 3:
            return Frame(bytes(heard[:1]), 1, last=True)
        if len(heard) < 4:
            return None
        size = int.from_bytes(heard[2:4])
        if not 7 <= size <= REQUEST_MAX:
            return Frame(bytes(heard[:4]), 4, last=True)
        return Frame(bytes(heard[:size]), size) if len(heard) >= size else None

    def answer(self, request: bytes, at: float) -> Reply | None:
        """A connection to who names our slot; then what S7 asks for."""
        kind = request[5] & 0xF0 if len(request) > 6 else 0
        if kind == _CONNECT and not self._connected:
            return self._connect(request)
        if kind != _DATA or not self._connected or request[4] != 2:
            return Reply(b"", Then.CLOSE)
        return self._speak(request[7:], at)

    def _connect(self, request: bytes) -> Reply:
        parameters = request[11 : 5 + request[4]]
        called = _parameter(parameters, _DEST_TSAP)
        if len(called) != 2 or called[1] & 0x1F not in SLOTS:
            return Reply(b"", Then.CLOSE)
        self._connected = True
        # Their reference, ours, class 0, and the parameters as they asked for them.
        body = bytes((_CONFIRM,)) + request[8:10] + b"\0\x01\0" + parameters
        return Reply(_tpkt(bytes((len(body),)) + body), Then.LISTEN)

    def _speak(self, message: bytes, at: float) -> Reply:
        if len(message) < _HEAD.size:
            return Reply(b"", Then.CLOSE)
        protocol, kind, _, number, size, data_size = _HEAD.unpack_from(message)
        if protocol != _S7 or _HEAD.size + size + data_size > len(message):
            return Reply(b"", Then.CLOSE)
        parameter, data = message[_HEAD.size :][:size], message[_HEAD.size + size :][:data_size]
        if kind == _JOB:
            return self._job(number, parameter)
        if kind == _USERDATA and len(parameter) >= 8:
            return self._userdata(number, parameter, data, at)
        return Reply(b"", Then.CLOSE)

    def _job(self, number: int, parameter: bytes) -> Reply:
        """Set-up is agreed to, whatever they want; reading, writing, starting and stopping is not."""
        agreed = struct.pack(">HHHH", 0xF000, 1, 1, PDU_MAX) if parameter[:2] == _SETUP else b""
        error = 0 if agreed else NOT_SUPPORTED
        return _data(_HEAD.pack(_S7, _ACK_DATA, 0, number, len(agreed), 0) + struct.pack(">H", error) + agreed)

    def _userdata(self, number: int, parameter: bytes, data: bytes, at: float) -> Reply:
        asked, error, payload = parameter[5:7], NOT_SUPPORTED, b""
        notes: tuple[Credential, ...] = ()
        if asked == _READ_SZL and len(data) >= 8:
            payload = self._szl(int.from_bytes(data[4:6]), data[6:8], at)
            error = 0 if payload else NO_SUCH_SZL
        elif asked == _PASSWORD:
            error, notes = WRONG_PASSWORD, (Credential("password", b"", password(data[4:12])),)
        said = (b"\xff\x09" if payload else b"\x0a\0") + struct.pack(">H", len(payload)) + payload
        # The group's response, the same sequence number, one unit of data, and how it went.
        answer = b"\0\x01\x12\x08\x12" + bytes((asked[0] & 0x0F | 0x80,)) + parameter[6:8] + b"\0\0"
        answer += struct.pack(">H", error)
        head = _HEAD.pack(_S7, _USERDATA, 0, number, len(answer), len(said))
        return _data(head + answer + said)._replace(notes=notes)

    def _szl(self, number: int, index: bytes, at: float) -> bytes:
        """A list of the system's state, b"" for one that is not kept."""
        lists = {0x11: self._modules, 0x1C: self._components}
        if number not in lists:
            return b""
        rows = lists[number](at)
        return struct.pack(">H2sHH", number, index, len(rows[0]), len(rows)) + b"".join(rows)

    def _modules(self, at: float) -> list[bytes]:
        """Module, hardware and firmware: order number, type, release."""
        order = self.visit.word("module", at, b"").ljust(20)[:20]
        first, second, third = (int(n) for n in self.visit.word("firmware", at, b"1.0.0").split(b"."))
        releases = ((1, 0, 0, 4), (6, 0, 0, 4), (7, 0x5600 | first, second, third))
        return [struct.pack(">H20sHHBB", number, order, 0xC0, *release) for number, *release in releases]

    def _components(self, at: float) -> list[bytes]:
        """Names, marks and numbers of the station."""
        module = self.visit.word("type", at, b"")
        texts = (
            (1, self.visit.word("name", at, b"SIMATIC 300 Station")),
            (2, module),
            (3, self.visit.word("plant", at, b"")),
            (4, b"Original Siemens Equipment"),
            (5, self.visit.word("serial", at, b"")),
            (7, module),
            (8, b"MMC " + self.visit.word("card", at, b"")),
        )
        return [struct.pack(">H32s", number, text) for number, text in texts]


def password(data: bytes) -> bytes:
    """The password in a request to lift protection: each byte hidden by 0x55, and by the one two before it."""
    return bytes(byte ^ 0x55 ^ (data[n - 2] if n > 1 else 0) for n, byte in enumerate(data)).rstrip()


def _parameter(parameters: bytes, wanted: int) -> bytes:
    """The value of a COTP parameter, b"" if it is not there."""
    read = Cursor(parameters)
    while read.left and not read.bad:
        kind, value = read.number(1), read.text(1)
        if kind == wanted:
            return value
    return b""


def _data(message: bytes) -> Reply:
    """A message in one TPDU of data."""
    return Reply(_tpkt(b"\x02\xf0\x80" + message), Then.LISTEN)


def _tpkt(tpdu: bytes) -> bytes:
    return struct.pack(">BBH", 3, 0, 4 + len(tpdu)) + tpdu
