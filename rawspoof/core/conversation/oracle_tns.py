"""Oracle's Net listener: which database is wanted, which command is given, and that there is none of either.

Nobody gets as far as a database, so no user's password is ever sent; a listener's own is.
Source: docs.oracle.com, "Database Error Messages" (TNS-00000 to TNS-12699); the packets as Wireshark's dissector has
them (packet-tns.c).
"""

import re
from typing import ClassVar, Final

from rawspoof.core.conversation.base import Credential, Reply, Then
from rawspoof.core.conversation.framing import Frame
from rawspoof.core.conversation.speaker import Speaker
from rawspoof.core.conversation.visit import Visit
from rawspoof.core.conversation.written import written

CONNECT, REFUSE, DATA = 1, 4, 6
HEAD: Final = 8
_CONNECT_MIN: Final = 34
_DATA_FLAGS: Final = 2

_COMMAND: Final = re.compile(rb"(?is)\(COMMAND\s*=\s*([^()]*)\)")
_PASSWORD: Final = re.compile(rb"(?is)\(PASSWORD\s*=\s*([^()]*)\)")
_USER: Final = re.compile(rb"(?is)\(USER\s*=\s*([^()]*)\)")
_SID: Final = re.compile(rb"(?is)\(SID\s*=")
_SERVICE: Final = re.compile(rb"(?is)\(SERVICE_NAME\s*=")

NO_SID, NO_SERVICE, NOTHING_NAMED = 12505, 12514, 12504
NOT_AUTHORIZED: Final = 1189
"""TNS-01189: the listener could not authenticate the user; since 10g only the host's own may command it."""
BAD_PASSWORD: Final = 1169
"""TNS-01169: the listener has not recognized the password."""


class OracleTns(Speaker):
    """One connection with a listener."""

    patience_s: ClassVar[float] = 60.0
    """INBOUND_CONNECT_TIMEOUT."""

    def __init__(self, visit: Visit) -> None:
        super().__init__(visit)
        self._begun = b""
        """A CONNECT whose text is to come in a packet of its own."""

    def frame(self, heard: bytearray) -> Frame | None:
        """A packet behind its length; of one with a length that none has, the head alone."""
        if len(heard) < HEAD:
            return None
        size = int.from_bytes(heard[:2])
        if not HEAD <= size <= self.request_max:
            return Frame(bytes(heard[:HEAD]), HEAD, last=True)
        return Frame(bytes(heard[:size]), size) if len(heard) >= size else None

    def answer(self, request: bytes, at: float) -> Reply | None:
        """The file's words if it has any for this; else an error, and the end."""
        asked = self._begun + request[HEAD + _DATA_FLAGS :] if self._begun and request[4] == DATA else request
        if asked[4] != CONNECT or len(asked) < _CONNECT_MIN or (self._begun and asked is request):
            return Reply(b"", Then.CLOSE)
        size = int.from_bytes(asked[24:26])
        start = len(self._begun) or int.from_bytes(asked[26:28])
        text = asked[start : start + size]
        if size and not text and not self._begun:
            # Texts longer than 221 bytes come in a packet of their own.
            self._begun = request
            return None
        password = _PASSWORD.search(text)
        user = _USER.search(text)
        notes = (Credential("listener", user[1] if user else b"", password[1]),) if password else ()
        said = None if password else self._commanded(text) or written(self.visit.identity, asked, at)
        return (said or self._refused(text))._replace(notes=notes)

    def _commanded(self, text: bytes) -> Reply | None:
        """What a listener says to a command that is not for everybody; its version is the file's to tell."""
        command = _COMMAND.search(text)
        if command and command[1].strip().lower() not in (b"version", b"ping"):
            return self._refusal(NOT_AUTHORIZED)
        return None

    def _refused(self, text: bytes) -> Reply:
        if _PASSWORD.search(text):
            return self._refusal(BAD_PASSWORD)
        if _SERVICE.search(text):
            return self._refusal(NO_SERVICE)
        return self._refusal(NO_SID if _SID.search(text) else NOTHING_NAMED)

    def _refusal(self, code: int) -> Reply:
        """The listener's version, and the error twice."""
        number = self.visit.fact("vsn", b"0")
        stack = b"(ERROR_STACK=(ERROR=(CODE=%d)(EMFI=4)))" % code
        text = b"(DESCRIPTION=(TMP=)(VSNNUM=%s)(ERR=%d)%s)" % (number, code, stack)
        body = b"\x22\0" + len(text).to_bytes(2) + text
        return Reply((HEAD + len(body)).to_bytes(2) + bytes((0, 0, REFUSE, 0, 0, 0)) + body, Then.CLOSE)
