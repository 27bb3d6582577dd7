"""SMB's door: NetBIOS sessions, and which of the two languages is spoken behind it. RFC 1002 §4.3, MS-SMB2 §2.1.

What the service's file answers to a first request goes before all else: printers and the like are known by it alone.
"""

from typing import Final

from rawspoof.core.conversation.base import Reply, Then
from rawspoof.core.conversation.framing import REQUEST_MAX, Frame
from rawspoof.core.conversation.ntlm_login import Login
from rawspoof.core.conversation.smb import greeting, message, one, two
from rawspoof.core.conversation.smb.edition import edition
from rawspoof.core.conversation.speaker import Speaker
from rawspoof.core.conversation.visit import Visit
from rawspoof.core.conversation.written import written

_MESSAGE, _SESSION, _KEEP_ALIVE = 0x00, 0x81, 0x85
_HEAD: Final = 4
_ACCEPTED: Final = b"\x82\0\0\0"
_ANY_NAME: Final = b"*SMBSERVER"
_CLOSE: Final = Reply(b"", Then.CLOSE)


class Smb(Speaker):
    """One connection with a file server."""

    def __init__(self, visit: Visit) -> None:
        super().__init__(visit)
        self._edition = edition(visit)
        login = Login(visit, self._edition.house)
        self._one = one.One(visit, self._edition, login)
        self._two = two.Two(visit, self._edition, login)
        self._open = not self._edition.called

    def frame(self, heard: bytearray) -> Frame | None:
        """A packet of NetBIOS: its kind, its length. Samba waits for whatever it is told of, Windows does not."""
        if len(heard) < _HEAD:
            return None
        size = _HEAD + int.from_bytes(heard[1:_HEAD])
        odd = heard[0] not in (_MESSAGE, _SESSION, _KEEP_ALIVE) or size > REQUEST_MAX
        if odd and not self._edition.samba:
            return Frame(bytes(heard[:_HEAD]), _HEAD, last=True)
        return Frame(bytes(heard[:size]), size) if len(heard) >= size else None

    def answer(self, request: bytes, at: float) -> Reply | None:
        """A session opened, or what SMB says."""
        if request[0] == _KEEP_ALIVE:
            return None
        if request[0] == _SESSION:
            return self._session(request, at)
        if request[0] != _MESSAGE:
            return _CLOSE
        if not self._open:
            return written(self.visit.identity, request[:1], at) or _CLOSE
        body = request[_HEAD:]
        if body[:4] == two.MAGIC and self._edition.dialects:
            said = self._two.answer(body, at)
        elif body[:4] == message.MAGIC and not self._two.dialect:
            said = self._first(request, at) if body[4:5] == bytes((one.NEGOTIATE,)) else self._later(request, at)
        else:
            return written(self.visit.identity, request[:1], at) or _CLOSE
        return _carried(said)

    def _session(self, request: bytes, at: float) -> Reply:
        """Who calls a server that minds by a name that is not its own is refused, in the words of the file."""
        self._open = self._open or _called(request) in (_ANY_NAME, self._edition.called)
        if self._open and self._edition.native and (self._edition.samba or self._edition.called):
            return Reply(_ACCEPTED, Then.LISTEN)
        return written(self.visit.identity, request, at) or _CLOSE

    def _first(self, request: bytes, at: float) -> Reply:
        ask = message.parse(request[_HEAD:])
        if ask is not None and (dialect := greeting.second(ask, self._edition)):
            return self._two.welcome(dialect, at)
        said = written(self.visit.identity, request, at)
        if said is None or said.data[_HEAD : _HEAD + 4] != message.MAGIC:
            # Not a server that lets anybody this far.
            return said or _CLOSE
        made = self._one.greet(request[_HEAD:], said.data)
        return made._replace(data=made.data[_HEAD:])

    def _later(self, request: bytes, at: float) -> Reply:
        # Servers that let nobody this far have one answer for all.
        said = written(self.visit.identity, request, at)
        return said if said is not None and said.data else self._one.answer(request[_HEAD:], at)


def _carried(said: Reply | None) -> Reply | None:
    """The same as a packet of NetBIOS."""
    if said is None or not said.data or said.data[:4] not in (message.MAGIC, two.MAGIC):
        return said
    return said._replace(data=len(said.data).to_bytes(_HEAD) + said.data)


def _called(request: bytes) -> bytes:
    """The name that a session is asked for with: two letters a byte, the last byte its kind. RFC 1001 §14.1."""
    letters = request[_HEAD + 1 : _HEAD + 33]
    if any(not 0x41 <= c <= 0x50 for c in letters) or len(letters) < 32:
        return b""
    return bytes((a - 65) * 16 + b - 65 for a, b in zip(letters[::2], letters[1::2], strict=True))[:15].rstrip()
