"""From the stream into the store, then on to whoever shows or forwards it: each event once, whatever dies meanwhile.

What was kept is in the store, and the place in the stream is noted after it: a death in between has a few messages read
again, which the store knows by sensor, number and moment. That also holds where the broker lost what it had, where the
stream was made anew, or where a sensor tells again what it had told.
"""

import json
import logging
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Final, Protocol

from rawspoof.edges.fleet.streams import EVENTS, EVENTS_SUBJECT, STREAMS
from rawspoof.edges.hub.heard import NoEvent, heard, sensor_of
from rawspoof.edges.hub.pull import Pulled, Puller, asked
from rawspoof.edges.hub.sensors import Sensors
from rawspoof.edges.sinks.base import Tally
from rawspoof.edges.sinks.nats import NOT_FOUND, answered, make_stream, refusal
from rawspoof.edges.sinks.nats_client import Client, NatsError, Request
from rawspoof.edges.sinks.trouble import words
from rawspoof.edges.store.database import Heard, Store
from rawspoof.edges.store.places import Place, Places

WAIT_S: Final = 1.0
"""Between two looks at whether it is time to end."""
RETRY_S: Final = 0.2
RETRY_MAX_S: Final = 10.0
"""Pause after a failure, doubled with each further one."""
_DAY_S: Final = 86_400.0

log = logging.getLogger(__name__)


class Outlet(Protocol):
    """Whoever is told of events that were kept."""

    def __call__(self, first: int, kept: Sequence[Heard]) -> None:
        """These, the first of which has this number in the store; the others follow without a gap."""


class Intake:
    """The way in. Lives in one thread."""

    def __init__(
        self,
        dial: Callable[[], Client],
        store: Store,
        places: Places,
        last: int,
        retention_days: int,
        sensors: Sensors,
        outlets: Sequence[Outlet],
        now: Callable[[], float],
    ) -> None:
        """`last` is the highest number in the store; `now` gives seconds since the epoch."""
        self._dial, self._store, self._places, self._now = dial, store, places, now
        self._keep_s, self._sensors, self._outlets = retention_days * _DAY_S, sensors, outlets
        self.last = last
        self.refused = Tally("hub: messages that are no event")
        self.failed = Tally("hub: times that the broker was away or the store could not be written")

    def run(self, going_on: Callable[[], bool], wake: int) -> None:
        """Read until it is time to end; the descriptor `wake` has something then."""
        pause_s = 0.0
        while going_on():
            try:
                # Having read something, the next trouble is a new one.
                for _ in self._session(going_on, wake):
                    pause_s = 0.0
            except (OSError, ValueError, sqlite3.Error) as error:
                self._sensors.state = words(error)
                self.failed.add(1, words(error))
                pause_s = min(max(pause_s * 2, RETRY_S), RETRY_MAX_S)
                _pause(pause_s, going_on)

    def _session(self, going_on: Callable[[], bool], wake: int) -> Iterator[None]:
        """One connection: a turn for each batch that was kept. Raises OSError, ValueError, sqlite3.Error."""
        client = self._dial()
        try:
            for wanted in STREAMS.values():
                make_stream(client, wanted)
            created, after = self._begin(client)
            policy = {"deliver_policy": "by_start_sequence", "opt_start_seq": after + 1}
            puller = Puller(client, EVENTS, f"{EVENTS_SUBJECT}.>", policy)
            self._sensors.state = ""
            while going_on():
                found = puller.take(WAIT_S, wake)
                if found:
                    self._keep(created, found)
                    yield
        finally:
            client.close()

    def _begin(self, client: Client) -> tuple[str, int]:
        """Which stream it is, and the number after which to begin: 0 where it is not the one that we were reading."""
        about = asked(client, f"STREAM.INFO.{EVENTS}")
        created, last = str(about["created"]), int(about["state"]["last_seq"])
        place = self._places.of(EVENTS)
        if place is None:
            return created, 0
        if place.created == created and place.number <= last and self._is_there(client, place):
            return created, place.number
        log.warning("hub: the stream is not what it was: it is read from its beginning, what is known is passed over")
        return created, 0

    def _is_there(self, client: Client, place: Place) -> bool:
        """Whether the message at our place is the one that was there. One that is gone for its age is taken for it.

        A broker that crashed may have lost the latest messages, and given their numbers to others.
        """
        (answer,) = client.ask(
            [Request(f"$JS.API.STREAM.MSG.GET.{EVENTS}", json.dumps({"seq": place.number}).encode())]
        )
        error = refusal(answer)
        if error and error.get("code") != NOT_FOUND:
            raise NatsError(str(error.get("description")))
        return bool(error) or moment(str(answered(answer)["message"]["time"])) == place.stamp

    def _keep(self, created: str, found: Sequence[Pulled]) -> None:
        events, stamps = [], []
        oldest = self._now() - self._keep_s
        for message in found:
            try:
                events.append(heard(message, oldest))
                stamps.append(message.stamp / 1e9)
            except NoEvent as error:
                self.refused.add(1, error)
                self._sensors.refused(sensor_of(message.subject))
        kept = self._store.take(events, self.last + 1)
        self._places.move(EVENTS, Place(created, found[-1].number, found[-1].stamp))
        first, self.last = self.last + 1, self.last + len(kept)
        for event, stamp in zip(events, stamps, strict=True):
            self._sensors.told(event.sensor, event.event.at, stamp)
        self._sensors.kept(Counter(one.sensor for one in kept))
        self._sensors.behind = found[-1].behind
        if kept:
            for outlet in self._outlets:
                outlet(first, kept)


def moment(text: str) -> int:
    """RFC 3339 in UTC, to the nanosecond, as ns since the epoch. Raises ValueError."""
    whole, _, part = text.removesuffix("Z").partition(".")
    return int(datetime.fromisoformat(f"{whole}+00:00").timestamp()) * 10**9 + int(part.ljust(9, "0") or 0)


def _pause(seconds: float, going_on: Callable[[], bool]) -> None:
    until = time.monotonic() + seconds
    while going_on() and (left := until - time.monotonic()) > 0:
        time.sleep(min(left, WAIT_S))
