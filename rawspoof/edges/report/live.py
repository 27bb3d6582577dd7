"""What is going on now: a look at the store, and the look as lines for a screen. Knows no terminal."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from rawspoof.edges.report.plain import cut, ip, moment, shown, span
from rawspoof.edges.report.sources import Source, join
from rawspoof.edges.store.queries import KINDS, Filter, Reader

ACTIVE_S: Final = 300.0
"""Quiet time after which a source is here no more; scans end after as long (`watch.idle_s`)."""
RATE_S: Final = 10.0
"""Time over which events are counted for the rates."""
SOURCES_MAX: Final = 200
"""Looked at; a screen has no more lines."""
_ROW: Final = "{:<{wide}} {:>5} {:>10} {:>8} {:>7} {:>6} {:>6}  {:<12} {:>10}  {}"
_FIRST_LINES: Final = 4


class Here(NamedTuple):
    """A source and how many connections it holds, as far as their ends are known."""

    source: Source
    held: int


class Look(NamedTuple):
    """A look at the store."""

    at: float
    active: int
    """Scans going on."""
    here: tuple[Here, ...]
    """The riskiest of their sources."""
    rates: dict[str, float]
    """Events a second by kind."""


def look(reader: Reader, at: float, most: int, sensor: str = "") -> Look:
    """What is going on at this moment, at one sensor of a hub or at all, with so many sources at most."""
    since = at - ACTIVE_S
    sources = join(reader.scans(since, at + 1.0, SOURCES_MAX, sensor)).values()
    riskiest = sorted(sources, key=lambda source: (-source.risk, -source.packets))[: min(most, SOURCES_MAX)]
    # Naming all kinds lets the index by kind and time be used.
    recent = reader.count("kind", Filter(since=at - RATE_S, kinds=KINDS, sensor=sensor), len(KINDS))
    return Look(
        at,
        reader.scanning(since, sensor),
        tuple(Here(source, _held(reader, source, sensor)) for source in riskiest),
        {str(kind): count / RATE_S for kind, count in recent},
    )


def _held(reader: Reader, source: Source, sensor: str) -> int:
    of_it = Filter(since=source.first_at, src=source.address, sensor=sensor)
    counts = dict(reader.count("kind", of_it, len(KINDS)))
    return max(counts.get("session.open", 0) - counts.get("session.close", 0), 0)


def frame(seen: Look, width: int, height: int, paused: bool = False) -> list[str]:
    """Lines for a screen of this size."""
    lines = list(_lines(seen, paused))
    left = len(lines) - height
    if left > 0 and height > _FIRST_LINES:
        lines[height - 1 :] = [f"… and {left + 1} more"]
    return [cut(line, width) for line in lines[:height]]


def _lines(seen: Look, paused: bool) -> Iterator[str]:
    state = "paused, p goes on" if paused else "p pauses"
    yield f"rawspoof top  {moment(seen.at)} UTC  {seen.active:,} scans now  (q quits, {state})"
    rates = ((name, seen.rates.get(kind, 0.0)) for name, kind in _TOLD)
    yield f"per second: events {sum(seen.rates.values()):.1f}" + "".join(f", {n} {rate:.1f}" for n, rate in rates)
    yield ""
    wide = max([15, *(len(ip(source.address)) for source, _ in seen.here)])
    yield _ROW.format(
        "source", "level", "packets", "per s", "ports", "held", "tried", "tool", "seen", "techniques", wide=wide
    )
    yield from (_row(source, held, seen.at, wide) for source, held in seen.here)


_TOLD: Final = (("connections", "session.open"), ("requests", "service.request"), ("credentials", "service.credential"))


def _row(source: Source, held: int, at: float, wide: int) -> str:
    per_s = source.packets / max(source.last_at - source.first_at, 1.0)
    return _ROW.format(
        ip(source.address),
        f"{source.level}{'' if source.verified else '?'}",
        source.packets,
        f"{per_s:.1f}",
        source.port_count,
        held,
        source.credentials,
        shown(source.tool, 12) or "–",
        span(max(at - source.last_at, 0.0)),
        " ".join(shown(name) for name in source.techniques),
        wide=wide,
    )
