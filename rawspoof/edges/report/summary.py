"""What happened in a time, added up: sources, ports, tools, techniques, credentials, hours. Pure; reads no store."""

from collections import Counter
from collections.abc import Iterable, Mapping
from heapq import nlargest
from itertools import accumulate
from typing import Final, NamedTuple, TypeVar

from rawspoof.core.event import Scan, ServiceCredential
from rawspoof.edges.report.ports import PORT_MAX
from rawspoof.edges.report.sources import Source, join

TOP: Final = 20
"""Lines of each list."""
TRIED_MAX: Final = 50_000
"""Pairs of user and secret counted at a time; beyond, the rarer half goes, and what stays is counted too low."""

Key = TypeVar("Key", str, bytes, tuple[bytes, bytes])


class Found(NamedTuple):
    """What was read for a report."""

    scans: Iterable[Scan]
    """The last report of each scan, whole; those that began earlier too."""
    tried: Iterable[ServiceCredential]
    connections: Mapping[int, int]
    """Completed handshakes by our port."""
    hours: Mapping[tuple[int, str], int]
    """Events by hour (of its start, seconds since the epoch) and kind."""


class Tried(NamedTuple):
    """Credentials: each list has the most frequent first."""

    times: int
    pairs: list[tuple[tuple[bytes, bytes], int]]
    users: list[tuple[bytes, int]]
    secrets: list[tuple[bytes, int]]


class Summary(NamedTuple):
    """A report's content."""

    since: float
    until: float
    """Seconds since the epoch."""
    sources: list[Source]
    """The riskiest."""
    source_count: int
    proven_count: int
    scans: int
    packets: int
    connections: int
    events: int
    bytes_in: int
    bytes_out: int
    held_s: float
    """How long connections lasted that are over, all together: the time that was wasted."""
    ports: list[tuple[int, int, int]]
    """Port, sources that touched it, connections to it."""
    tools: list[tuple[str, int]]
    techniques: list[tuple[str, int]]
    attack: list[tuple[str, int]]
    """Names and how many sources they were told of."""
    tried: Tried
    hours: dict[tuple[int, str], int]


def summarise(found: Found, since: float, until: float, top: int = TOP) -> Summary:
    """The summary of this time."""
    sources = join(found.scans).values()
    return Summary(
        since=since,
        until=until,
        sources=nlargest(top, sources, key=lambda source: (source.risk, source.packets)),
        source_count=len(sources),
        proven_count=sum(source.verified for source in sources),
        scans=sum(source.scans for source in sources),
        packets=sum(source.packets for source in sources),
        connections=sum(found.connections.values()),
        events=sum(found.hours.values()),
        bytes_in=sum(source.bytes_in for source in sources),
        bytes_out=sum(source.bytes_out for source in sources),
        held_s=sum(source.held_s for source in sources),
        ports=_ports(sources, found.connections, top),
        tools=_most((source.tool for source in sources if source.tool), top),
        techniques=_most((name for source in sources for name in source.techniques), top),
        attack=_most((name for source in sources for name in source.attack), top),
        tried=_tried(found.tried, top),
        hours=dict(found.hours),
    )


def _most(names: Iterable[str], top: int) -> list[tuple[str, int]]:
    return _first(Counter(names), top)


def _first(counts: Mapping[Key, int], top: int) -> list[tuple[Key, int]]:
    """By count, then by name: the same store gives the same report."""
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:top]


def _ports(sources: Iterable[Source], connections: Mapping[int, int], top: int) -> list[tuple[int, int, int]]:
    # Where a range begins one source more touches each port, behind its end one fewer.
    steps = [0] * (PORT_MAX + 2)
    for source in sources:
        for first, last in source.ports:
            steps[first] += 1
            steps[last + 1] -= 1
    touched = list(accumulate(steps))
    ports = {port for port in range(PORT_MAX + 1) if touched[port]} | {p for p in connections if 0 <= p <= PORT_MAX}
    rows = [(port, touched[port], connections.get(port, 0)) for port in ports]
    return sorted(rows, key=lambda row: (-row[1], -row[2], row[0]))[:top]


def _tried(tried: Iterable[ServiceCredential], top: int) -> Tried:
    pairs: Counter[tuple[bytes, bytes]] = Counter()
    users: Counter[bytes] = Counter()
    secrets: Counter[bytes] = Counter()
    times = 0
    for event in tried:
        times += 1
        _add(pairs, (event.user, event.secret))
        _add(users, event.user)
        _add(secrets, event.secret)
    return Tried(times, _first(pairs, top), _first(users, top), _first(secrets, top))


def _add(counts: Counter[Key], key: Key) -> None:
    counts[key] += 1
    if len(counts) > TRIED_MAX:
        for rare, _ in counts.most_common()[TRIED_MAX // 2 :]:
            del counts[rare]
