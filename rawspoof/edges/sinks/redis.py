"""Events as entries of a Redis stream, each once: an entry's id is made of the event's number, and ids only grow.

A batch is one MULTI: all of it is there or nothing. Redis may die before it has written down what it said it has
(with `appendonly yes`, two seconds of it): when we find less there than it took, the store tells it again.
"""

import ssl
from collections.abc import Callable, Sequence
from typing import Final

from rawspoof.config.sinks import Redis as Settings
from rawspoof.config.sinks import place, title
from rawspoof.core.event import AnyEvent
from rawspoof.edges.sinks.base import Forgotten, Tally
from rawspoof.edges.sinks.chosen import Chosen, Row, kind, told
from rawspoof.edges.sinks.resp import Answer, Refusal, answer, command
from rawspoof.edges.sinks.stream import Garbage, Stream

TAKEN: Final = "The ID specified in XADD is equal or smaller"
"""How Redis says that it has this entry, or had it."""


class Redis:
    """A Sink."""

    def __init__(
        self,
        settings: Settings,
        sensor: str,
        form: Callable[[AnyEvent], bytes | None],
        secret: str,
        context: ssl.SSLContext | None,
    ) -> None:
        """`secret` is the password, "" for none; `context` is for `rediss://`. Connects at the first event."""
        self.name = title(settings)
        found = place(Settings, settings.url)
        assert not isinstance(found, str)
        parts, self._host, self._port = found
        self._database = parts.path.strip("/") or "0"
        self._settings, self._secret = settings, secret
        self._context = context if parts.scheme == "rediss" else None
        self._key = settings.key or f"rawspoof:{sensor}"
        self.lost = Tally(f"{self.name}: events lost")
        self._chosen = Chosen(sensor, settings.kinds, settings.level)
        self._form = form
        self._stream: Stream | None = None
        self._fresh = True
        """Nothing was added on this connection yet: the first batch may be one that came before."""
        self._taken = 0
        """Number of the last event that was taken, by what Redis said."""
        self._since = 0
        """First half of our ids: when these numbers began, in ms. Numbers may begin anew, ids may not."""

    def write(self, batch: Sequence[AnyEvent], first: int = 0) -> None:
        """Add an entry for each event. Raises OSError; Refusal, Garbage (ValueErrors)."""
        rows = told(lambda row: self._form(row.event), self._chosen(batch, first), self.lost.add)
        if not rows:
            return
        try:
            if self._stream is None:
                self._stream, self._fresh = self._connect(), True
                self._since = self._began(self._stream, rows[0][0])
            self._add(self._stream, rows)
            self._fresh, self._taken = False, rows[-1][0].number
        except BaseException:
            self.close()
            raise

    def reopen(self) -> None:
        """Connect anew."""
        self.close()

    def close(self) -> None:
        """Hang up."""
        if self._stream is not None:
            self._stream.close()
            self._stream = None

    def _connect(self) -> Stream:
        stream = Stream(self._host, self._port, self._settings.timeout_s, self._context)
        try:
            if self._secret:
                user = [self._settings.user] if self._settings.user else []
                _ask(stream, "AUTH", *user, self._secret)
            if self._database != "0":
                _ask(stream, "SELECT", self._database)
        except BaseException:
            stream.close()
            raise
        return stream

    def _began(self, stream: Stream, row: Row) -> int:
        """The first half of this row's id: the stream's, if it goes on or comes again; a later one if it is another."""
        last = _ask(stream, "XREVRANGE", self._key, "+", "-", "COUNT", "1")
        if not last:
            return max(round(row.event.at * 1000), 1)
        since, number = _id_of(last)
        if since == self._since and number < self._taken:
            self._taken = number
            raise Forgotten(number)
        if row.number > number:
            return since
        there = _ask(stream, "XRANGE", self._key, f"{since}-{row.number}", f"{since}-{row.number}")
        return since if there and row.id in _words(there) else max(since + 1, round(row.event.at * 1000))

    def _add(self, stream: Stream, rows: Sequence[tuple[Row, bytes]]) -> None:
        """All of them, or an error."""
        most = str(self._settings.length_max)
        commands = [command("MULTI")]
        for row, text in rows:
            entry = ("number", str(row.number), "id", row.id, "kind", kind(row.event), "event", text)
            commands.append(command("XADD", self._key, "MAXLEN", "~", most, f"{self._since}-{row.number}", *entry))
        stream.send(b"".join([*commands, command("EXEC")]))
        # What is wrong with one is said at once, and again at the end: there all are called off.
        refused = [said for _ in commands if isinstance(said := answer(stream), Refusal)]
        done = answer(stream)
        if refused:
            raise refused[0]
        if isinstance(done, Refusal):
            raise done
        if not isinstance(done, list) or len(done) != len(rows):
            raise Garbage(f"EXEC said {done!r:.200}")
        for said in done:
            # Later than in the first batch, it means that somebody else writes here: connecting anew finds a way.
            if isinstance(said, Refusal) and not (self._fresh and TAKEN in str(said)):
                raise said


def _ask(stream: Stream, *words: str) -> Answer:
    """What Redis says to a command. Raises Refusal."""
    stream.send(command(*words))
    said = answer(stream)
    if isinstance(said, Refusal):
        raise said
    return said


def _id_of(entries: Answer) -> tuple[int, int]:
    try:
        since, number = entries[0][0].split(b"-")  # type: ignore[index, union-attr, arg-type]
        return int(since), int(number)
    except (TypeError, IndexError, AttributeError, ValueError):
        raise Garbage(f"an entry without an id: {entries!r:.200}") from None


def _words(entries: Answer) -> list[str]:
    """The fields and values of the first entry."""
    try:
        return [word.decode(errors="replace") for word in entries[0][1]]  # type: ignore[index, union-attr]
    except (TypeError, IndexError, AttributeError):
        return []
