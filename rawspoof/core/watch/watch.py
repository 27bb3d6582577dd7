"""Every source that sends us packets, from its first one until it has been quiet: counted, and reported now and then.

Decides when a source is reported and when it is forgotten; what its packets mean is `judge`'s. Knows no packet's fate.
"""

import heapq
from collections.abc import Callable
from typing import Final, NamedTuple

from rawspoof.core.event import (
    AnyEvent,
    Event,
    ServiceCredential,
    ServiceRequest,
    SessionClosed,
    SessionData,
    SessionOpened,
)
from rawspoof.core.watch.decoy import Marks
from rawspoof.core.watch.quiet import Quiet
from rawspoof.core.watch.sample import pack
from rawspoof.core.watch.source import Source
from rawspoof.core.watch.technique import BRUTE_CREDENTIALS
from rawspoof.core.wire.segment import RST, Segment

DETECT_S: Final = 1.0
"""From a source's first packet to its first report: time enough to see what it is up to, and what it does with a
SYN-ACK."""
REPORTS_PER_S_MAX: Final = 50
"""Reports of sources that proved nothing; a flood of invented ones is counted beyond. Proven sources are exempt."""

HEARD_MAX: Final = 64
"""Requests of a source that are looked at between two reports; more of them tell nothing new."""


class Settings(NamedTuple):
    """The watch's part of the configuration."""

    sources_max: int = 100_000
    """Sources known at a time; the one seen first goes for a new one, with its end reported if it was reported."""
    bitmaps_max: int = 4096
    """Of 8 KiB each, for sources and targets with many ports; beyond, further ports are only counted as packets."""
    idle_s: float = 300.0
    """Quiet time after which a scan has ended."""
    update_s: float = 30.0
    """Shortest time between two reports of a scan that goes on."""
    quiet_max: int = 65536
    """Sources remembered that asked little and went, in some 200 bytes each; the one that went first goes for a new
    one. Their days are a slow scan's packets."""

    fresh_max: int = 0
    """Newly touched ports that wait to be taken (see `Watch.fresh`); one beyond is told by reports only."""


USUAL: Final = Settings()


class Lost(NamedTuple):
    """What did not fit."""

    sources: int
    """Forgotten for newer ones."""
    ports: int
    """Not kept for want of bitmaps or targets."""
    reports: int
    """Sources that proved nothing and went unreported in a flood of such."""
    quiet: int
    """Sources gone quiet that were forgotten for newer ones."""


NOTHING_LOST: Final = Lost(0, 0, 0, 0)

Touch = tuple[bytes, bytes, int]
"""A source, an address of ours, both packed, and a port there that the source had not touched before."""
Hear = Callable[[Source, bytes], None]
Report = Callable[[str, Source, float], AnyEvent]
"""Makes an event of `detected`, `update` or `ended`, a source and the moment."""


class Watch:
    """All sources. `saw` is on every packet's way; all else happens a few times a second at most."""

    def __init__(self, report: Report, settings: Settings = USUAL, hear: Hear = lambda source, data: None) -> None:
        """`hear` is given what proven sources say."""
        self._report, self._settings, self._hear = report, settings, hear
        self._sources: dict[bytes, Source] = {}
        self._looks: list[tuple[float, bytes]] = []
        self._marks, self._quiet = Marks(), Quiet(settings.quiet_max)
        self._bitmaps = 0
        self._second, self._reports = 0, 0
        self._evicted = self._ports_lost = self._unreported = 0
        self._out: list[AnyEvent] = []
        self._fresh: list[Touch] = []

    def refit(self, report: Report, settings: Settings, hear: Hear) -> None:
        """Go on with these; of sources that are too many now, one goes for each new one."""
        self._report, self._settings, self._hear = report, settings, hear

    def __len__(self) -> int:
        return len(self._sources)

    @property
    def lost(self) -> Lost:
        """What did not fit, since the start."""
        return Lost(self._evicted, self._ports_lost, self._unreported, self._quiet.lost)

    def saw(self, seg: Segment, at: float) -> None:
        """Count a segment that belongs to no connection. `at` is seconds since the epoch."""
        key = seg.key
        half = (len(key) - 4) // 2
        source = self._sources.get(key[:half]) or self._admit(seg, at)
        source.last_at = at
        source.packets += 1
        kind = seg.flags & 0xFF
        if kind != source.kind:
            source.change(kind)
        source.run += 1
        # A half-open scanner's kernel resets every answer: those packets tell nothing more.
        if source.room and (not kind & RST or source.packets == 1):
            source.room -= 1
            source.samples += (pack(seg, at),)
        target = key[half:-4]
        ports = source.ports if target == source.target else source.turn(target)
        if ports is None or (ports.full and seg.dport not in ports and not self._bitmap()):
            self._ports_lost += 1
        elif ports.add(seg.dport):
            source.new_ports += 1
            if len(self._fresh) < self._settings.fresh_max:
                self._fresh.append((source.address, target, seg.dport))

    def fresh(self) -> list[Touch]:
        """What was touched for the first time since this was last asked; at most `fresh_max`."""
        fresh, self._fresh = self._fresh, []
        return fresh

    def told(self, event: Event) -> None:
        """Count what became of a connection: its source is known, or was forgotten meanwhile."""
        source = self._sources.get(event.src)
        if source is None:
            return
        source.last_at = event.at
        if isinstance(event, SessionOpened):
            source.opened += 1
            if source.opened == 1:
                self._hasten(source, event.at)
            source.peak = max(source.peak, source.opened - source.closed)
        elif isinstance(event, SessionClosed):
            source.closed += 1
            source.bytes_in += event.bytes_in
            source.bytes_out += event.bytes_out
            source.held_s += max(event.duration_s, 0.0)
        elif isinstance(event, ServiceRequest):
            source.requests += 1
            self._listen(source, event.data)
        elif isinstance(event, SessionData):
            self._listen(source, event.data)
        elif isinstance(event, ServiceCredential):
            source.credentials += 1
            if source.credentials in (1, BRUTE_CREDENTIALS):
                self._hasten(source, event.at)

    def broken(self, seg: Segment, at: float) -> None:
        """Count a segment whose checksum is wrong: no kernel sends one."""
        self.saw(seg, at)
        self._sources[seg.src].badsums += 1

    def source(self, address: bytes) -> Source | None:
        """The source with this packed address, if it is known."""
        return self._sources.get(address)

    def next_due(self) -> float | None:
        """When `due` next has something to do, seconds since the epoch; None for never."""
        if self._out:
            return 0.0
        return self._looks[0][0] if self._looks else None

    def due(self, at: float, most: int = 64) -> list[AnyEvent]:
        """The reports that are due by now, after a look at `most` sources or fewer."""
        for _ in range(most):
            if not self._looks or self._looks[0][0] > at:
                break
            moment, address = heapq.heappop(self._looks)
            source = self._sources.get(address)
            if source is not None and source.look_at == moment:
                self._look(source, at)
        out, self._out = self._out, []
        return out

    def _listen(self, source: Source, data: bytes) -> None:
        if source.heard < HEARD_MAX:
            source.heard += 1
            known = len(source.hints or ())
            self._hear(source, data)
            if len(source.hints or ()) > known:
                self._hasten(source, source.last_at)

    def _look(self, source: Source, at: float) -> None:
        """One source's turn: reported if there is news, forgotten if it has been quiet."""
        quiet_at = source.last_at + self._settings.idle_s
        if quiet_at <= at:
            if source.reports:
                # Of a flood's sources nobody was told: they are not worth remembering.
                self._quiet.keep(source)
            self._forget(source, at)
            return
        if source.last_at > source.reported_at and self._may_report(source, at):
            self._tell("update" if source.reports else "detected", source, at)
        self._look_at(source, min(at + self._settings.update_s, quiet_at))

    def _look_at(self, source: Source, moment: float) -> None:
        """Its turn comes then, and at no time that was set before."""
        source.look_at = moment
        heapq.heappush(self._looks, (moment, source.address))

    def _hasten(self, source: Source, at: float) -> None:
        """What it did now is no matter for the next report, some day: who was told of it wants to know it."""
        if source.reports and source.look_at > at + DETECT_S:
            self._look_at(source, at + DETECT_S)

    def _may_report(self, source: Source, at: float) -> bool:
        """Proven sources always; of others so many a second."""
        if source.verified:
            return True
        if int(at) != self._second:
            self._second, self._reports = int(at), 0
        self._reports += 1
        if self._reports <= REPORTS_PER_S_MAX:
            return True
        self._unreported += 1
        # Looked at again only when it has been quiet.
        source.reported_at = at
        return False

    def _tell(self, what: str, source: Source, at: float) -> None:
        source.reported_at = at
        source.reports += 1
        source.heard = 0
        source.twins = max(source.twins, self._marks.twins(source.mark))
        self._out.append(self._report(what, source, at))

    def _forget(self, source: Source, at: float) -> None:
        if source.reports:
            self._tell("ended", source, at)
        del self._sources[source.address]
        self._marks.leave(source.mark)
        self._bitmaps -= sum(ports.spread for ports in source.targets.values())

    def _admit(self, seg: Segment, at: float) -> Source:
        if len(self._sources) >= self._settings.sources_max:
            self._evicted += 1
            self._forget(self._sources[next(iter(self._sources))], at)
        address = seg.src
        source = self._sources[address] = Source(address, at)
        source.mark = self._marks.enter(seg)
        self._quiet.recall(source)
        self._look_at(source, at + DETECT_S)
        return source

    def _bitmap(self) -> bool:
        """Whether there may be one more."""
        if self._bitmaps >= self._settings.bitmaps_max:
            return False
        self._bitmaps += 1
        return True
