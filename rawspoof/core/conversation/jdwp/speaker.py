"""A Java virtual machine's debugger port: it tells of itself and takes strings, but runs nothing for anybody.

docs.oracle.com, "Java Debug Wire Protocol" (packets, commands, error codes). Attack tools wait for a breakpoint before
they show the command they came for, so one breakpoint is hit. Of `words`: `version`, `java`, `vm`, `spec`.
"""

import struct
from collections.abc import Callable
from typing import Final

from rawspoof.core.conversation.base import Reply, Then
from rawspoof.core.conversation.cursor import Cursor
from rawspoof.core.conversation.framing import REQUEST_MAX, Frame
from rawspoof.core.conversation.jdwp import machine
from rawspoof.core.conversation.jdwp.machine import FIRST_THREAD, Answer, text
from rawspoof.core.conversation.speaker import Speaker
from rawspoof.core.conversation.visit import Visit

HANDSHAKE: Final = b"JDWP-Handshake"
EVENT_S: Final = 2.0
"""How long a breakpoint waits for somebody to run into it."""

THREAD_NOT_SUSPENDED: Final = 13
INTERNAL: Final = 113
INVALID_STRING: Final = 506

_HEAD: Final = 11
_REPLY: Final = 0x80
_STRING: Final = 0x200
_BREAKPOINT, _STEP = 2, 1
_EVENT_REQUEST: Final = 2
_LOCATION: Final = 25
_DISPOSE, _EXIT = (1, 6), (1, 10)


class Jdwp(Speaker):
    """One debugger's connection."""

    patience_s = 120.0
    requests_max = 400

    def __init__(self, visit: Visit) -> None:
        super().__init__(visit)
        self._open = False
        self._string = b""
        self._event = b""
        self._hit = False

    def frame(self, heard: bytearray) -> Frame | None:
        """The handshake's 14 bytes, later whole packets."""
        if not self._open:
            return Frame(bytes(heard[:14]), 14) if len(heard) >= 14 else None
        if len(heard) < 4:
            return None
        size = int.from_bytes(heard[:4])
        if not _HEAD <= size <= REQUEST_MAX:
            return Frame(bytes(heard[:4]), 4, last=True)
        return Frame(bytes(heard[:size]), size) if len(heard) >= size else None

    def answer(self, request: bytes, at: float) -> Reply | None:
        """The reply packet; who does not shake hands is left, and so is who disposes of the machine."""
        if not self._open:
            self._open = request == HANDSHAKE
            # Where the greeting was the handshake it is not said twice.
            back = HANDSHAKE if self.visit.identity.greet is None else b""
            return Reply(back, Then.LISTEN) if self._open else Reply(b"", Then.CLOSE)
        if len(request) < _HEAD:
            return Reply(b"", Then.CLOSE)
        if request[8] & _REPLY:
            return None
        kind = request[9], request[10]
        own, read = _OWN.get(kind), Cursor(request[_HEAD:])
        answer = own(self, read, at) if own else machine.answer(kind, read)
        code, data = (answer, b"") if isinstance(answer, int) else (0, answer)
        said = struct.pack(">I4sBH", _HEAD + len(data), request[4:8], _REPLY, code) + data
        if kind in (_DISPOSE, _EXIT):
            return Reply(said, Then.CLOSE)
        return Reply(said, Then.MORE if self._event else Then.LISTEN)

    def more(self, at: float) -> Reply:
        """The breakpoint is hit."""
        event, self._event = self._event, b""
        return Reply(event, Then.LISTEN, EVENT_S)

    def version(self, read: Cursor, at: float) -> Answer:
        """What this machine is."""
        major, _, minor = self.visit.word("spec", at, b"1.8").partition(b".")
        texts = [self.visit.word(name, at, b"") for name in ("version", "java", "vm")]
        return text(texts[0]) + struct.pack(">ii", int(major), int(minor)) + text(texts[1]) + text(texts[2])

    def create_string(self, read: Cursor, at: float) -> Answer:
        """A string is kept; it is what an attacker would have run."""
        self._string = read.text(4)
        return INTERNAL if read.bad else struct.pack(">Q", _STRING)

    def string_value(self, read: Cursor, at: float) -> Answer:
        """The string that was kept last."""
        return text(self._string) if read.number(8) == _STRING and self._string else INVALID_STRING

    def set_event(self, read: Cursor, at: float) -> Answer:
        """An event is asked for: the first breakpoint or step is hit, all others wait for ever."""
        kind, policy, count = read.number(1), read.number(1), read.number(4)
        if kind in (_BREAKPOINT, _STEP) and not self._hit:
            self._hit = True
            place = read.take(read.left)[-_LOCATION:] if count else b""
            event = struct.pack(">BiBiQ", policy, 1, kind, _EVENT_REQUEST, FIRST_THREAD)
            event += place.rjust(_LOCATION, b"\0")
            self._event = struct.pack(">IIBBB", _HEAD + len(event), 0x51, 0, 64, 100) + event
        return struct.pack(">i", _EVENT_REQUEST)

    def invoke(self, read: Cursor, at: float) -> Answer:
        """Nothing is run."""
        return INTERNAL if self._hit else THREAD_NOT_SUSPENDED


_OWN: Final[dict[tuple[int, int], Callable[[Jdwp, Cursor, float], Answer]]] = {
    (1, 1): Jdwp.version,
    (1, 11): Jdwp.create_string,
    (3, 3): Jdwp.invoke,
    (3, 4): Jdwp.invoke,
    (9, 6): Jdwp.invoke,
    (10, 1): Jdwp.string_value,
    (15, 1): Jdwp.set_event,
}
