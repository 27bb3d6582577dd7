"""What is going on now and has been since the start, counted as the events come: nothing here is asked of the store.

A sink like others, with a lane of its own, so that it delays nobody. The web server's thread reads it under its lock;
neither side holds that for long. Knows no HTTP and no JSON but the names of the API's fields.
"""

from array import array
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from threading import Lock
from typing import Any, Final

from rawspoof.core.event import (
    AnyEvent,
    Block,
    BlockAdded,
    BlockRemoved,
    Event,
    EvidenceSaved,
    Scan,
    ServiceCredential,
    ServiceRequest,
    SessionClosed,
    SessionData,
    SessionOpened,
    SynData,
    TlsClientHello,
    TripwireTouched,
)
from rawspoof.core.watch.blocklist import Blocked
from rawspoof.edges.block.shared import Shared
from rawspoof.edges.sinks.ecs import address as written
from rawspoof.edges.sinks.ecs import timestamp
from rawspoof.edges.sinks.touches import Ports
from rawspoof.edges.store.queries import Filter, Numbered, Reader
from rawspoof.edges.web.portmap import PORTS, TOUCHED, Maps, PortMap, spans
from rawspoof.edges.web.rates import Ring, Top
from rawspoof.edges.web.seen import SOURCES_MAX, TOP, Seen, Sources, top

RECENT_MAX: Final = 500
"""Connections remembered one by one: what portspoof-py's API gives at most."""
FEED_MAX: Final = 100
"""Events waiting for the next update of the browsers; older ones are only counted."""
CHANGED_MAX: Final = 50
"""Sources told in one update."""
BLOCKS_MAX: Final = 65_536
"""Blocked sources shown."""
HOSTS_MAX: Final = 256
"""Addresses of ours whose touches are counted."""

_ALL: Final = b""
"""Stands for all addresses of ours together."""
_HOST: Final = b"hosts"

LAYER: Final[dict[type[Event], str]] = {
    SessionOpened: "opened",
    SessionData: "asked",
    ServiceRequest: "asked",
    TlsClientHello: "asked",
    ServiceCredential: "login",
    SynData: TOUCHED,
}
"""What an event says was done at its port."""

APART: Final = (Block, EvidenceSaved, TripwireTouched)
"""Events that are no doing of a source's beyond what others tell."""


class Feed:
    """What browsers have not been told yet."""

    def __init__(self) -> None:
        self._events: deque[Numbered] = deque(maxlen=FEED_MAX)
        self._count = 0
        self._changed: dict[bytes, None] = {}

    def add(self, number: int, event: AnyEvent, sensor: str = "") -> None:
        """An event came."""
        self._events.append(Numbered(number, event, sensor))
        self._count += 1
        self._changed.pop(event.src, None)
        self._changed[event.src] = None
        if len(self._changed) > CHANGED_MAX:
            del self._changed[next(iter(self._changed))]

    def events(self) -> tuple[list[Numbered], int]:
        """The latest since this was last asked, and how many others there were."""
        taken, skipped = list(self._events), self._count - len(self._events)
        self._events.clear()
        self._count = 0
        return taken, skipped

    def changed(self) -> list[bytes]:
        """The sources that did something since this was last asked."""
        taken = list(self._changed)
        self._changed.clear()
        return taken


class Live:
    """A Sink."""

    def __init__(self, started_at: float, country: Callable[[bytes], str], blocked: Iterable[Blocked] = ()) -> None:
        """`started_at` is the sensor's start, in seconds since the epoch: what is counted is what came since."""
        self.name = "web admin"
        self.started_at = started_at
        self.lock = Lock()
        self.country = country
        self.sources = Sources(country)
        self.blocks: dict[bytes, dict[str, Any]] = {one.address: _block(one) for one in blocked}
        """By source, as the API tells them."""
        self.maps = Maps()
        self.feed = Feed()
        self.recent: deque[SessionOpened] = deque(maxlen=RECENT_MAX)
        self.rate = Ring()
        self.events = self.connections = 0
        self.wasted_s = 0.0
        self.last_at: float | None = None
        self._per_port = array("L", bytes(array("L").itemsize * PORTS))
        self._ips: Top[bytes] = Top(TOP)
        self._ports: Top[int] = Top(TOP)
        self._hosts: dict[bytes, int] = {}

    # As a sink

    def write(self, batch: Sequence[AnyEvent], first: int = 0, sensor: str = "") -> None:
        """Count these events, which a sensor told a hub, or which are our own."""
        with self.lock:
            for number, event in enumerate(batch, first):
                self._take(event, sensor)
                self.feed.add(number, event, sensor)

    def touched(self, told: Sequence[Ports]) -> None:
        """Draw what workers saw touched just now, before any event tells of it."""
        with self.lock:
            for src, dst, ports in told:
                for found in self._maps_of(src, dst):
                    for port in ports:
                        found.add(port, TOUCHED)

    def reopen(self) -> None:
        """Nothing: there is no place."""

    def close(self) -> None:
        """Nothing, for the same reason."""

    def _take(self, event: AnyEvent, sensor: str) -> None:
        self.events += 1
        if isinstance(event, APART):
            self._apart(event, sensor)
            return
        if isinstance(event, Scan):
            self._scan(event, sensor)
            return
        source = self.sources.of(event, not isinstance(event, SynData))
        source.see(sensor)
        if isinstance(event, SessionOpened):
            self._opened(event, source)
        elif isinstance(event, SessionClosed):
            self.wasted_s += max(event.duration_s, 0.0)
            self.sources.change_open(source, -1)
            return
        source.requests += isinstance(event, ServiceRequest)
        source.credentials += isinstance(event, ServiceCredential)
        self._draw(event, LAYER[type(event)])

    def _apart(self, event: AnyEvent, sensor: str) -> None:
        if not isinstance(event, BlockAdded | BlockRemoved) or (sensor and event.by):
            # Whose a block is tells a hub of it, and nobody else can: others only do the same.
            return
        if isinstance(event, BlockRemoved):
            self._unblock(event.src, sensor)
        else:
            end, whose = event.at + event.seconds, sensor or event.by
            self._block(event.src, event.how, event.at, end, event.times, event.reason, event.dport, whose)

    def _block(self, address: bytes, *values: Any) -> None:
        if address in self.blocks or len(self.blocks) < BLOCKS_MAX:
            self.blocks[address] = _block_told(address, *values)

    def _unblock(self, address: bytes, sensor: str) -> None:
        # Of several sensors that block it, the last that said so counts. A sensor itself ends others' blocks too.
        if not sensor or self.blocks.get(address, {}).get("sensor") == sensor:
            self.blocks.pop(address, None)

    def share(self, shared: Shared | None, address: bytes, how: str, sensor: str) -> None:
        """A sensor has others know that it blocks an address, None: no longer."""
        with self.lock:
            if shared is None:
                self._unblock(address, sensor)
            else:
                self._block(address, how, shared.since, shared.until, shared.times, shared.reason, shared.port, sensor)

    def blocked(self, now: float) -> list[dict[str, Any]]:
        """Who is blocked, the latest first. To be called under the lock."""
        return sorted((one for one in self.blocks.values() if one["until"] > now), key=lambda one: -one["since"])

    def _opened(self, event: SessionOpened, source: Seen) -> None:
        self.connections += 1
        self.last_at = max(self.last_at or 0.0, event.at)
        self.recent.append(event)
        self.rate.add(event.at)
        self.sources.change_open(source, 1)
        source.connections += 1
        source.verified = True
        self._count(source, 1, event.dport, 1)
        if event.dst in self._hosts or len(self._hosts) < HOSTS_MAX:
            self._hosts[event.dst] = self._hosts.get(event.dst, 0) + 1

    def _count(self, source: Seen, times: int, port: int, visits: int) -> None:
        """So many more connections of a source, and to a port."""
        source.opened += times
        self._ips.see(source.address, source.opened)
        if 0 <= port < PORTS:
            self._per_port[port] += visits
            self._ports.see(port, self._per_port[port])

    def _scan(self, scan: Scan, sensor: str) -> None:
        self.sources.take(scan, sensor)
        for target in scan.targets:
            touched = spans(target.ports)
            for found in self._maps_of(scan.src, target.address):
                found.touch(touched)

    def _draw(self, event: Event, layer: str) -> None:
        if 0 <= event.dport < PORTS:
            for found in self._maps_of(event.src, event.dst):
                found.add(event.dport, layer)

    def _maps_of(self, src: bytes, dst: bytes) -> tuple[PortMap, PortMap, PortMap]:
        return self.maps.of(_ALL), self.maps.of(_HOST, dst), self.maps.of(src, dst)

    # What was before

    def recall(self, reader: Reader, before: int) -> None:
        """Count what the store has under lower numbers than `before`: its sources, and all else since the start."""
        opened = Filter(since=self.started_at, before=before, kinds=("session.open",))
        scans = sorted(islice(reader.reports(0.0, float("inf")), SOURCES_MAX), key=_last_at)
        kinds = dict(reader.count("kind", opened._replace(kinds=()), 1000))
        ports, sources = reader.count("dport", opened, PORTS), reader.count("src", opened, SOURCES_MAX)
        latest = [one.event for one in islice(reader.events(opened, newest_first=True), RECENT_MAX)]
        with self.lock:
            self.events += sum(kinds.values())
            self.connections += kinds.get("session.open", 0)
            self._recall_scans(scans)
            self._recall_counts(ports, sources)
            self._recall_latest(latest)

    def recall_blocks(self, reader: Reader, since: float, before: int) -> None:
        """The blocks that sensors told of since then."""
        wanted = Filter(since=since, before=before, kinds=("block.added", "block.removed"))
        for _, event, sensor in reader.events(wanted):
            with self.lock:
                self._apart(event, sensor)

    def _recall_scans(self, scans: Iterable[Numbered]) -> None:
        for _, scan, sensor in scans:
            assert isinstance(scan, Scan)
            known = self.sources.get(scan.src)
            # What came meanwhile is newer.
            if known is None or known.last_at <= scan.last_at:
                self._scan(scan, sensor)
            if scan.first_at >= self.started_at:
                self.wasted_s += scan.held_s

    def _recall_counts(self, ports: Iterable[tuple[Any, int]], sources: Iterable[tuple[Any, int]]) -> None:
        for address, count in sources:
            source = self.sources.get(address) or self.sources.known(address, self.started_at, proven=True)
            source.opened += count
            self._ips.see(address, source.opened)
        for port, count in ports:
            self._per_port[port] += count
            self._ports.see(port, self._per_port[port])
            self.maps.of(_ALL).add(port, "opened")

    def _recall_latest(self, latest: Iterable[AnyEvent]) -> None:
        for event in latest:
            if isinstance(event, SessionOpened) and len(self.recent) < RECENT_MAX:
                self.recent.appendleft(event)
                self.rate.add(event.at)
                self.last_at = max(self.last_at or 0.0, event.at)

    # For the API; to be called under the lock

    def counts(self, now: float) -> dict[str, Any]:
        """The fields of Stats that events tell."""
        sources = self.sources
        return {
            "total_connections": self.connections,
            "last_connection": None if self.last_at is None else timestamp(self.last_at),
            "last_connection_at": self.last_at,
            "connections_per_min": sum(self.rate.last(now + 1, 60)),
            "ports_mapped": PORTS,
            "top_ips": [{"ip": written(ip), "count": n, "country": self._country(ip)} for ip, n in self._ips.leaders()],
            "top_ports": [{"port": port, "count": count} for port, count in self._ports.leaders()],
            "sources": len(sources),
            "held": sources.held,
            "wasted_s": round(self.wasted_s, 3),
            "events": self.events,
            "connections_per_s": self.rate.last(now, 1)[0],
            "top_tools": top(sources.tools),
            "top_techniques": top(sources.techniques),
            "top_countries": top(sources.countries),
        }

    def _country(self, address: bytes) -> str:
        found = self.sources.get(address)
        return found.country if found is not None else ""

    def connections_told(self, limit: int) -> list[dict[str, Any]]:
        """The latest connections with portspoof-py's keys, newest first."""
        return [
            {
                "timestamp": timestamp(event.at),
                "src_ip": written(event.src),
                "src_port": event.sport,
                "dst_port": event.dport,
                "banner_len": len(event.greeting),
            }
            for event in islice(reversed(self.recent), limit)
        ]

    def ports_told(self, host: bytes) -> dict[str, Any]:
        """The ports touched on an address of ours, or on all of them together."""
        found = (self.maps.get(_HOST, host) if host else self.maps.get(_ALL)) or PortMap()
        hosts = sorted(self._hosts.items(), key=lambda item: -item[1])
        return {
            "host": written(host) if host else "",
            "counts": found.counts(),
            **found.bitmaps(),
            "top": [{"port": port, "count": count} for port, count in self._ports.leaders()],
            "hosts": [{"address": written(address), "count": count} for address, count in hosts],
        }


def _last_at(report: Numbered) -> float:
    assert isinstance(report.event, Scan)
    return report.event.last_at


def _block(one: Blocked) -> dict[str, Any]:
    return _block_told(one.address, one.how, one.since, one.until, one.times, one.deed.reason, one.deed.dport, one.by)


def _block_told(*values: Any) -> dict[str, Any]:
    names = ("address", "how", "since", "until", "times", "reason", "port", "sensor")
    return dict(zip(names, (written(values[0]), *values[1:]), strict=True))
