"""IRC up to the moment when a server knows who one is and closes the link: passwords are wrong, whoever asks.

How a daemon greets and says good-bye is in its file. RFC 1459, RFC 2812; ircv3.net (capabilities, SASL).
"""

import re
from binascii import Error, a2b_base64
from ipaddress import ip_address
from typing import Final

from rawspoof.core.conversation.base import Credential, Note, Reply, Then
from rawspoof.core.conversation.framing import Frame, line
from rawspoof.core.conversation.speaker import Speaker
from rawspoof.core.conversation.visit import Visit
from rawspoof.core.conversation.written import otherwise, written

LINE_MAX: Final = 512
"""Octets of a message with its end (RFC 1459 §2.3); the rest of a longer one is lost."""

_MESSAGE = re.compile(rb"(?::\S* +)?([A-Za-z]+|\d{3})((?: +[^: ][^ ]*)*)(?: +:(.*))?")
_NICK = re.compile(rb"[A-Za-z\[\]\\`_^{|}][A-Za-z0-9\[\]\\`_^{|}-]{0,29}\Z")
_CAPABILITIES: Final = b"multi-prefix sasl"
_MECHANISM: Final = b"PLAIN"


class Irc(Speaker):
    """A server with a password, or a bouncer.

    Words of its file: `incorrect` (the text of 464), `bad` (why the link is closed), or `end` for all of it; `ask` is
    what a bouncer says to who came without a password.
    """

    requests_max = 60
    patience_s = 60.0

    def __init__(self, visit: Visit) -> None:
        super().__init__(visit)
        self._name = b"irc." + visit.fact("domain", b"local")
        self._nick = self._user = b""
        self._password: bytes | None = None
        self._negotiating = self._mechanism = False

    def frame(self, heard: bytearray) -> Frame | None:
        """A message; of one that is too long, its beginning."""
        found = line(heard)
        return found._replace(request=found.request[:LINE_MAX]) if found else None

    def answer(self, request: bytes, at: float) -> Reply | None:
        """What is said before one is registered."""
        message = _MESSAGE.fullmatch(request.strip())
        verb = message[1].upper() if message else b""
        words = message[2].split() + ([message[3]] if message[3] is not None else []) if message else []
        steps = {b"NICK": self._on_nick, b"USER": self._on_user, b"PASS": self._on_pass, b"CAP": self._on_cap}
        if verb == b"AUTHENTICATE":
            return self._on_authenticate(words, at)
        if step := steps.get(verb):
            return step(words, at)
        if verb == b"PING" and words:
            return self._say(b":%b PONG %b :%b" % (self._name, self._name, words[0]))
        if verb == b"PONG":
            return self._say()
        identity = self.visit.identity
        return written(identity, request, at) or otherwise(identity, at)

    def _on_nick(self, words: list[bytes], at: float) -> Reply | None:
        if not words:
            return self._number(b"431", b":No nickname given")
        if not _NICK.match(words[0]):
            return self._number(b"432", b"%b :Erroneous Nickname" % words[0])
        self._nick = words[0]
        return self._registered(at)

    def _on_user(self, words: list[bytes], at: float) -> Reply | None:
        if len(words) < 4:
            return self._number(b"461", b"USER :Not enough parameters")
        self._user = words[0]
        return self._registered(at)

    def _on_pass(self, words: list[bytes], at: float) -> Reply | None:
        if not words:
            return self._number(b"461", b"PASS :Not enough parameters")
        self._password = words[0]
        return self._registered(at)

    def _on_cap(self, words: list[bytes], at: float) -> Reply | None:
        what = words[0].upper() if words else b""
        if what == b"END":
            self._negotiating = False
            return self._registered(at)
        if what in (b"LS", b"REQ"):
            self._negotiating = True
        if what == b"LS":
            return self._say(b":%b CAP * LS :%b" % (self._name, _CAPABILITIES))
        if what == b"LIST":
            return self._say(b":%b CAP * LIST :" % self._name)
        if what == b"REQ":
            wanted = words[-1].split()
            verdict = b"ACK" if all(w.lstrip(b"-") in _CAPABILITIES.split() for w in wanted) else b"NAK"
            return self._say(b":%b CAP * %b :%b" % (self._name, verdict, b" ".join(wanted)))
        return self._number(b"410", b"%b :Invalid CAP command" % what)

    def _on_authenticate(self, words: list[bytes], at: float) -> Reply | None:
        """SASL: one mechanism, and it fails. ircv3.net/specs/extensions/sasl-3.1"""
        given = words[0] if words else b""
        if given == b"*":
            self._mechanism = False
            return self._number(b"906", b":SASL authentication aborted")
        if not self._mechanism:
            self._mechanism = given.upper() == _MECHANISM
            if self._mechanism:
                return self._say(b"AUTHENTICATE +")
            said = self._number(b"908", b"%b :are available SASL mechanisms" % _MECHANISM)
            return said._replace(data=said.data + self._number(b"904", b":SASL authentication failed").data)
        self._mechanism = False
        return self._number(b"904", b":SASL authentication failed")._replace(notes=_plain(given))

    def _registered(self, at: float) -> Reply:
        """Name and user are known: the password is wrong, or there was none."""
        if not self._nick or not self._user or self._negotiating:
            return self._say()
        ask = self.visit.word("ask", at, b"")
        if ask and self._password is None:
            return self._say(ask)
        notes: tuple[Note, ...] = ()
        if self._password is not None:
            notes = (Credential("PASS", self._nick, self._password),)
        if end := self.visit.word("end", at, b""):
            return Reply(end, Then.CLOSE, notes=notes)
        wrong = self._number(b"464", b":" + self.visit.word("incorrect", at, b"Password Incorrect")).data
        link = b"%b[~%b@%b]" % (self._nick, self._user, str(ip_address(self.visit.peer)).encode())
        bad = self.visit.word("bad", at, b"Bad Password")
        return Reply(wrong + b"ERROR :Closing Link: %b (%b)\r\n" % (link, bad), Then.CLOSE, notes=notes)

    def _number(self, code: bytes, text: bytes) -> Reply:
        return self._say(b":%b %b %b %b" % (self._name, code, self._nick or b"*", text))

    def _say(self, *said: bytes) -> Reply:
        return Reply(b"".join(one + b"\r\n" for one in said), Then.LISTEN)


def _plain(given: bytes) -> tuple[Credential, ...]:
    """RFC 4616: authorization identity, name and password, parted by zeros."""
    try:
        _, user, secret = a2b_base64(given).split(b"\0")
    except (Error, ValueError):
        return ()
    return (Credential("PLAIN", user, secret),)
