"""A router that knows no such neighbour, or one that opens to all and hears them out. It announces nothing.

RFC 4271 §4 (messages), §6 (errors); RFC 4486 (Cease). What it greets with is in its file: a NOTIFICATION, after which
nothing is heard, or an OPEN.
"""

import struct
from typing import Final

from rawspoof.core.conversation.base import Reply, Then
from rawspoof.core.conversation.framing import Frame
from rawspoof.core.conversation.speaker import Speaker
from rawspoof.core.conversation.visit import Visit

MARKER: Final = b"\xff" * 16
LENGTH_MAX: Final = 4096
_HEAD: Final = 19
_OPEN, _UPDATE, _NOTIFICATION, _KEEPALIVE, _REFRESH = 1, 2, 3, 4, 5
_LENGTH_MIN: Final = {_OPEN: 29, _UPDATE: 23, _NOTIFICATION: 21, _KEEPALIVE: 19, _REFRESH: 23}


class Bgp(Speaker):
    """One neighbour's connection."""

    patience_s = 90.0

    def __init__(self, visit: Visit) -> None:
        super().__init__(visit)
        greet = visit.identity.greet
        said = b"" if greet is None else greet.render(0.0)
        self._over = said[-3:-1] == b"\3\6"
        """Whether it has greeted with a NOTIFICATION (Cease)."""
        self._opened = False

    def frame(self, heard: bytearray) -> Frame | None:
        """A message; of one whose head is wrong only that."""
        if self._over and heard:
            return Frame(bytes(heard[:1]), 1, last=True)
        if len(heard) < _HEAD:
            return None
        size = int.from_bytes(heard[16:18])
        if heard[:16] != MARKER or not _HEAD <= size <= LENGTH_MAX:
            return Frame(bytes(heard[:_HEAD]), _HEAD)
        return Frame(bytes(heard[:size]), size) if len(heard) >= size else None

    def answer(self, request: bytes, at: float) -> Reply | None:
        """KEEPALIVE to what is right, and the NOTIFICATION that says what is wrong."""
        wrong = b"" if self._over else _wrong(request)
        if self._over or (request[18] == _NOTIFICATION and not wrong):
            return Reply(b"", Then.CLOSE)
        if not wrong and (request[18] == _OPEN) == self._opened:
            # RFC 4271 §6.6: an OPEN too many, or something else before it.
            wrong = b"\x05\0"
        if not wrong and request[18] == _OPEN:
            wrong = _refused(request)
        if wrong:
            return Reply(_message(_NOTIFICATION, wrong), Then.CLOSE)
        self._opened = True
        return Reply(_message(_KEEPALIVE), Then.LISTEN) if request[18] in (_OPEN, _KEEPALIVE) else None

    def timeout(self, at: float) -> bytes:
        """The hold timer has expired."""
        return _message(_NOTIFICATION, b"\x04\0")


def _wrong(message: bytes) -> bytes:
    """What is wrong with a message's head (§6.1), b"" for nothing."""
    if message[:16] != MARKER:
        return b"\x01\x01"
    if message[18] not in _LENGTH_MIN:
        return b"\x01\x03" + message[18:19]
    told = int.from_bytes(message[16:18])
    fits = told == len(message) and told >= _LENGTH_MIN[message[18]]
    exact = message[18] != _KEEPALIVE or told == _HEAD
    return b"" if fits and exact else b"\x01\x02" + message[16:18]


def _refused(message: bytes) -> bytes:
    """What is wrong with an OPEN (§6.2), b"" for nothing."""
    version, number, hold, identifier, options = struct.unpack_from(">BHH4sB", message, _HEAD)
    if version != 4:
        return b"\x02\x01\0\x04"
    if not number:
        return b"\x02\x02"
    if hold in (1, 2):
        return b"\x02\x06"
    if identifier == bytes(4):
        return b"\x02\x03"
    return b"" if options == len(message) - 29 else b"\x02\0"


def _message(kind: int, body: bytes = b"") -> bytes:
    return MARKER + struct.pack(">HB", _HEAD + len(body), kind) + body
