"""Events to whoever takes many of them in one HTTP POST. What a request and an answer look like is a dialect's.

What the far end cannot take now comes again for ever; what it refuses for what it is, a few times only: one document
that nobody wants does not hold up the others.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final, NamedTuple, Protocol

from rawspoof.config.sinks import AnySink, title
from rawspoof.core.event import AnyEvent
from rawspoof.edges.sinks.base import Tally
from rawspoof.edges.sinks.chosen import Chosen, Row, told
from rawspoof.edges.sinks.post import Away, Poster

TRIES_MAX: Final = 5
"""How often a refused document is sent; with the pauses in between, some six seconds for a person to mend it."""
REFUSED: Final = frozenset({400, 413, 415, 422})
"""Statuses that say the documents are wrong. All others (401, 404, 429, 503 …) say that the place is."""
TOO_LARGE: Final = 413


class Request(NamedTuple):
    """What to post."""

    path: str
    """What follows the URL's own path, or "" for it alone."""
    body: bytes
    headers: dict[str, str]


class Dialect(Protocol):
    """One way to say it."""

    def line(self, row: Row) -> bytes | None:
        """A row as its part of the body; None for an event that is not told there. Raises ValueError, OSError."""

    def request(self, rows: Sequence[tuple[Row, bytes]]) -> Request:
        """The post for these."""

    def refused(self, status: int, answer: bytes, count: int) -> list[int]:
        """Which of `count` rows were refused for good. Raises OSError or ValueError where none is sure to be taken."""


class Bulk:
    """A Sink."""

    def __init__(self, settings: AnySink, sensor: str, poster: Poster, dialect: Dialect) -> None:
        """Connects at the first event."""
        self.name = title(settings)
        self.dropped = Tally(f"{self.name}: events refused")
        self._chosen = Chosen(sensor, settings.kinds, settings.level)
        self._poster, self._dialect = poster, dialect
        self._first = 0
        self._ends: list[int] = []
        """Where the batches ended that began there and failed: one that comes again may have become longer, and only
        the same rows are known again as a block."""
        self._tries = 0
        self._done: set[tuple[int, int]] = set()
        self._split: set[tuple[int, int]] = set()
        """Of the batch that comes again: the parts that were taken, and those that go by halves."""

    def write(self, batch: Sequence[AnyEvent], first: int = 0) -> None:
        """Post the events. Raises OSError, ValueError."""
        if first != self._first:
            self._begin(first)
        last = first + len(batch) - 1
        if not self._ends or last > self._ends[-1]:
            self._ends.append(last)
        rows = told(self._dialect.line, self._chosen(batch, first), self.dropped.add)
        for begin, end in pairwise((first - 1, *self._ends)):
            if part := [row for row in rows if begin < row[0].number <= end]:
                self._deliver(part)
        self._begin(0)

    def reopen(self) -> None:
        """Connect anew."""
        self._poster.close()

    def close(self) -> None:
        """Hang up."""
        self._poster.close()

    def _begin(self, first: int) -> None:
        self._first, self._tries = first, 0
        for kept in (self._ends, self._done, self._split):
            kept.clear()

    def _deliver(self, rows: list[tuple[Row, bytes]]) -> None:
        span = rows[0][0].number, rows[-1][0].number
        if span in self._done:
            return
        if span in self._split or self._refused(rows):
            # Nobody says which one it is: it is found by halves.
            self._split.add(span)
            middle = len(rows) // 2
            self._deliver(rows[:middle])
            self._deliver(rows[middle:])
        self._done.add(span)

    def _refused(self, rows: list[tuple[Row, bytes]]) -> bool:
        """Post these; whether they are refused as a whole and have to be divided."""
        path, body, headers = self._dialect.request(rows)
        status, answer = self._poster.post(self._poster.path.rstrip("/") + path, body, headers)
        refused = self._dialect.refused(status, answer, len(rows))
        if not refused:
            return False
        self._tries += 1
        whole = status in REFUSED and len(rows) > 1
        if self._tries < TRIES_MAX and not (whole and status == TOO_LARGE):
            raise Away(f"refused {len(refused)} of {len(rows)}: {status} {answer[:200]!r}")
        if not whole:
            self.dropped.add(len(refused), answer[:200])
        return whole
