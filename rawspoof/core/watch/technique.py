"""What a source does, in nmap's words for scans and some of our own. Counts in, names out; it matters not who it is."""

from collections.abc import Sequence
from typing import Final

from rawspoof.core.watch.kind import named
from rawspoof.core.watch.sample import Sample
from rawspoof.core.watch.source import Source
from rawspoof.core.wire.segment import ACK, ECE, FIN, PSH, SYN, URG

SWEEP_TARGETS: Final = 4
"""Addresses of ours that make a sweep: three may be one machine's and its neighbours'."""
SLOW_S: Final = 15.0
"""Mean time between packets of a slow scan: nmap's -T1 waits that long, -T0 five minutes."""
SLOW_PACKETS: Final = 3
BRUTE_CREDENTIALS: Final = 5
"""Tries that nobody makes by mistake."""
FLOOD_PER_S: Final = 1000
"""SYNs a second and port that no scanner sends: it asks a port once or twice."""

_SILENT: Final = ("null", "fin", "xmas", "maimon", "ack")
"""Kinds that are a scan of the same name. -sA and -sW look alike: the difference is what the scanner reads."""

_OS_PROBES: Final = {
    # nmap, osscan2.cc: flags, window and urgent pointer of its TCP probes.
    (SYN, 1), (SYN, 63), (SYN, 4), (SYN, 16), (SYN, 512), (SYN | ECE | 0x80, 3), (0, 128),
    (SYN | FIN | PSH | URG, 256), (ACK, 1024), (SYN, 31337), (ACK, 32768), (FIN | PSH | URG, 65535),
}  # fmt: skip
_OS_PROBES_MIN: Final = 3


def techniques(source: Source, samples: Sequence[Sample]) -> tuple[str, ...]:
    """Names in the order scans are told of: how it asks, how widely, what for."""
    kinds = named(source.kinds)
    found = [name for name in _SILENT if kinds.get(name)]
    found += _syns(source, kinds)
    if kinds.get("syn-ack", 0) > 1:
        found.append("idle")
    if source.badsums:
        found.append("badsum")
    if len(source.targets) >= SWEEP_TARGETS:
        found.append("sweep")
    if _slow(source):
        found.append("slow")
    if len({(s.flags & 0xFF, s.wnd) for s in samples if s.options} & _OS_PROBES) >= _OS_PROBES_MIN:
        found.append("os")
    if source.closed and not source.bytes_in:
        found.append("banner")
    if source.credentials >= BRUTE_CREDENTIALS:
        found.append("brute-force")
    told = [name.removeprefix("!") for name in source.hints or () if name.startswith("!")]
    return tuple(found + sorted(set(told) - set(found)))


def _syns(source: Source, kinds: dict[str, int]) -> list[str]:
    """What its SYNs are: a connect scan completes handshakes, a SYN scan does not."""
    syns = kinds.get("syn", 0)
    if not syns:
        return []
    seconds = max(source.last_at - source.first_at, 1.0)
    if not source.opened and syns / max(source.new_ports, 1) / seconds > FLOOD_PER_S:
        return ["flood"]
    # A scanner that completes one handshake in ten completes none by mistake: it looks closer where it found something.
    half_open = syns - source.opened
    return (["connect"] if source.opened else []) + (["syn"] if half_open * 10 > syns * 9 or not source.opened else [])


def _slow(source: Source) -> bool:
    """A packet now and then, in this visit or over the earlier ones."""
    if source.visits >= SLOW_PACKETS and source.new_ports <= SLOW_PACKETS:
        return True
    return source.packets >= SLOW_PACKETS and (source.last_at - source.first_at) / source.packets >= SLOW_S
