"""The sources that are known at the moment, each in a few words, and how many there are of each tool and technique.

Bounded: those whose address nobody proved go first, and of these the one heard of longest ago. Knows no store.
"""

from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Iterator
from heapq import nlargest
from operator import attrgetter
from typing import Any, Final

import msgspec

from rawspoof.core.event import Event, Scan
from rawspoof.edges.sinks.base import Tally
from rawspoof.edges.sinks.ecs import address as written

SOURCES_MAX: Final = 65_536
"""Sources known at a time."""
NAMES_MAX: Final = 256
"""Different tools, techniques or countries that are counted; workers make no more of them."""
TOP: Final = 10
SENSORS_MAX: Final = 64
"""Sensors of a hub that are told of one source."""

_SAME: Final = (
    "packets", "requests", "credentials", "bytes_in", "bytes_out", "held_s", "techniques", "tool", "confidence",
    "system", "risk", "level", "attack", "signs", "verified",
)  # fmt: skip
"""Fields that a source has of its latest scan, under the same name."""
_ADDED: Final = (
    "packets", "requests", "credentials", "bytes_in", "bytes_out", "held_s", "port_count", "target_count", "opened",
)  # fmt: skip
"""Fields that add up where several sensors of a hub tell of one source."""
_JOINED: Final = ("techniques", "attack", "signs")


class Seen:
    """One source. What a scan tells is of its latest one; what happened since that was told is counted on top."""

    __slots__ = (
        "address", "attack", "bytes_in", "bytes_out", "confidence", "connections", "country", "credentials",
        "first_at", "held_s", "last_at", "level", "open", "opened", "packets", "ports", "requests", "risk", "scans",
        "sensors", "signs", "system", "targets", "techniques", "tool", "verified",
    )  # fmt: skip

    def __init__(self, address: bytes, at: float, country: str) -> None:
        self.address, self.country = address, country
        self.first_at = self.last_at = at
        self.packets = self.ports = self.targets = self.connections = self.requests = self.credentials = 0
        self.bytes_in = self.bytes_out = self.risk = self.level = 0
        self.held_s = self.confidence = 0.0
        self.techniques: tuple[str, ...] = ()
        self.attack: tuple[str, ...] = ()
        self.signs: tuple[str, ...] = ()
        self.tool = self.system = ""
        self.verified = False
        self.open = 0
        """Connections that are open, as far as we were told."""
        self.opened = 0
        """Connections since the start of the sensor."""
        self.sensors: tuple[str, ...] = ()
        """The sensors of a hub that told of it."""
        self.scans: dict[str, Scan] | None = None
        """The latest scan at each of them, without its details."""

    def see(self, sensor: str) -> None:
        """This sensor told of it."""
        if sensor and sensor not in self.sensors and len(self.sensors) < SENSORS_MAX:
            self.sensors = tuple(sorted((*self.sensors, sensor)))

    def take(self, scan: Scan, sensor: str = "") -> None:
        """What a scan tells of its source, with what the scans at other sensors tell."""
        self.see(sensor)
        if sensor in self.sensors:
            self.scans = {**(self.scans or {}), sensor: msgspec.structs.replace(scan, targets=(), kinds={})}
            scan = joined(scan, list(self.scans.values()))
        for name in _SAME:
            setattr(self, name, getattr(scan, name))
        self.ports, self.targets, self.connections = scan.port_count, scan.target_count, scan.opened
        self.first_at, self.last_at = min(self.first_at, scan.first_at), max(self.last_at, scan.last_at)

    def told(self, blocked: bool) -> dict[str, Any]:
        """As the API tells it."""
        fields = {name: getattr(self, name) for name in _SAME}
        return {
            "address": written(self.address),
            "country": self.country,
            "first_at": self.first_at,
            "last_at": self.last_at,
            "ports": self.ports,
            "targets": self.targets,
            "connections": self.connections,
            **fields,
            "blocked": blocked,
            "sensors": self.sensors,
        }


class Sources:
    """All of them."""

    def __init__(self, country: Callable[[bytes], str], most: int = SOURCES_MAX) -> None:
        """`country` gives two letters for a packed address, or none."""
        self._country, self._most = country, most
        self._proven: OrderedDict[bytes, Seen] = OrderedDict()
        self._others: OrderedDict[bytes, Seen] = OrderedDict()
        self.tools: Counter[str] = Counter()
        self.techniques: Counter[str] = Counter()
        self.countries: Counter[str] = Counter()
        self.held = 0
        """Those with a connection open."""
        self.forgotten = Tally("web admin: sources let go of for newer ones")

    def __len__(self) -> int:
        return len(self._proven) + len(self._others)

    def __iter__(self) -> Iterator[Seen]:
        yield from self._proven.values()
        yield from self._others.values()

    def get(self, address: bytes) -> Seen | None:
        """This source."""
        return self._proven.get(address) or self._others.get(address)

    def of(self, event: Event, proven: bool) -> Seen:
        """The source of an event, which is the latest now; `proven` says that its address is genuine."""
        return self.known(event.src, event.at, proven)

    def known(self, address: bytes, at: float, proven: bool) -> Seen:
        """The source of this address, which did something at this moment."""
        found = self._proven.get(address)
        if found is not None:
            self._proven.move_to_end(address)
        elif proven:
            found = self._others.pop(address, None) or self._new(address, at)
            self._proven[address] = found
        else:
            found = self._others.get(address)
            if found is None:
                found = self._others[address] = self._new(address, at)
            self._others.move_to_end(address)
        found.last_at = max(found.last_at, at)
        return found

    def take(self, scan: Scan, sensor: str = "") -> Seen:
        """The source that a scan is of, as the scan tells it."""
        found = self.of(scan, scan.verified)
        tool, techniques = found.tool, found.techniques
        found.take(scan, sensor)
        if tool != found.tool:
            _count(self.tools, (tool,), -1)
            _count(self.tools, (found.tool,), 1)
        if techniques != found.techniques:
            _count(self.techniques, techniques, -1)
            _count(self.techniques, found.techniques, 1)
        return found

    def made(self, scan: Scan) -> Seen:
        """A source that is not known any more, as a scan tells it."""
        found = Seen(scan.src, scan.first_at, self._country(scan.src))
        found.take(scan)
        return found

    def page(self, order: str, offset: int, limit: int, sensor: str = "") -> tuple[int, list[Seen]]:
        """How many there are, at one sensor of a hub or at all, and so many from a place on, most of `order` first."""
        total, wanted = len(self), iter(self)
        if sensor:
            at_it = [one for one in self if sensor in one.sensors]
            total, wanted = len(at_it), iter(at_it)
        return total, nlargest(offset + limit, wanted, key=attrgetter(order))[offset:]

    def change_open(self, source: Seen, by: int) -> None:
        """A connection was opened (1) or closed (-1)."""
        before, source.open = source.open, max(source.open + by, 0)
        self.held += bool(source.open) - bool(before)

    def _new(self, address: bytes, at: float) -> Seen:
        if len(self) >= self._most:
            _, gone = (self._others or self._proven).popitem(last=False)
            self._forget(gone)
        made = Seen(address, at, self._country(address))
        _count(self.countries, (made.country,), 1)
        return made

    def _forget(self, gone: Seen) -> None:
        _count(self.tools, (gone.tool,), -1)
        _count(self.techniques, gone.techniques, -1)
        _count(self.countries, (gone.country,), -1)
        self.held -= bool(gone.open)
        self.forgotten.add(1)


def joined(latest: Scan, scans: Iterable[Scan]) -> Scan:
    """The latest scan with what these tell of the same source at other sensors."""
    every = list(scans)
    if len(every) == 1:
        return latest
    fields: dict[str, Any] = {name: sum(getattr(scan, name) for scan in every) for name in _ADDED}
    for name in _JOINED:
        fields[name] = tuple(dict.fromkeys(word for scan in every for word in getattr(scan, name)))
    surest = max(every, key=attrgetter("confidence"))
    return msgspec.structs.replace(
        latest,
        **fields,
        tool=surest.tool,
        confidence=surest.confidence,
        system=latest.system or surest.system,
        risk=max(scan.risk for scan in every),
        level=max(scan.level for scan in every),
        verified=any(scan.verified for scan in every),
        first_at=min(scan.first_at for scan in every),
    )


def top(counter: Counter[str]) -> list[dict[str, Any]]:
    """The names with most sources, as the API tells them."""
    return [{"name": name, "count": count} for name, count in counter.most_common(TOP) if count > 0]


def _count(counter: Counter[str], names: Iterable[str], by: int) -> None:
    for name in names:
        if name and (name in counter or len(counter) < NAMES_MAX):
            counter[name] += by
