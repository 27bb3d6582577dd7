"""SMB 2 and 3 up to the point where somebody is refused. MS-SMB2 §2.2 (messages), §3.3.5 (what a server makes of them).

Knows one connection's dialect and session, not how messages are carried.
"""

import struct
from typing import Final, NamedTuple

from rawspoof.core.conversation import ntstatus as status
from rawspoof.core.conversation.base import Note, Reply, Then
from rawspoof.core.conversation.ntlm_login import Login
from rawspoof.core.conversation.smb.edition import Edition
from rawspoof.core.conversation.smb.negotiation import ANY_2, chosen, response
from rawspoof.core.conversation.visit import Visit

MAGIC: Final = b"\xfeSMB"
CHAIN_MAX: Final = 8
"""Requests that come as one; what follows them is not answered."""
CREDITS_MAX: Final = 512

_HEAD: Final = struct.Struct("<4sHHIHHIIQIIQ16s")
_NEGOTIATE, _SESSION_SETUP, _LOGOFF, _TREE_CONNECT, _CANCEL, _ECHO, _LAST = 0, 1, 2, 3, 12, 13, 18
_NOTHING: Final = struct.pack("<HHIB", 9, 0, 0, 0)
"""The body of whatever is refused."""
_DONE: Final = struct.pack("<HH", 4, 0)
_NULL_SESSION: Final = 2
_CLOSE: Final = Reply(b"", Then.CLOSE)


class Ask(NamedTuple):
    """A request's head, as far as an answer depends on it."""

    charge: int
    command: int
    wanted: int
    """How many requests more the client would like to be allowed."""
    next: int
    number: int
    process: int
    tree: int
    session: int


class Said(NamedTuple):
    """The answer to one request."""

    status: int
    body: bytes = _NOTHING
    session: int | None = None
    """Where it is another than the request's."""
    notes: tuple[Note, ...] = ()


class Two:
    """One connection's SMB 2."""

    def __init__(self, visit: Visit, edition: Edition, login: Login) -> None:
        self._visit, self._edition, self._login = visit, edition, login
        self.dialect = 0
        """What was agreed on, ANY_2 while the client is to say more, 0 for nothing."""
        self._session = self._sessions = 0
        self._null = False

    def welcome(self, dialect: int, at: float) -> Reply:
        """The answer to an SMB 1 client that would rather speak SMB 2. MS-SMB2 §3.3.5.3."""
        self.dialect = dialect
        said = Said(status.OK, response(b"", dialect, self._edition, self._visit, at))
        return Reply(self._message(Ask(0, _NEGOTIATE, 1, 0, 0, 0, 0, 0), said), Then.LISTEN)

    def answer(self, heard: bytes, at: float) -> Reply | None:
        """What is said to a message, which may be several requests in one; None for nothing."""
        answers: list[bytes] = []
        notes: tuple[Note, ...] = ()
        for _ in range(CHAIN_MAX):
            ask = _parse(heard)
            if ask is None or not self._in_order(ask):
                return _CLOSE
            if ask.command != _CANCEL:
                said = self._said(ask, heard[: ask.next or None], at)
                answers.append(self._message(ask, said))
                notes += said.notes
            if not ask.next:
                break
            heard = heard[ask.next :]
        return Reply(_chained(answers), Then.LISTEN, notes=notes) if answers else None

    def _in_order(self, ask: Ask) -> bool:
        """First the dialect, once, then the rest."""
        agreed = self.dialect not in (0, ANY_2)
        return agreed != (ask.command == _NEGOTIATE)

    def _said(self, ask: Ask, request: bytes, at: float) -> Said:
        if ask.command == _NEGOTIATE:
            return self._negotiate(request, at)
        if ask.command == _SESSION_SETUP:
            return self._log_in(ask, request, at)
        if ask.command == _ECHO:
            return Said(status.OK, _DONE)
        if ask.command > _LAST:
            return Said(status.INVALID_PARAMETER)
        if not self._null or ask.session != self._session:
            return Said(status.SESSION_DELETED)
        if ask.command == _LOGOFF:
            self._null = False
            return Said(status.OK, _DONE)
        return Said(status.ACCESS_DENIED if ask.command == _TREE_CONNECT else status.NAME_DELETED)

    def _negotiate(self, request: bytes, at: float) -> Said:
        dialect = chosen(request, self._edition.dialects)
        if dialect is None:
            return Said(status.INVALID_PARAMETER)
        if not dialect:
            return Said(status.NOT_SUPPORTED)
        self.dialect = dialect
        return Said(status.OK, response(request, dialect, self._edition, self._visit, at))

    def _log_in(self, ask: Ask, request: bytes, at: float) -> Said:
        if len(request) < 88 or request[64:66] != b"\x19\0":
            return Said(status.INVALID_PARAMETER)
        if ask.session and ask.session != self._session:
            return Said(status.SESSION_DELETED)
        offset, size = struct.unpack_from("<HH", request, 76)
        step = self._login.take(request[offset : offset + size], at)
        notes = (step.offered,) if step.offered else ()
        if step.status not in (status.OK, status.MORE):
            self._session *= step.status == status.INVALID_PARAMETER
            return Said(step.status, notes=notes)
        if not ask.session:
            self._sessions += 1
            self._session = int.from_bytes(self._visit.octets(b"smb%d" % self._sessions, 4)) or 1
        self._null = step.status == status.OK
        body = struct.pack("<HHHH", 9, self._null * _NULL_SESSION, 72, len(step.token)) + step.token
        return Said(step.status, body, self._session, notes)

    def _message(self, ask: Ask, said: Said) -> bytes:
        session = ask.session if said.session is None else said.session
        granted = 1 if ask.command <= _SESSION_SETUP else max(1, min(ask.wanted, CREDITS_MAX))
        head = (MAGIC, 64, ask.charge, said.status, ask.command, granted, 1, 0, ask.number, ask.process)
        return _HEAD.pack(*head, ask.tree, session, b"") + said.body


def _parse(heard: bytes) -> Ask | None:
    if len(heard) < _HEAD.size:
        return None
    magic, size, charge, _, command, wanted, _, after, number, process, tree, session, _ = _HEAD.unpack_from(heard)
    if magic != MAGIC or size != _HEAD.size or (after and not _HEAD.size <= after < len(heard)):
        return None
    return Ask(charge, command, wanted, after, number, process, tree, session)


def _chained(answers: list[bytes]) -> bytes:
    """Several as one: each tells where the next begins, at a multiple of eight. MS-SMB2 §3.3.4.1.3."""
    *before, last = answers
    padded = [a + bytes(-len(a) % 8) for a in before]
    return b"".join(a[:20] + len(a).to_bytes(4, "little") + a[24:] for a in padded) + last
