"""What the protocols of files, mail and news have in common: lines, words of the file, refusals that come late.

Knows how a password is asked for and refused, not how a protocol says so: each has its texts, and a signature file
has other ones under `words`. Words that are numbers: `attempts_max`, `refused_after_s` (seconds, one for each
attempt, the last for all later ones), `errors_max`. Nobody is ever let in.
"""

import re
from collections.abc import Mapping
from ipaddress import ip_address
from typing import ClassVar, Final

from rawspoof.core.conversation.base import Credential, Reply, Then
from rawspoof.core.conversation.filled import filled
from rawspoof.core.conversation.ntlm import house
from rawspoof.core.conversation.sasl import Ntlm, Sasl, decoded, encoded
from rawspoof.core.conversation.speaker import Speaker
from rawspoof.core.conversation.visit import Visit
from rawspoof.core.conversation.written import otherwise, written

DELAY_S_MAX: Final = 30.0
"""Seconds that a refusal may take; what a file says beyond is held to this."""

WINDOWS: Final = "10.0.17763"
"""The build that NTLM shows where the file has no word `windows`: Server 2019."""

_BUILD = re.compile(r"\d{1,2}\.\d{1,2}\.\d{1,5}")
_NUMBER = re.compile(rb"\d{1,6}(?:\.\d{1,3})?")


class Lines(Speaker):
    """One connection's side of a protocol of lines, before anybody is logged in."""

    patience_s: ClassVar[float] = 120.0
    texts: ClassVar[Mapping[str, bytes]] = {}
    """What is said where the file has neither answer nor word for it."""
    prompt: ClassVar[bytes] = b"+ %b\r\n"
    """How a SASL challenge is sent."""

    def __init__(self, visit: Visit) -> None:
        super().__init__(visit)
        self.secure = False
        self.user: bytes | None = None
        self.refused = 0
        self.errors = 0
        self.tag = b""
        """Said before every word, where the protocol repeats the client's tag."""
        self.exchange: Sasl | None = None
        self.challenge = b""
        """What CRAM-MD5 and APOP are to be answered with."""

    @property
    def starttls(self) -> bool:
        """Whether the connection can still go over to TLS."""
        return self.visit.starttls and not self.secure

    def answer(self, request: bytes, at: float) -> Reply | None:
        """The next step of a SASL exchange, or what the protocol's command is answered."""
        if self.exchange is not None:
            return self.count(self.respond(self.exchange, request.strip(), at), at)
        said = self.command(request, at)
        return None if said is None else self.count(said, at)

    def command(self, request: bytes, at: float) -> Reply | None:
        """What a line outside of an exchange is answered."""
        raise NotImplementedError

    def count(self, said: Reply, at: float) -> Reply:
        """The answer, and the end with it where too many were errors: of those that meant nothing, all in all."""
        self.errors += said.data == self.bad(at).data
        return self.judge(said, at)

    def judge(self, said: Reply, at: float) -> Reply:
        """The answer, with a last word behind it after `errors_max` errors."""
        most = self.numbers("errors_max", at)[0]
        if not most or self.errors < most:
            return said
        return said._replace(data=said.data + self.word("too_many", at), then=Then.CLOSE)

    def word(self, name: str, at: float) -> bytes:
        """What the file says under this name, else the protocol's text, else nothing."""
        return self.visit.word(name, at, self.texts.get(name, b""))

    def numbers(self, name: str, at: float) -> list[float]:
        """The numbers in a word of the file, at least one."""
        found = _NUMBER.findall(self.visit.word(name, at, b"")) or _NUMBER.findall(self.texts.get(name, b"0")) or [b"0"]
        return [float(number) for number in found]

    def tell(self, name: str, at: float, then: Then = Then.LISTEN) -> Reply:
        """The word of this name, behind the tag."""
        return Reply(self.tag + self.word(name, at), then)

    def fill(self, name: str, at: float, *values: bytes) -> Reply:
        """The word of this name, its gaps filled with what the client sent."""
        said = self.tell(name, at)
        return said._replace(data=filled(said.data, *values))

    def say(self, request: bytes, name: str, at: float) -> Reply:
        """What the file answers to the request, else the word of this name."""
        return written(self.visit.identity, request, at) or self.tell(name, at)

    def unknown(self, request: bytes, at: float) -> Reply:
        """What the file answers to a request that means nothing to the protocol's state."""
        return written(self.visit.identity, request, at) or self.bad(at)

    def bad(self, at: float) -> Reply:
        """What is said to what is no command."""
        return otherwise(self.visit.identity, at) or self.tell("bad", at)

    def go_secure(self, name: str, at: float) -> Reply:
        """The go-ahead for TLS. What was said in the clear is forgotten (RFC 3207 §4.2 and its kin)."""
        said = self.tell(name, at, Then.SECURE)
        self.secure, self.user, self.errors = True, None, 0
        return said

    def refuse(self, said: Reply, proof: Credential, at: float) -> Reply:
        """A password refused after the server's delay; the last attempt it grants is the end."""
        delays = self.numbers("refused_after_s", at)
        after_s = min(delays[min(self.refused, len(delays) - 1)], DELAY_S_MAX)
        self.refused += 1
        self.user = None
        most = self.numbers("attempts_max", at)[0]
        said = said._replace(after_s=said.after_s + after_s, notes=(*said.notes, proof))
        if most and self.refused >= most:
            # Some servers say it at the last refusal, most just close.
            said = said._replace(data=self.visit.word("attempts_over", at, said.data), then=Then.CLOSE)
        return said

    def authenticate(self, mechanism: bytes, initial: bytes | None, at: float) -> Reply:
        """The first step of a SASL exchange; `initial` is the response that came with the command, if any did."""
        if mechanism.upper() not in self.word("mechanisms", at).split():
            return self.tell("auth_mechanism", at)
        exchange = self.exchange = self._exchange(mechanism.upper(), at)
        return self.ask(exchange) if initial is None else self.respond(exchange, initial, at)

    def _exchange(self, mechanism: bytes, at: float) -> Sasl:
        chance = self.visit.octets(b"sasl%d" % self.refused, 8)
        if mechanism == b"NTLM":
            build = self.word("windows", at).decode("latin-1")
            return Ntlm(chance, house(self.visit, build if _BUILD.fullmatch(build) else WINDOWS, True), at)
        stamp = b"<%d.%d@%b>" % (int.from_bytes(chance[1:]), int(at), self.visit.fact("fqdn", b"localhost"))
        return Sasl(mechanism, self.challenge or stamp)

    def ask(self, exchange: Sasl) -> Reply:
        """The exchange's challenge."""
        return Reply(self.prompt % encoded(exchange.asks), Then.LISTEN)

    def respond(self, exchange: Sasl, line: bytes, at: float) -> Reply:
        """What follows a response: another challenge, or the end of the exchange, always without success."""
        self.exchange = None
        if line == b"*":
            return self.tell("auth_aborted", at)
        if (response := decoded(line)) is None:
            return self.tell("auth_base64", at)
        if (proof := exchange.hear(response)) is None:
            self.exchange = exchange
            return self.ask(exchange)
        return self.refuse(self.failed(at), proof, at)

    def failed(self, at: float) -> Reply:
        """What is said to a password that came by SASL."""
        return self.tell("auth_failed", at)

    def overlong(self, at: float) -> bytes:
        return self.word("too_long", at)

    def timeout(self, at: float) -> bytes:
        return self.word("timeout", at)

    def peer(self) -> bytes:
        """The client's address in writing."""
        return str(ip_address(self.visit.peer)).encode()


def without(listed: bytes, name: bytes) -> bytes:
    """A list of capabilities, one a line, without this one; the last line of a reply stays its last (`250 `)."""
    kept = [line for line in listed.splitlines(keepends=True) if name not in (line.strip(), line[4:].strip())]
    if kept and kept[-1][3:4] == b"-":
        kept[-1] = kept[-1][:3] + b" " + kept[-1][4:]
    return b"".join(kept)
