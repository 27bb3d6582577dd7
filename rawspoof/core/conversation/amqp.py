"""AMQP 0-9-1 as RabbitMQ speaks it, up to the refused login. Other protocols' headers are answered with its own.

AMQP 0-9-1 §2.2.4 (opening), §2.3.5 (frames), §4.2.5.5 (tables). RabbitMQ: rabbit_reader.erl waits three seconds before
it leaves whoever it does not trust. Of `words`, `properties` has the lines `name: value` of its Start, in order.
"""

import struct
from typing import Final

from rawspoof.core.conversation.base import Credential, Reply, Then
from rawspoof.core.conversation.cursor import Cursor
from rawspoof.core.conversation.framing import REQUEST_MAX, Frame
from rawspoof.core.conversation.speaker import Speaker
from rawspoof.core.conversation.visit import Visit
from rawspoof.core.conversation.written import otherwise

HEADER: Final = b"AMQP\0\0\x09\x01"
SILENT_CLOSE_S: Final = 3.0
"""How long RabbitMQ lets a peer wait that it does not trust."""

CAPABILITIES: Final = (
    b"publisher_confirms", b"exchange_exchange_bindings", b"basic.nack", b"consumer_cancel_notify",
    b"connection.blocked", b"consumer_priorities", b"authentication_failure_close", b"per_consumer_qos",
    b"direct_reply_to",
)  # fmt: skip

_START_OK: Final = b"\x00\x0a\x00\x0b"
_METHOD_FRAME: Final = 1
_FRAME: Final = 8
"""Bytes of a frame beside its payload."""
_CLOSES = b"authentication_failure_closet\x01"


class Amqp(Speaker):
    """One connection to a broker."""

    patience_s = 10.0

    def __init__(self, visit: Visit) -> None:
        super().__init__(visit)
        self._started = False

    def frame(self, heard: bytearray) -> Frame | None:
        """Eight bytes of header, later whole frames; one too long for us is the last."""
        if not self._started:
            return Frame(bytes(heard[:8]), 8) if len(heard) >= 8 else None
        if len(heard) < 7:
            return None
        size = int.from_bytes(heard[3:7]) + _FRAME
        if size > REQUEST_MAX:
            return Frame(bytes(heard[:7]), 7, last=True)
        return Frame(bytes(heard[:size]), size) if len(heard) >= size else None

    def answer(self, request: bytes, at: float) -> Reply | None:
        """Start to the right header, the refusal to Start-Ok; all else is left after a while, or at once."""
        if self._started:
            return self._refuse(request)
        if request != HEADER or not self.visit.word("properties", at, b""):
            return otherwise(self.visit.identity, at)
        self._started = True
        return Reply(self._start(at), Then.LISTEN)

    def more(self, at: float) -> Reply:
        """The end that comes late."""
        return Reply(b"", Then.CLOSE, SILENT_CLOSE_S)

    def _start(self, at: float) -> bytes:
        lines = [line.partition(b": ") for line in self.visit.word("properties", at, b"").splitlines()]
        able = b"".join(_short(name) + b"t\x01" for name in CAPABILITIES)
        properties = _short(b"capabilities") + b"F" + _long(able)
        properties += b"".join(_short(name) + b"S" + _long(value) for name, _, value in lines)
        mechanisms = self.visit.word("mechanisms", at, b"PLAIN AMQPLAIN")
        return _method(10, 10, b"\x00\x09" + _long(properties) + _long(mechanisms) + _long(b"en_US"))

    def _refuse(self, request: bytes) -> Reply:
        read = Cursor(request[11:-1])
        client, mechanism, response = read.text(4), read.text(1), read.text(4)
        whole = request[0] == _METHOD_FRAME and request[7:11] == _START_OK and request[-1] == 0xCE and not read.bad
        offered = credential(mechanism, response) if whole else None
        if offered is None:
            return Reply(b"", Then.MORE)
        why = b"ACCESS_REFUSED - Login was refused using authentication mechanism %b. " % mechanism
        why += b"For details see the broker logfile."
        last_words = _method(10, 50, struct.pack(">H", 403) + _short(why) + bytes(4)) if _CLOSES in client else b""
        return Reply(last_words, Then.MORE, notes=(offered,))


def credential(mechanism: bytes, response: bytes) -> Credential | None:
    """What Start-Ok offers, None for mechanisms that are not, and for what is none.

    PLAIN (RFC 4616), or AMQPLAIN: a table with LOGIN and PASSWORD, its length left out.
    """
    if mechanism == b"PLAIN" and response.count(b"\0") >= 2:
        _, user, secret = response.split(b"\0", 2)
        return Credential("PLAIN", user, secret)
    if mechanism != b"AMQPLAIN":
        return None
    read, fields = Cursor(response), dict[bytes, bytes]()
    while read.left and not read.bad and len(fields) < 4:
        name, kind = read.text(1), read.take(1)
        if kind != b"S":
            return None
        fields[name] = read.text(4)
    if read.bad or b"LOGIN" not in fields or b"PASSWORD" not in fields:
        return None
    return Credential("AMQPLAIN", fields[b"LOGIN"], fields[b"PASSWORD"])


def _method(kind: int, number: int, arguments: bytes) -> bytes:
    """A method frame on channel 0."""
    return struct.pack(">BHIHH", _METHOD_FRAME, 0, 4 + len(arguments), kind, number) + arguments + b"\xce"


def _short(text: bytes) -> bytes:
    return bytes((len(text),)) + text


def _long(text: bytes) -> bytes:
    return struct.pack(">I", len(text)) + text
