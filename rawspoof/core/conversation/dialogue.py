"""Bytes into requests, answers into replies: the buffer, the limits and the pace that all speakers share.

Knows one connection's bytes and no protocol. A port keeps its identity whatever it is asked.
"""

from typing import Final

from rawspoof.core.conversation.base import Note, Reply, Request, Then
from rawspoof.core.conversation.framing import Frame, Part
from rawspoof.core.conversation.speaker import Speaker

ANSWER_SHARE: Final = 0.25
"""Part of its delay in which a service that has greeted answers: it is awake by then, and its look-ups are done."""


class Dialogue:
    """The conversation of one connection with a speaker."""

    __slots__ = ("_answered", "_buffer", "_delay_s", "_requests", "_speaker", "_then")

    def __init__(self, speaker: Speaker, listens: bool = True) -> None:
        """With `listens` false the service only greets, and is then held without memory."""
        self._speaker = speaker
        self._delay_s = speaker.visit.delay_s
        self._then = Then.LISTEN if listens else Then.HOLD
        self._buffer = bytearray()
        self._requests = 0
        self._answered = False

    @property
    def patience_s(self) -> float | None:
        """The speaker's with a peer that was served."""
        return self._speaker.patience_s if self._answered else None

    def opened(self, at: float) -> Reply:
        """The greeting after the port's delay, or an empty reply where the service waits to be asked."""
        if self._speaker.visit.identity.greet is None:
            return Reply(b"", self._then)
        delay_s, self._delay_s = self._delay_s, self._delay_s * ANSWER_SHARE
        return Reply(self._speaker.greet(at), self._then, delay_s)

    def heard(self, data: bytes, at: float) -> Reply:
        """The answers to all requests that these bytes complete, one after the other."""
        if self._then is Then.LISTEN or self._then is Then.MORE:
            # While a speaker has more to say by itself, and after that for its reply's sake, what comes is kept.
            self._buffer += data
        return self._answers(Reply(b"", self._then), at)

    def idled(self, at: float) -> Reply:
        """What follows by itself; the end for a peer that was served; one that never asked is held."""
        if self._then is Then.MORE:
            more = self._speaker.more(at)
            self._then = more.then
            return self._answers(more, at)
        if not self._answered:
            return Reply(b"", Then.HOLD)
        self._then = Then.CLOSE
        return Reply(self._speaker.timeout(at), Then.CLOSE)

    def left(self) -> bytes:
        """What was heard behind the request that went over to TLS; it is forgotten here."""
        early = bytes(self._buffer)
        self._buffer.clear()
        return early

    def _answers(self, said: Reply, at: float) -> Reply:
        """What was said, and after it what the requests in the buffer are answered."""
        words, notes, after_s = said.data, list[Note](said.notes), said.after_s
        while self._then is Then.LISTEN and self._buffer and (request := self._request()) is not None:
            if not isinstance(request, Part):
                notes.append(Request(request.request))
            answer = self._answer(request, at)
            words += answer.data
            notes += answer.notes
            after_s += answer.after_s
        if self._then is Then.LISTEN and len(self._buffer) > self._speaker.request_max:
            self._buffer.clear()
            self._then = Then.CLOSE
            words += self._speaker.overlong(at)
        then = self._then
        if then is Then.SECURE:
            # What comes from here on was said inside TLS.
            self._then = Then.LISTEN
        return Reply(words, then, after_s, tuple(notes))

    def _request(self) -> Frame | None:
        """The next whole request; None too for one that is longer than allowed."""
        found = self._speaker.frame(self._buffer)
        if found is None or found.taken > self._speaker.request_max:
            return None
        del self._buffer[: found.taken]
        return found

    def _answer(self, heard: Frame, at: float) -> Reply:
        part = isinstance(heard, Part)
        self._requests += not part
        speak = self._speaker.typed if part else self._speaker.answer
        answer = speak(heard.request, at)
        if answer is not None:
            self._answered = True
            self._then = answer.then
            # The port's human delay is before the first answer; what follows comes as fast as a machine is.
            delay_s, self._delay_s = self._delay_s, 0.0
            answer = answer._replace(after_s=answer.after_s + delay_s)
        if heard.last or self._requests == self._speaker.requests_max:
            self._then = Then.CLOSE
        return answer or Reply(b"", self._then)
