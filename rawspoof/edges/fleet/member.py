"""This sensor's part in its fleet: says how it is, shares its blocks, hears of the others'. A thread of the collector.

Keeps a connection to the broker for as long as there is one; without one it waits, and the sensor is none the worse.
"""

import logging
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Final, NamedTuple

from rawspoof.core.event import AnyEvent
from rawspoof.edges.block.shared import Shared
from rawspoof.edges.fleet import streams
from rawspoof.edges.fleet.exchange import Exchange
from rawspoof.edges.fleet.health import Health, encode
from rawspoof.edges.fleet.watch import Watch
from rawspoof.edges.sinks.base import Tally
from rawspoof.edges.sinks.dispatcher import Dispatcher
from rawspoof.edges.sinks.lane import Lane
from rawspoof.edges.sinks.nats import make_stream, refusal
from rawspoof.edges.sinks.nats_client import Client, NatsError, Request
from rawspoof.edges.sinks.trouble import words

TURN_S: Final = 0.25
"""Longest time between two looks at what there is to do."""
ASKS_MAX: Final = 20
"""Blocks that the supervisor is asked for in such a time: no more than it looks at."""
RETRY_S: Final = 0.5
RETRY_MAX_S: Final = 15.0
"""Pause after a failure, doubled with each further one."""

log = logging.getLogger(__name__)


class About(NamedTuple):
    """What does not change of a sensor's health."""

    sensor: str
    """Its name in the fleet."""
    host: str
    version: str
    started_at: float
    workers: int
    events: str
    """Name of the sink that sends its events."""


class Member:
    """The thread. Also a Sink, which is to be told of blocks."""

    name = "fleet blocks"

    def __init__(
        self,
        about: About,
        dial: Callable[[], Client],
        exchange: Exchange | None,
        keys: str,
        ask: Callable[[Shared], bool],
        health_s: float,
        now: Callable[[], float],
    ) -> None:
        """`exchange` is None where no blocks are shared, `keys` the subjects it hears of; `ask` asks the supervisor."""
        self._about, self._dial, self._exchange, self._keys = about, dial, exchange, keys
        self._ask, self._health_s, self._now = ask, health_s, now
        self.failed = Tally("fleet: connections failed")
        self._events: deque[AnyEvent] = deque()
        """Of blocks; never more than a list of them changes by while a connection is tried."""
        self._woken = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._stopping = threading.Event()
        self._client: Client | None = None
        self._watch: Watch | None = None
        self._pause_s, self._retry_at, self._report_at, self._ask_at, self._forget_at = RETRY_S, 0.0, 0.0, 0.0, 0.0
        self._dispatcher: Dispatcher | None = None
        self._counts: Callable[[], Mapping[str, int]] = dict

    def start(self, dispatcher: Dispatcher, counts: Callable[[], Mapping[str, int]]) -> None:
        """Begin; `counts` gives everything counted by name."""
        self._dispatcher, self._counts = dispatcher, counts
        for lane in self._lanes():
            # What waits in the store from an earlier life goes now, not with the first event.
            lane.put(dispatcher.last + 1, ())
        threading.Thread(target=self._run, name="fleet", daemon=True).start()

    def stop(self) -> None:
        """End, soon."""
        self._stopping.set()
        os.eventfd_write(self._woken, 1)

    # The sink

    def write(self, batch: Sequence[AnyEvent], first: int = 0) -> None:
        """Take events of blocks."""
        if self._exchange is not None:
            self._events.extend(batch)
            os.eventfd_write(self._woken, 1)

    def reopen(self) -> None:
        """There is nothing to open."""

    def close(self) -> None:
        """Blocks outlive us."""

    # The thread

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._turn()
            except Exception as error:
                self._hang_up()
                self.failed.add(1, words(error))
                self._retry_at = time.monotonic() + self._pause_s
                self._pause_s = min(self._pause_s * 2, RETRY_MAX_S)
        self._hang_up()

    def _turn(self) -> None:
        """One look at what there is to do. Raises OSError, ValueError where the broker is not what it should be."""
        at = time.monotonic()
        self._hear_here()
        self._ask_for(at)
        if self._client is None:
            if at < self._retry_at:
                self._stopping.wait(min(TURN_S, self._retry_at - at))
                return
            self._client = self._connect()
        self._client.listen(TURN_S, self._woken)
        self._hear_there()
        self._hear_here()
        self._tell(self._client)
        if at >= self._report_at:
            self._report_at = at + self._health_s
            self._put(self._client, [Request(f"{streams.HEALTH_SUBJECT}.{self._about.sensor}", encode(self._health()))])
            # It did all it has to do: a later failure is a new one.
            self._pause_s = RETRY_S

    def _connect(self) -> Client:
        client = self._dial()
        try:
            make_stream(client, streams.STREAMS[streams.HEALTH])
            if self._exchange is not None:
                make_stream(client, streams.STREAMS[streams.BLOCKS])
                self._exchange.begin()
                self._watch = Watch(client, streams.BLOCKS, self._keys)
        except BaseException:
            client.close()
            raise
        self._report_at = 0.0
        log.info("fleet: connected as %s", self._about.sensor)
        return client

    def _hang_up(self) -> None:
        if self._client is not None:
            self._client.close()
        self._client = self._watch = None

    def _hear_here(self) -> None:
        """What became of blocks here."""
        with suppress(BlockingIOError):
            os.eventfd_read(self._woken)
        while self._events and self._exchange is not None:
            self._exchange.told(self._events.popleft())

    def _hear_there(self) -> None:
        """What became of blocks there."""
        if self._watch is None or self._exchange is None:
            return
        for message in self._watch.take():
            self._exchange.heard(message)
        if self._watch.complete:
            self._exchange.loaded()

    def _ask_for(self, at: float) -> None:
        """Have the supervisor do as others do."""
        if self._exchange is None or at < self._ask_at:
            return
        self._ask_at = at + TURN_S
        now = self._now()
        for _ in range(ASKS_MAX):
            shared = self._exchange.ask(now)
            if shared is None:
                break
            if not self._ask(shared):
                self._exchange.again(shared)
                break
        if at >= self._forget_at:
            self._forget_at = at + self._health_s
            self._exchange.forget(now)

    def _tell(self, client: Client) -> None:
        """Have the broker know of our blocks."""
        while self._exchange is not None and (changes := self._exchange.changes(self._now())):
            self._put(client, [request for _, request in changes])
            self._exchange.changed(changes)

    def _put(self, client: Client, requests: Sequence[Request]) -> None:
        for answer in client.ask(requests):
            if error := refusal(answer):
                raise NatsError(str(error.get("description")))

    def _health(self) -> Health:
        about, lanes = self._about, self._lanes()
        return Health(
            at=self._now(),
            version=about.version,
            started_at=about.started_at,
            host=about.host,
            waiting=sum(lane.waiting for lane in lanes),
            lost=sum(lane.lost + lane.missed.count + lane.dropped.count for lane in lanes),
            workers=about.workers,
            counters={**self._counts(), **self.counts()},
        )

    def counts(self) -> dict[str, int]:
        """What went wrong here, by name."""
        exchange = self._exchange
        known = {} if exchange is None else {"malformed": exchange.malformed, "beyond": exchange.beyond}
        return {f"fleet_{name}": tally.count for name, tally in {"failed": self.failed, **known}.items()}

    def _lanes(self) -> list[Lane]:
        """The one that sends our events."""
        lanes = self._dispatcher.lanes if self._dispatcher is not None else ()
        return [lane for lane in lanes if lane.sink.name == self._about.events]
