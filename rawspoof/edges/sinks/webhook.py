"""A POST for each event worth a person's while: Slack, Teams, Discord, or anybody's own JSON. Never a flood of them.

Beyond so many a minute, events are only counted, and the count told when the minute is over.
"""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from rawspoof.config.sinks import Webhook as Settings
from rawspoof.config.sinks import title
from rawspoof.core.event import AnyEvent
from rawspoof.edges.sinks import message
from rawspoof.edges.sinks.base import Tally
from rawspoof.edges.sinks.bulk import REFUSED, TRIES_MAX
from rawspoof.edges.sinks.chosen import Chosen, Row, told
from rawspoof.edges.sinks.post import Away, Poster, shown

MINUTE_S: Final = 60.0


class Pace:
    """So many in a minute, which begins with the first of them."""

    def __init__(self, most: int, clock: Callable[[], float]) -> None:
        self._most, self._clock = most, clock
        self._count, self._end = 0, -1.0

    def room(self) -> bool:
        """Whether there may be one more now."""
        if self._clock() >= self._end:
            self._count = 0
        return self._count < self._most

    def take(self) -> None:
        """It was."""
        if not self._count:
            self._end = self._clock() + MINUTE_S
        self._count += 1

    def left_s(self) -> float:
        """Until there is room again."""
        return max(self._end - self._clock(), 0.0)


class Webhook:
    """A Sink. What is told late is told from a timer's thread: there may be no further event that would do it."""

    def __init__(
        self,
        settings: Settings,
        sensor: str,
        poster: Poster,
        form: Callable[[AnyEvent], bytes | None] | None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`form` makes the body where it is not JSON for people. Connects at the first event."""
        self.name = title(settings)
        self.refused = Tally(f"{self.name}: messages refused")
        self.lost = Tally(f"{self.name}: events lost")
        self._failed = Tally(f"{self.name}: counts not told")
        self._sensor, self._poster, self._form = sensor, poster, form
        self._chosen = Chosen(sensor, settings.kinds, settings.level)
        self._template: Any = message.parsed(settings.body) if settings.body else message.TEMPLATES[settings.preset]
        self._escape = message.ESCAPES[settings.preset]
        self._pace = Pace(settings.per_minute, clock)
        self._more = 0
        self._done = 0
        """Number of the last event that is over, in a batch that comes again."""
        self._tries = 0
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None

    def write(self, batch: Sequence[AnyEvent], first: int = 0) -> None:
        """Post the events that matter, one by one. Raises OSError."""
        for row, body in told(self._body, self._chosen(batch, first), self.lost.add):
            if row.number > self._done:
                with self._lock:
                    self._tell(body)
                self._done = row.number

    def reopen(self) -> None:
        """Connect anew."""
        with self._lock:
            self._poster.close()

    def close(self) -> None:
        """Tell what was only counted, and hang up."""
        self.tell_more()
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
            self._poster.close()

    def tell_more(self) -> None:
        """Tell how many events were only counted. Raises nothing: what cannot be told now is told with the next."""
        with self._lock:
            self._timer = None
            try:
                self._post_more()
            except OSError as error:
                self._failed.add(1, error)

    def _tell(self, body: bytes) -> None:
        if not self._pace.room():
            self._more += 1
            self._wind()
            return
        self._post_more()
        self._post(body)

    def _wind(self) -> None:
        if self._timer is None:
            self._timer = threading.Timer(self._pace.left_s(), self.tell_more)
            self._timer.daemon = True
            self._timer.start()

    def _post_more(self) -> None:
        if self._more:
            self._post(self._said(message.more(self._more, self._sensor)))
            self._more = 0

    def _post(self, body: bytes) -> None:
        kind = "application/json" if body[:1] in b"{[" else "text/plain; charset=utf-8"
        status, answer = self._poster.post(self._poster.path, body, {"Content-Type": kind})
        self._pace.take()
        if 200 <= status < 300:
            self._tries = 0
            return
        self._tries += 1
        if status not in REFUSED or self._tries < TRIES_MAX:
            raise Away(shown(status, answer))
        self._tries = 0
        self.refused.add(1, shown(status, answer))

    def _body(self, row: Row) -> bytes | None:
        return self._form(row.event) if self._form else self._said(message.facts(row.event, self._sensor))

    def _said(self, known: Mapping[str, str]) -> bytes:
        return message.body(self._template, {name: self._escape(text) for name, text in known.items()})
