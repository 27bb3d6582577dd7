"""A service that says what its identity has written down: a greeting, an answer to each request it knows.

Knows one connection's bytes; the moment and the delay are handed in. A port keeps its identity whatever it is asked.
"""

from typing import Final, Protocol

from rawspoof.core.conversation.base import Reply, Then
from rawspoof.core.conversation.framing import REQUEST_MAX, Frame, first
from rawspoof.core.signature.identity import Identity

REQUESTS_MAX: Final = 100
"""Requests of one connection; it is closed after the last, as mail servers do with a peer that chatters."""

ANSWER_SHARE: Final = 0.25
"""Part of its delay in which a service that has greeted answers: it is awake by then, and its look-ups are done."""


class Port(Protocol):
    """What a conversation has to know of its port; `world.Profile` is one (that room lies further out)."""

    @property
    def identity(self) -> Identity | None:
        """Who lives there; None where nothing will ever be said."""


class Scripted:
    """The conversation of one connection with the identity of its port."""

    __slots__ = ("_answer_s", "_answered", "_delay_s", "_heard", "_identity", "_now", "_requests", "_then")

    def __init__(self, profile: Port, now: float, delay_s: float) -> None:
        """`now` is the moment that dates show, seconds since the epoch; `delay_s` the port's, jitter included."""
        self._identity = profile.identity
        self._now = now
        self._delay_s = delay_s
        self._answer_s = delay_s * ANSWER_SHARE if self._identity and self._identity.greet else delay_s
        self._then = Then.LISTEN if self._identity and self._identity.answers else Then.HOLD
        self._heard = bytearray()
        self._requests = 0
        self._answered = False

    def opened(self) -> Reply:
        """The greeting after the port's delay, or an empty reply where the service waits or will stay silent."""
        if self._identity is None or self._identity.greet is None:
            return Reply(b"", self._then)
        return Reply(self._identity.greet.render(self._now), self._then, self._delay_s)

    def heard(self, data: bytes) -> Reply:
        """The answers to all requests that these bytes complete, one after the other."""
        said = b""
        if self._identity is not None and self._then is Then.LISTEN:
            self._heard += data
            while self._then is Then.LISTEN and (request := self._request(self._identity)) is not None:
                said += self._answer(self._identity, request)
        return Reply(said, self._then, self._answer_s if said else 0.0)

    def idled(self) -> Reply:
        """The end for a peer that was served; one that never asked is held."""
        if self._answered and self._then is Then.LISTEN:
            self._then = Then.CLOSE
        return Reply(b"", self._then if self._then is Then.CLOSE else Then.HOLD)

    def _request(self, identity: Identity) -> Frame | None:
        """The next whole request; a longer one than REQUEST_MAX ends the conversation, whole or not."""
        found = first(identity.frame, self._heard, (a.when for a in identity.answers))
        if (found.taken if found else len(self._heard)) > REQUEST_MAX:
            self._then = Then.CLOSE
        if found is None or self._then is Then.CLOSE:
            return None
        del self._heard[: found.taken]
        return found

    def _answer(self, identity: Identity, heard: Frame) -> bytes:
        self._requests += 1
        answer, match = next(((a, m) for a in identity.answers if (m := a.when.match(heard.request))), (None, None))
        if self._requests == REQUESTS_MAX or heard.last or (answer and answer.close):
            self._then = Then.CLOSE
        if answer is None or match is None:
            return b""
        self._answered = True
        return answer.say.bind(match.groupdict(b"")).render(self._now)
