"""Remote Desktop's server up to the point where somebody is refused. MS-RDPBCGR §1.3.1.1, MS-CSSP §3.1.5.

Knows in which order things are said; the file says how much security the server wants and which version it is.
"""

from typing import Final

from rawspoof.core.conversation import framing, ntlm
from rawspoof.core.conversation import ntstatus as status
from rawspoof.core.conversation.base import Credential, Note, Reply, Then
from rawspoof.core.conversation.framing import REQUEST_MAX, Frame
from rawspoof.core.conversation.ms_wbt_server import credssp, mcs
from rawspoof.core.conversation.ms_wbt_server.connection import HYBRID, HYBRID_EX, RDP, agreed, confirm, parse
from rawspoof.core.conversation.ntlm_login import Login
from rawspoof.core.conversation.speaker import Speaker
from rawspoof.core.conversation.visit import Visit
from rawspoof.core.conversation.written import written

_TPKT, _SEQUENCE = 0x03, 0x30
_HEAD: Final = 4
_MCS_AT: Final = 7
_CLOSE: Final = Reply(b"", Then.CLOSE)


class Rdp(Speaker):
    """One connection with a remote desktop."""

    def __init__(self, visit: Visit) -> None:
        super().__init__(visit)
        self._kind: int | None = None
        """The security that was agreed on."""
        self._asked = 0
        self._login = Login(visit, ntlm.house(visit, visit.word("ntlm", 0.0, b"6.1.7601").decode(), joined=True))

    def frame(self, heard: bytearray) -> Frame | None:
        """A TPKT (RFC 1006 §6), or a message of CredSSP; whatever else comes ends the conversation."""
        if heard[:1] == bytes((_SEQUENCE,)) and self._kind in (HYBRID, HYBRID_EX):
            return framing.ber(heard)
        if heard[0] != _TPKT:
            return Frame(bytes(heard[:1]), 1, last=True)
        if len(heard) < _HEAD:
            return None
        size = int.from_bytes(heard[2:4])
        if not _MCS_AT <= size <= REQUEST_MAX:
            return Frame(bytes(heard[:_HEAD]), _HEAD, last=True)
        return Frame(bytes(heard[:size]), size) if len(heard) >= size else None

    def answer(self, request: bytes, at: float) -> Reply | None:
        """What is due."""
        if self._kind is None:
            return self._connect(request, at)
        if request[0] == _SEQUENCE:
            return self._credssp(request, at)
        said = request[_MCS_AT:]
        if self._kind in (HYBRID, HYBRID_EX) or len(request) < _MCS_AT:
            return _CLOSE
        if said[:2] == mcs.CONNECT_INITIAL:
            version = int(self.visit.word("rdp", at, b"00080004"), 16)
            chance = self.visit.octets(b"rdp", 32)
            return Reply(mcs.connect_response(said, version, self._asked, self._kind == RDP, chance), Then.LISTEN)
        if (step := mcs.next_step(said)) is not None:
            return Reply(step, Then.LISTEN)
        offered = mcs.offered(said) if self._kind != RDP else None
        return Reply(mcs.DISCONNECT, Then.CLOSE, notes=(offered,) if offered else ())

    def _connect(self, request: bytes, at: float) -> Reply:
        said = written(self.visit.identity, request, at)
        ask = parse(request)
        if said is None or ask is None:
            return said or _CLOSE
        notes: tuple[Note, ...] = (Credential("mstshash", ask.user, b""),) if ask.user else ()
        kind = agreed(self.visit.word("security", at, b""), ask.protocols)
        self._asked = ask.protocols or 0
        self._kind = kind
        data = confirm(said.data, ask.protocols, kind)
        if kind is None:
            return Reply(data, Then.CLOSE, notes=notes)
        return Reply(data, Then.SECURE if kind and self.visit.starttls else Then.LISTEN, notes=notes)

    def _credssp(self, request: bytes, at: float) -> Reply:
        asked = credssp.parse(request)
        if asked is None:
            return _CLOSE
        step = self._login.take(asked.token, at)
        if step.status == status.MORE:
            return Reply(credssp.reply(step.token), Then.LISTEN)
        notes: tuple[Note, ...] = (step.offered,) if step.offered else ()
        # Remote Desktop knows no sessions without a name: whoever comes without one is refused like everybody.
        told = credssp.refusal(status.LOGON_FAILURE) if asked.version >= credssp.TELLS_ERRORS else b""
        return Reply(told, Then.CLOSE, notes=notes)
