"""A source and what it was judged to be, as an event. Knows the catalogue of events; counts and decides nothing."""

from collections.abc import Callable
from hashlib import blake2s
from typing import Final, NamedTuple

from rawspoof.core.event import (
    RANGES_TOLD_MAX,
    TARGETS_TOLD_MAX,
    ScanDetected,
    ScanEnded,
    ScanUpdate,
    Target,
)
from rawspoof.core.watch.kind import named
from rawspoof.core.watch.ports import ranges
from rawspoof.core.watch.sample import unpack
from rawspoof.core.watch.source import Source

AnyScan = ScanDetected | ScanUpdate | ScanEnded

_EVENTS: Final[dict[str, type[AnyScan]]] = {"detected": ScanDetected, "update": ScanUpdate, "ended": ScanEnded}


class Judgement(NamedTuple):
    """What a source was found to be; the fields are those of `event.Scan`."""

    techniques: tuple[str, ...] = ()
    tool: str = ""
    confidence: float = 0.0
    system: str = ""
    risk: int = 0
    level: int = 0
    attack: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()


Judge = Callable[[Source, float], Judgement]


def reporter(judge: Judge) -> Callable[[str, Source, float], AnyScan]:
    """A function that makes an event of `detected`, `update` or `ended`, a source and the moment."""
    return lambda what, source, at: report(what, source, judge(source, at), at)


def report(what: str, source: Source, found: Judgement, at: float) -> AnyScan:
    """The event."""
    first = unpack(source.samples[0])
    targets = sorted(source.targets.items(), key=lambda item: -item[1].count)
    return _EVENTS[what](
        at=at,
        src=source.address,
        sport=first.sport,
        dst=first.dst,
        dport=first.dport,
        scan=identify(source),
        first_at=source.first_at,
        last_at=source.last_at,
        packets=source.packets,
        kinds=named(source.kinds),
        targets=tuple(Target(dst, p.count, ranges(p, RANGES_TOLD_MAX)) for dst, p in targets[:TARGETS_TOLD_MAX]),
        target_count=len(targets),
        port_count=source.new_ports,
        opened=source.opened,
        verified=source.verified,
        requests=source.requests,
        credentials=source.credentials,
        bytes_in=source.bytes_in,
        bytes_out=source.bytes_out,
        held_s=source.held_s,
        peak=source.peak,
        **found._asdict(),
    )


def identify(source: Source) -> str:
    """A name for this scan: 16 hexadecimal digits, of the address and the moment it began."""
    return blake2s(source.address + b"%.6f" % source.first_at, digest_size=8).hexdigest()
