"""Whether what a source did is to get it blocked. Decides who and what for; knows no firewall, no list, no time-out.

Only what was done on completed handshakes counts: anybody can send SYNs in another's name, and have that one blocked.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

import msgspec

from rawspoof.core.event import (
    AnyEvent,
    Scan,
    ScanEnded,
    ServiceCredential,
    SessionOpened,
    TripwireTouched,
)
from rawspoof.core.watch.ports import Ports

VISITS_MAX: Final = 4096
"""Sources whose connections are counted; the one quiet longest goes for a new one. 8 KiB each at the worst."""
ASK_S: Final = 1.0
"""Shortest time between two deeds told of one source: what was not heeded is told again."""

WORDS: Final = frozenset(("version", "brute-force", "credential", "exploit", "vulnerability", "wordlist"))
"""Techniques that were told by words on a connection."""


class Settings(NamedTuple):
    """The policy's part of the configuration; a least number of 0 means never."""

    blocks: bool = True
    """Whether anybody is to be blocked, and not only alerts given."""
    tripwires: frozenset[int] = frozenset()
    """Ports whose touch is an alert, and a deed."""
    ports_min: int = 0
    connections_min: int = 0
    credential: bool = False
    level_min: int = 0
    risk_min: int = 0
    idle_s: float = 300.0
    """Quiet time after which a visit is over, and counts begin anew."""


class Deed(msgspec.Struct, frozen=True, array_like=True):
    """What a proven source is to be blocked for."""

    at: float
    """When it was done, seconds since the epoch."""
    src: bytes
    sport: int
    dst: bytes
    dport: int
    reason: str
    """One of BLOCK_REASONS, but for the last."""


class _Visit:
    """A source's connections since it came."""

    __slots__ = ("asked_at", "last_at", "opened", "ports", "touched")

    def __init__(self, at: float) -> None:
        self.last_at = at
        self.asked_at = float("-inf")
        self.opened = 0
        self.ports = Ports()
        self.touched: frozenset[int] = frozenset()


class Policy:
    """Judges events as they come."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._visits: dict[bytes, _Visit] = {}
        self.forgotten = 0
        """Sources whose counts had to go for newer ones."""

    def judge(self, event: AnyEvent) -> Iterator[TripwireTouched | Deed]:
        """The alert and the deed that an event is, most often neither."""
        if isinstance(event, SessionOpened):
            visit = self._visit(event.src, event.at)
            yield from self._opened(event, visit)
        elif isinstance(event, ServiceCredential):
            if self._settings.credential:
                yield from self._deed(event, event.at, "credential")
        elif isinstance(event, Scan) and not isinstance(event, ScanEnded) and _own_doing(event):
            # What a scan's end tells was told by its last report, and may be long past.
            if 0 < self._settings.level_min <= event.level:
                yield from self._deed(event, event.last_at, "level")
            elif 0 < self._settings.risk_min <= event.risk:
                yield from self._deed(event, event.last_at, "risk")

    def _opened(self, event: SessionOpened, visit: _Visit) -> Iterator[TripwireTouched | Deed]:
        settings = self._settings
        visit.opened += 1
        if visit.ports.count < settings.ports_min:
            visit.ports.add(event.dport)
        if event.dport in settings.tripwires:
            if event.dport not in visit.touched:
                visit.touched |= {event.dport}
                yield TripwireTouched(event.at, event.src, event.sport, event.dst, event.dport, event.service)
            yield from self._deed(event, event.at, "tripwire")
        elif 0 < settings.ports_min <= visit.ports.count:
            yield from self._deed(event, event.at, "ports")
        elif 0 < settings.connections_min <= visit.opened:
            yield from self._deed(event, event.at, "connections")

    def _deed(self, event: SessionOpened | ServiceCredential | Scan, at: float, reason: str) -> Iterator[Deed]:
        visit = self._visit(event.src, event.at)
        if self._settings.blocks and event.at - visit.asked_at >= ASK_S:
            visit.asked_at = event.at
            yield Deed(at, event.src, event.sport, event.dst, event.dport, reason)

    def _visit(self, source: bytes, at: float) -> _Visit:
        """The source's visit, which is now the latest; a new one after a quiet time."""
        visit = self._visits.pop(source, None)
        if visit is None or at - visit.last_at > self._settings.idle_s:
            visit = _Visit(at)
        visit.last_at = at
        self._visits[source] = visit
        if len(self._visits) > VISITS_MAX:
            del self._visits[next(iter(self._visits))]
            self.forgotten += 1
        return visit


def _own_doing(scan: Scan) -> bool:
    """Whether the address is proven, and most of what is said of it too: others may send SYNs in its name."""
    return scan.verified and (scan.opened * 2 > scan.port_count or not WORDS.isdisjoint(scan.techniques))
