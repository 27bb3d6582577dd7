"""SMTP and LMTP up to the refused recipient or password. Knows the order of commands; wording is the file's.

RFC 5321 §4.1.4 (order), §4.5.3 (limits); RFC 4954 (AUTH), RFC 3207 (STARTTLS), RFC 2033 (LMTP). No mail is ever taken:
there is no recipient that would be accepted, so DATA is always too early.

Words with gaps (`%s`): `helo`, `ehlo` and `lhlo` have the name that the client gave and its address, `hello_name` the
command, `relay` and `user_unknown` the recipient. An empty `hello_first` lets MAIL come without a HELO, no `mechanisms`
mean no AUTH. After `errors_soft` errors each answer is `errors_wait_s` late, `errors_max` are the end.
"""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import ClassVar, Final

from rawspoof.core.conversation.base import Reply
from rawspoof.core.conversation.lines import DELAY_S_MAX, Lines, without
from rawspoof.core.conversation.visit import Visit
from rawspoof.core.conversation.written import written

_FROM: Final = re.compile(rb"(?i)FROM:\s*(?:<([^<>\s]*)>|([^<>\s]+))(?:\s|$)")
_TO: Final = re.compile(rb"(?i)TO:\s*(?:<([^<>\s]+)>|([^<>\s]+))(?:\s|$)")


class Smtp(Lines):
    """One SMTP connection."""

    prompt: ClassVar[bytes] = b"334 %b\r\n"
    texts: ClassVar[Mapping[str, bytes]] = MappingProxyType(
        {
            "hello_first": b"",
            "hello_name": b"501 Syntax: %s hostname\r\n",
            "helo": b"250 Hello\r\n",
            "ehlo": b"",
            "lhlo": b"",
            "mail": b"250 2.1.0 Ok\r\n",
            "mail_syntax": b"501 5.5.4 Syntax: MAIL FROM:<address>\r\n",
            "mail_nested": b"503 5.5.1 Error: nested MAIL command\r\n",
            "mail_first": b"503 5.5.1 Error: need MAIL command\r\n",
            "relay": b"550 5.7.1 <%s>: Relaying denied\r\n",
            "user_unknown": b"550 5.1.1 <%s>: User unknown\r\n",
            "rcpt_syntax": b"501 5.5.4 Syntax: RCPT TO:<address>\r\n",
            "rcpt_first": b"503 5.5.1 Error: need RCPT command\r\n",
            "rcpt_none": b"554 5.5.1 Error: no valid recipients\r\n",
            "reset": b"250 2.0.0 Ok\r\n",
            "noop": b"250 2.0.0 Ok\r\n",
            "tls": b"220 2.0.0 Ready to start TLS\r\n",
            "tls_syntax": b"501 5.5.4 Syntax: STARTTLS\r\n",
            "mechanisms": b"PLAIN LOGIN CRAM-MD5",
            "auth_syntax": b"501 5.5.4 Syntax: AUTH mechanism\r\n",
            "auth_mechanism": b"504 5.5.4 Unrecognized authentication type\r\n",
            "auth_busy": b"503 5.5.1 Error: MAIL transaction in progress\r\n",
            "auth_aborted": b"501 5.7.0 Authentication aborted\r\n",
            "auth_base64": b"501 5.5.2 Cannot decode response\r\n",
            "auth_failed": b"535 5.7.8 Authentication credentials invalid\r\n",
            "refused_after_s": b"2",
            "attempts_max": b"0",
            "errors_soft": b"0",
            "errors_wait_s": b"1",
            "errors_max": b"20",
            "too_many": b"421 4.7.0 Too many errors\r\n",
            "too_long": b"500 5.5.2 Line too long\r\n",
            "timeout": b"421 4.4.2 Timeout exceeded\r\n",
            "bad": b"500 5.5.2 Command not recognized\r\n",
        }
    )

    def __init__(self, visit: Visit) -> None:
        super().__init__(visit)
        self._hello = self._mail = False
        self._hellos = (b"LHLO",) if visit.identity.protocol == "lmtp" else (b"EHLO", b"HELO")
        self._steps: Mapping[bytes, Callable[[bytes, bytes, float], Reply]] = {
            **dict.fromkeys(self._hellos, self._greeted),
            b"MAIL": self._sender,
            b"RCPT": self._recipient,
            b"DATA": self._data,
            b"RSET": self._reset,
            b"NOOP": lambda request, argument, at: self.say(request, "noop", at),
            b"AUTH": self._auth,
            b"STARTTLS": self._starttls,
        }

    def answer(self, request: bytes, at: float) -> Reply | None:
        errors = self.errors
        said = super().answer(request, at)
        soft = self.numbers("errors_soft", at)[0]
        if said is not None and soft and errors >= soft:
            said = said._replace(after_s=said.after_s + min(self.numbers("errors_wait_s", at)[0], DELAY_S_MAX))
        return said

    def count(self, said: Reply, at: float) -> Reply:
        # RFC 5321 §4.2.1: everything that is no success or half of one.
        self.errors += said.data[:1] in (b"4", b"5")
        return self.judge(said, at)

    def command(self, request: bytes, at: float) -> Reply | None:
        verb, _, argument = request.strip(b" \t").partition(b" ")
        step = self._steps.get(verb.upper())
        return self.unknown(request, at) if step is None else step(request, argument.strip(), at)

    def _greeted(self, request: bytes, name: bytes, at: float) -> Reply:
        verb = request[:4].upper()
        if not name:
            return self.fill("hello_name", at, verb)
        self._hello, self._mail = True, False
        if (word := verb.decode().lower()) in self.visit.identity.words:
            said = self.fill(word, at, name, self.peer())
        else:
            said = self.say(request, "helo", at)
        return said if self.starttls else said._replace(data=without(said.data, b"STARTTLS"))

    def _sender(self, request: bytes, argument: bytes, at: float) -> Reply:
        first = self.tell("hello_first", at)
        if first.data and not self._hello:
            return first
        if self._mail:
            return self.tell("mail_nested", at)
        if not _FROM.match(argument):
            return self.tell("mail_syntax", at)
        said = self.say(request, "mail", at)
        self._mail = said.data.startswith(b"250")
        return said

    def _recipient(self, request: bytes, argument: bytes, at: float) -> Reply:
        if not self._mail:
            return self.tell("mail_first", at)
        path = _TO.match(argument)
        return self._refused(request, path[1] or path[2], at) if path else self.tell("rcpt_syntax", at)

    def _refused(self, request: bytes, address: bytes, at: float) -> Reply:
        """What is said of an address: nobody here has it, or it is not here."""
        domain = address.rpartition(b"@")[2].lower() if b"@" in address else b""
        if domain in (b"", b"localhost", self.visit.fact("fqdn"), self.visit.fact("domain")):
            return self.fill("user_unknown", at, address, address)
        return written(self.visit.identity, request, at) or self.fill("relay", at, address, address)

    def _data(self, request: bytes, argument: bytes, at: float) -> Reply:
        return self.tell("rcpt_none" if self._mail else "rcpt_first", at)

    def _reset(self, request: bytes, argument: bytes, at: float) -> Reply:
        self._mail = False
        return self.say(request, "reset", at)

    def _auth(self, request: bytes, argument: bytes, at: float) -> Reply:
        if not self.word("mechanisms", at):
            return self.unknown(request, at)
        if self._mail:
            return self.tell("auth_busy", at)
        mechanism, *initial = argument.split() or [b""]
        if not mechanism:
            return self.tell("auth_syntax", at)
        return self.authenticate(mechanism, initial[0] if initial else None, at)

    def _starttls(self, request: bytes, argument: bytes, at: float) -> Reply:
        if not self.starttls:
            return self.unknown(request, at)
        if argument:
            return self.tell("tls_syntax", at)
        self._hello = self._mail = False
        return self.go_secure("tls", at)
