"""SMB 1 up to the point where somebody is refused. MS-CIFS §2.2.4, MS-SMB §2.2.4 (extended security).

Begins with what the service's file answers to the first request: that is what nmap knows a server by. Knows one
connection's session, not how messages are carried.
"""

import struct
from typing import Final

from rawspoof.core.conversation import ntstatus as status
from rawspoof.core.conversation.base import Note, Reply, Then
from rawspoof.core.conversation.ntlm import answered
from rawspoof.core.conversation.ntlm_login import Login, Step, step
from rawspoof.core.conversation.smb import greeting
from rawspoof.core.conversation.smb.edition import Edition
from rawspoof.core.conversation.smb.message import Message, build, parse, read, texts
from rawspoof.core.conversation.visit import Visit

NEGOTIATE, _ECHO, _TREE_DISCONNECT, _SESSION_SETUP, _LOGOFF, _TREE_CONNECT = 0x72, 0x2B, 0x71, 0x73, 0x74, 0x75
_OF_A_TREE: Final = frozenset((*range(0x2B), 0x2C, 0x2D, 0x2E, 0x2F, 0x32, 0x33, 0x34, *range(0xA0, 0xA6)))
"""Files, pipes and transactions: nothing that can be done before a tree is connected."""
_LANMAN, _PLAIN, _EXTENDED = 20, 26, 24
"""Bytes of parameters by which the three ways to log in are told apart."""
_NO_MORE: Final = b"\xff\0\0\0"
"""No other command in this message (AndX)."""
_CLOSE: Final = Reply(b"", Then.CLOSE)


class One:
    """One connection's SMB 1."""

    def __init__(self, visit: Visit, edition: Edition, login: Login) -> None:
        self._visit, self._edition, self._login = visit, edition, login
        self._nonce: bytes | None = None
        """What plain passwords are scrambled with; None while no dialect is agreed on."""
        self._user = 0
        """The latest session's number."""
        self._null = False

    def greet(self, heard: bytes, written: bytes) -> Reply:
        """The answer to the first request; `written` is the file's."""
        ask = parse(heard)
        if ask is None or self._nonce is not None:
            return _CLOSE
        if not greeting.chooses(written):
            return Reply(written, Then.CLOSE)
        number = greeting.dialect(ask, written)
        if self._edition.samba:
            written = greeting.spelt(written, ask)
        if number is None:
            return Reply(greeting.none(written), Then.CLOSE)
        said = greeting.choose(written, number)
        if self._edition.native:
            said = greeting.challenge(said, self._login.nonce())
        self._nonce = greeting.nonce(said)
        if self._edition.native and greeting.extends(ask, said):
            said = greeting.extend(said, ask, self._edition.guid + self._edition.offer)
        return Reply(said, Then.LISTEN)

    def answer(self, heard: bytes, at: float) -> Reply:
        """What is said to any other message."""
        ask = parse(heard)
        if ask is None or self._nonce is None:
            return _CLOSE
        if ask.command == _SESSION_SETUP:
            return self._log_in(ask, at)
        known = self._null and ask.user == self._user
        if ask.command == _ECHO and len(ask.words) == 2:
            return Reply(build(ask, status.OK, b"\1\0", ask.data) if ask.words[0] else b"", Then.LISTEN)
        if ask.command == _LOGOFF and known:
            self._null = False
            return Reply(build(ask, status.OK, _NO_MORE), Then.LISTEN)
        return Reply(build(ask, self._refusal(ask.command, known)), Then.LISTEN)

    def _refusal(self, command: int, known: bool) -> int:
        if command == _TREE_DISCONNECT:
            return status.BAD_TID
        if command in _OF_A_TREE:
            # Windows looks for the session first, Samba for the tree.
            unknown = status.NAME_DELETED if self._edition.samba else status.BAD_TID
            return unknown if known or self._edition.samba else status.BAD_UID
        if command in (_LOGOFF, _TREE_CONNECT):
            return status.ACCESS_DENIED if known else status.BAD_UID
        return status.BAD_COMMAND

    def _log_in(self, ask: Message, at: float) -> Reply:
        if len(ask.words) == _EXTENDED and self._edition.native:
            size = int.from_bytes(ask.words[14:16], "little")
            return self._said(ask, self._login.take(ask.data[:size], at))
        if len(ask.words) in (_PLAIN, _LANMAN):
            return self._said(ask, self._password(ask))
        return Reply(build(ask, status.INVALID_PARAMETER), Then.LISTEN)

    def _password(self, ask: Message) -> Step:
        """A log-in without NTLM's messages: answers to the challenge of the first exchange."""
        lm_size, nt_size = struct.unpack_from("<HH", ask.words, 14)
        if len(ask.words) == _LANMAN:
            nt_size = 0
        end = lm_size + nt_size
        user, domain, *_ = [*read(ask.data[end:], ask.flags, ask.data_at + end), "", ""]
        assert self._nonce is not None
        lm, nt = ask.data[:lm_size], ask.data[lm_size:end]
        return step(answered(domain, user, lm.strip(b"\0") and lm, nt, self._nonce))

    def _said(self, ask: Message, made: Step) -> Reply:
        notes: tuple[Note, ...] = (made.offered,) if made.offered else ()
        self._null = made.status == status.OK
        if made.status not in (status.OK, status.MORE):
            return Reply(build(ask, made.status), Then.LISTEN, notes=notes)
        if not ask.user or ask.user != self._user:
            self._user = int.from_bytes(self._visit.octets(b"uid", 2)) % 0xFFFE + 1
        extended = len(ask.words) == _EXTENDED
        token = made.token if extended else b""
        words = _NO_MORE + bytes(2) + (struct.pack("<H", len(token)) if extended else b"")
        names = [self._edition.native, self._edition.lanman, self._edition.workgroup]
        at = ask.data_at - len(ask.words) + len(words) + len(token)
        data = token + texts(names, ask.flags, at)
        return Reply(build(ask, made.status, words, data, self._user), Then.LISTEN, notes=notes)
