"""A conversation inside TLS: from the first byte on, or from where its speaker goes over to it (STARTTLS).

Knows when which bytes are whose and how a TLS server ends things; TLS itself is the engine's, the words are the inner
dialogue's. What a peer says in clear behind its wish for TLS is forgotten, as servers learned to (CVE-2011-0411).
"""

from enum import Enum
from typing import Final

from rawspoof.core.conversation import client_hello, framing
from rawspoof.core.conversation.base import Note, Refused, Reply, Request, Then
from rawspoof.core.conversation.client_hello import Gathering
from rawspoof.core.conversation.dialogue import Dialogue
from rawspoof.core.conversation.engines import Engines, Step, Tls
from rawspoof.core.conversation.papers import papers
from rawspoof.core.conversation.speaker import Speaker
from rawspoof.core.conversation.visit import Visit

HANDSHAKE_S: Final = 60.0
"""Quiet time of a peer with half a handshake; nginx's `client_header_timeout`, Dovecot's login time."""
LOOK_AGAIN_S: Final = 0.004
"""How often is looked whether a certificate is there: one with RSA takes 10 to 60 ms, once."""
TOO_LONG: Final = bytes.fromhex("15030100020216")
"""The alert `record_overflow`, to a hello without end."""
PLAIN: Final = "plain"
"""The word of a service's file for a plain HTTP request at its TLS port; `plain_modern` and the like go before it.
Who has none only hangs up, as OpenSSL does."""

_SSL2: Final = 0x80
"""A bit that an SSLv2 hello begins with, in which clients could offer TLS 1.0 as well (RFC 5246 §E.2)."""


class _Stage(Enum):
    CLEAR = "clear"
    HELLO = "hello"
    """The peer's first flight is awaited."""
    PAPERS = "papers"
    """It is here; the certificate is being made."""
    TLS = "tls"
    OVER = "over"


class Secured:
    """The conversation of one connection with a speaker behind TLS."""

    __slots__ = ("_delay_s", "_engines", "_greeted", "_hello", "_inner", "_stage", "_tls", "_visit")

    def __init__(self, visit: Visit, engines: Engines, speaker: type[Speaker], listens: bool = True) -> None:
        """With `listens` false the service only greets."""
        implicit = visit.identity.tls == "implicit"
        self._visit, self._engines = visit, engines
        self._inner = Dialogue(speaker(visit._replace(delay_s=0.0) if implicit else visit), listens)
        self._delay_s = visit.delay_s if implicit else 0.0
        self._stage = _Stage.HELLO if implicit else _Stage.CLEAR
        self._greeted = not implicit
        self._hello = Gathering()
        self._tls: Tls | None = None

    @property
    def patience_s(self) -> float | None:
        """The speaker's, and that for half a handshake."""
        if self._stage is _Stage.HELLO and not self._begun:
            return None
        if self._stage is _Stage.HELLO or (self._tls and not self._tls.ready):
            return HANDSHAKE_S
        return self._inner.patience_s

    def opened(self, at: float) -> Reply:
        """The greeting in clear; nothing where TLS is to come first."""
        if self._stage is _Stage.CLEAR:
            return self._follow(self._inner.opened(at), at)
        return Reply(b"", Then.LISTEN)

    def heard(self, data: bytes, at: float) -> Reply:
        """What the bytes bring about, in clear, in the handshake or inside."""
        if self._stage is _Stage.CLEAR:
            return self._follow(self._inner.heard(data, at), at)
        if self._stage is _Stage.HELLO:
            return self._greeted_with(data, at)
        if self._stage is _Stage.PAPERS:
            return self._early(data)
        if self._tls is not None:
            return self._inside(self._tls, self._tls.hear(data), at)
        return Reply(b"", Then.CLOSE)

    def idled(self, at: float) -> Reply:
        """What follows by itself; the end for who is quiet after it began, inside TLS for whoever is quiet."""
        if self._stage is _Stage.CLEAR:
            return self._follow(self._inner.idled(at), at)
        if self._stage is _Stage.HELLO and not self._begun:
            return Reply(b"", Then.HOLD)
        if self._stage is _Stage.PAPERS and self._tls is not None:
            return self._flight(self._tls, at)
        if self._tls is None or not self._tls.ready:
            return self._end(Reply(b"", Then.CLOSE))
        said = self._inner.idled(at)
        if said.then is Then.HOLD:
            # A connection with keys is not held: it would have to be remembered.
            said = said._replace(then=Then.CLOSE)
        return self._sealed(self._tls, said)

    @property
    def _begun(self) -> bool:
        """Whether anything was said, by either side."""
        return bool(self._hello.wire) or self._greeted

    def _follow(self, said: Reply, at: float) -> Reply:
        """What was said in clear, and the step over to TLS where the speaker took it."""
        if said.then is not Then.SECURE:
            return said
        self._stage = _Stage.HELLO
        said = said._replace(then=Then.LISTEN)
        early = self._inner.left()
        # MySQL's clients do not wait for a go-ahead, for there is none.
        if early[:1] != bytes([client_hello.HANDSHAKE]):
            return said
        return _joined(said, self._greeted_with(early, at))

    # The first flight

    def _greeted_with(self, data: bytes, at: float) -> Reply:
        """The peer's first bytes: a hello to be gathered, or what no TLS client says."""
        wire = self._hello.wire
        first = wire[0] if wire else data[0]
        if first != client_hello.HANDSHAKE:
            self._hello.wire += data
            return self._begin((), at) if first & _SSL2 else self._unsecured(at)
        body = self._hello.take(data)
        if body is None:
            if len(wire) > client_hello.WIRE_MAX:
                return self._end(Reply(TOO_LONG, Then.CLOSE, self._delay_s))
            return Reply(b"", Then.LISTEN)
        hello = client_hello.parse(body) if body else None
        return self._begin((hello,) if hello else (), at)

    def _begin(self, notes: tuple[Note, ...], at: float) -> Reply:
        """The handshake, after the port's delay."""
        self._tls = self._engines.tls(papers(self._visit, at), at)
        if self._tls is None:
            return self._end(Reply(b"", Then.CLOSE, 0.0, (*notes, Refused())))
        said = self._flight(self._tls, at)
        return said._replace(notes=(*notes, *said.notes))

    def _flight(self, tls: Tls, at: float) -> Reply:
        """Our first flight, or, while there is no certificate for it, a look in a moment."""
        if tls.waits:
            self._stage = _Stage.PAPERS
            return Reply(b"", Then.MORE, LOOK_AGAIN_S)
        self._stage = _Stage.TLS
        heard, self._hello = bytes(self._hello.wire), Gathering()
        said = self._inside(tls, tls.hear(heard), at)
        return said._replace(after_s=said.after_s + self._delay_s)

    def _early(self, data: bytes) -> Reply:
        """What the peer says behind its hello before it had an answer."""
        self._hello.wire += data
        if len(self._hello.wire) > 2 * client_hello.WIRE_MAX:
            return self._end(Reply(TOO_LONG, Then.CLOSE))
        return Reply(b"", Then.MORE, LOOK_AGAIN_S)

    def _unsecured(self, at: float) -> Reply:
        """To a peer that does not speak TLS: what web servers tell it, or the end.

        What is no request for a page they refuse as they would inside.
        """
        refusal = b"" if self._greeted else self._refusal(at)
        head = framing.http(self._hello.wire) if refusal else None
        if refusal and head is None and len(self._hello.wire) <= framing.REQUEST_MAX:
            return Reply(b"", Then.LISTEN)
        said = Reply(b"", Then.CLOSE)
        if head and b" HTTP/" in head.request:
            said = Reply(refusal, Then.CLOSE, 0.0, (Request(head.request),))
        elif head:
            said = self._inner.heard(bytes(self._hello.wire), at)
        return self._end(said._replace(then=Then.CLOSE, after_s=said.after_s + self._delay_s))

    def _refusal(self, at: float) -> bytes:
        era = papers(self._visit, at).era
        return self._visit.word(f"{PLAIN}_{era}", at, self._visit.word(PLAIN, at, b""))

    # Inside

    def _inside(self, tls: Tls, step: Step, at: float) -> Reply:
        """What the handshake says, and behind it the greeting and the answers."""
        said = Reply(b"", Then.LISTEN)
        if tls.ready and not self._greeted:
            self._greeted = True
            said = self._inner.opened(at)
        if step.plain:
            said = _joined(said, self._inner.heard(step.plain, at))
        if step.over:
            said = said._replace(then=Then.CLOSE)
        return self._sealed(tls, said, step.wire)

    def _sealed(self, tls: Tls, said: Reply, before: bytes = b"") -> Reply:
        """What was said inside as it goes out, with a good-bye where that is the end."""
        wire = before + (tls.say(said.data) if said.data else b"")
        if said.then is Then.CLOSE:
            return self._end(said._replace(data=wire + tls.close()))
        then = said.then if said.then is Then.MORE else Then.LISTEN
        return said._replace(data=wire, then=then)

    def _end(self, said: Reply) -> Reply:
        """The last reply; keys and what was gathered are forgotten."""
        self._stage, self._tls, self._hello = _Stage.OVER, None, Gathering()
        return said


def _joined(first: Reply, second: Reply) -> Reply:
    """Both, said together when the later one is due."""
    data, notes = first.data + second.data, first.notes + second.notes
    return Reply(data, second.then, first.after_s + second.after_s, notes)
