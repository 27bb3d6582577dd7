"""IMAP up to the refused password. Knows the not authenticated state, RFC 3501 §6.1 and §6.2; no mailbox is opened.

Literals (§4.3, RFC 7888) are part of the request they stand in. AUTHENTICATE takes an initial response (RFC 4959).
Words come without tag, but for those that begin with `*`. After `errors_max` BADs the server says BYE.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar, Final

from rawspoof.core.conversation.base import Credential, Reply, Then
from rawspoof.core.conversation.framing import Frame, Part
from rawspoof.core.conversation.lines import Lines
from rawspoof.core.conversation.visit import Visit

LITERAL_MAX: Final = 4096
"""Bytes of a literal; no name or password is longer."""

_LITERAL: Final = re.compile(rb"\{(\d{1,20})(\+?)\}\r?\n\Z")
_STRING: Final = re.compile(rb' "((?:[^"\\\r\n]|\\["\\])*)"| \{(\d{1,5})\+?\}\r?\n| ([^\s"(){\x00-\x1f]+)')


class Imap(Lines):
    """One IMAP connection."""

    request_max: ClassVar[int] = 8192
    quoted: ClassVar[bool] = False
    """Whether responses of a SASL exchange are strings, as ManageSieve has them."""
    texts: ClassVar[Mapping[str, bytes]] = MappingProxyType(
        {
            "refused": b"NO [AUTHENTICATIONFAILED] Authentication failed.\r\n",
            "refused_after_s": b"2",
            "attempts_max": b"0",
            "mechanisms": b"PLAIN LOGIN",
            "auth_mechanism": b"NO Unsupported authentication mechanism.\r\n",
            "auth_aborted": b"BAD Authentication aborted by client.\r\n",
            "auth_base64": b"BAD Invalid base64 data\r\n",
            "tls": b"OK Begin TLS negotiation now.\r\n",
            "literal": b"+ OK\r\n",
            "literal_large": b"* BYE Literal size too large\r\n",
            "errors_max": b"10",
            "too_many": b"* BYE Too many invalid IMAP commands.\r\n",
            "too_long": b"* BYE Input buffer full, aborting\r\n",
            "timeout": b"* BYE Disconnected for inactivity.\r\n",
            "untagged": b"* BAD Error in IMAP command received by server.\r\n",
            "bad": b"BAD Error in IMAP command received by server.\r\n",
        }
    )

    def __init__(self, visit: Visit) -> None:
        super().__init__(visit)
        self._asked = b""
        self._too_large = False
        self._read = 0
        """Where the request's last line begins, as far as it has been heard: behind its last literal."""
        self._invited = 0
        """Where the last line ended behind which the client was told to go on with its literal."""

    def greet(self, at: float) -> bytes:
        said = super().greet(at)
        # Inside TLS there is none to offer, and nobody counts on the greeting's length.
        return said.replace(b" STARTTLS", b"") if self.visit.identity.tls == "implicit" else said

    def frame(self, heard: bytearray) -> Frame | None:
        while end := heard.find(b"\n", self._read) + 1:
            literal = (
                None if self.exchange and not self.quoted else _LITERAL.search(heard[max(self._read, end - 30) : end])
            )
            if literal is None:
                return Frame(_line(heard, end), end)
            size, at_once = int(literal[1]), bool(literal[2])
            if size > LITERAL_MAX:
                self._too_large = True
                return Frame(_line(heard, end), end, last=True)
            if not at_once and end > self._invited:
                return Part(bytes(heard[:end]), 0)
            self._read = end + size
        return None

    def typed(self, part: bytes, at: float) -> Reply | None:
        """A literal is announced: the client waits for the invitation to send it. The line stays in the buffer."""
        self._invited = len(part)
        return Reply(self.word("literal", at), Then.LISTEN)

    def answer(self, request: bytes, at: float) -> Reply | None:
        self._read = self._invited = 0
        if self._too_large:
            return Reply(self.word("literal_large", at), Then.CLOSE)
        return super().answer(request, at)

    def command(self, request: bytes, at: float) -> Reply | None:
        tag, _, rest = request.partition(b" ")
        verb, space, _ = rest.partition(b" ")
        if not tag or not verb or tag in (b"*", b"+"):
            return Reply(self.word("untagged", at), Then.LISTEN)
        self.tag, self._asked = tag + b" ", request
        arguments = astrings(space + rest[len(verb) + 1 :])
        match verb.upper(), arguments:
            case b"LOGIN", [user, secret]:
                return self.refuse(self.failed(at), Credential("LOGIN", user, secret), at)
            case b"AUTHENTICATE", [mechanism, *initial] if len(initial) < 2:
                return self.authenticate(mechanism, initial[0] if initial else None, at)
            case ((b"LOGIN" | b"AUTHENTICATE"), _):
                return self.tell("bad", at)
            case b"STARTTLS", [] if self.starttls:
                return self.go_secure("tls", at)
            case b"CAPABILITY", _:
                said = self.unknown(request, at)
                return said if self.starttls else said._replace(data=said.data.replace(b" STARTTLS", b""))
        return self.unknown(request, at)

    def count(self, said: Reply, at: float) -> Reply:
        most = self.numbers("errors_max", at)[0]
        bad = said.data in (self.bad(at).data, self.word("untagged", at))
        self.errors += bad
        # The last of them is told nothing but BYE.
        return self.judge(said._replace(data=b"") if bad and self.errors == most else said, at)

    def failed(self, at: float) -> Reply:
        return self.say(self._asked, "refused", at)


def _line(heard: bytearray, end: int) -> bytes:
    return bytes(heard[: end - 1]).removesuffix(b"\r")


def astrings(text: bytes) -> list[bytes] | None:
    """The arguments of a command, each behind a space; None for what is neither atom, quoted string nor literal."""
    found: list[bytes] = []
    at = 0
    while at < len(text):
        match = _STRING.match(text, at)
        if match is None:
            return None
        at = match.end()
        if match[2] is not None:
            at += int(match[2])
            found.append(text[match.end() : at])
        else:
            found.append(match[3] or re.sub(rb"\\(.)", rb"\1", match[1] or b""))
    return found
