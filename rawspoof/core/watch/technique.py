"""What a source does, in nmap's words for scans and some of our own. Counts in, names out; it matters not who it is."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from rawspoof.core.watch.kind import KINDS, named
from rawspoof.core.watch.quiet import seen
from rawspoof.core.watch.sample import Sample
from rawspoof.core.watch.source import Source
from rawspoof.core.wire.segment import ACK, ECE, FIN, PSH, RST, SYN, URG

SWEEP_TARGETS: Final = 4
"""Addresses of ours that make a sweep: three may be one machine's and its neighbours'."""
SLOW_S: Final = 14.0
"""Time between ports of a slow scan: nmap's -T1 waits 15 s, -T0 five minutes."""
SLOW_PORTS: Final = 3
SLOW_VISITS: Final = 3
"""Of a source that asks so seldom that it is forgotten in between."""
BRUTE_CREDENTIALS: Final = 5
"""Tries that nobody makes by mistake."""
FLOOD_PER_S: Final = 1000
"""SYNs a second and port that no scanner sends: it asks a port once or twice."""

_SILENT: Final = ("null", "fin", "xmas", "maimon", "ack", "odd")
"""Kinds that are a scan of the same name; `odd` are flags of one's own. -sA and -sW look alike: the difference is what
the scanner reads."""
_SOME: Final = 32
"""More packets of such a kind than OS detection sends in all its tries."""
_ANSWERS: Final = {"syn-ack", "rst"}
_ASKING_WINDOW: Final = (512, 1024)
"""hping3's and nmap's: a SYN-ACK with another is a real server's."""

_OS_PROBES: Final = {
    # nmap, osscan2.cc: flags, window and urgent pointer of its TCP probes.
    (SYN, 1), (SYN, 63), (SYN, 4), (SYN, 16), (SYN, 512), (SYN | ECE | 0x80, 3), (0, 128),
    (SYN | FIN | PSH | URG, 256), (ACK, 1024), (SYN, 31337), (ACK, 32768), (FIN | PSH | URG, 65535),
}  # fmt: skip
_OS_PROBES_MIN: Final = 3


def techniques(source: Source, samples: Sequence[Sample]) -> tuple[str, ...]:
    """Names in the order scans are told of: how it asks, how widely, what for."""
    counts = source.kinds
    kinds = named(counts)
    scans = {KINDS[s.flags & 0xFF] for s in samples if not _os_probe(s)}
    found = [name for name in _SILENT if name in scans or kinds.get(name, 0) > _SOME]
    found += _syns(source, kinds.get("syn", 0), counts.get(RST, 0))
    if kinds and kinds.keys() <= _ANSWERS:
        found.append("idle" if _idle(samples) else "backscatter")
    if source.badsums:
        found.append("badsum")
    if source.twins:
        found.append("decoy")
    if len(source.targets) >= SWEEP_TARGETS:
        found.append("sweep")
    if _slow(source, samples):
        found.append("slow")
    if len({(s.flags & 0xFF, s.wnd) for s in samples if _os_probe(s)}) >= _OS_PROBES_MIN:
        found.append("os")
    if source.closed and not source.bytes_in:
        found.append("banner")
    if source.credentials:
        found.append("brute-force" if source.credentials >= BRUTE_CREDENTIALS else "credential")
    told = [name.removeprefix("!") for name in source.hints or () if name.startswith("!")]
    return tuple(found + sorted(set(told) - set(found)))


def _syns(source: Source, syns: int, resets: int) -> list[str]:
    """What its SYNs are: a connect scan completes handshakes; a SYN scan does not, or its kernel resets our answers."""
    if not syns:
        return []
    seconds = max(source.last_at - source.first_at, 1.0)
    if not source.opened and syns / max(source.new_ports, 1) / seconds > FLOOD_PER_S:
        return ["flood"]
    # A scanner that completes one handshake in ten completes none by mistake: it looks closer where it found something.
    half_open = syns - source.opened
    told = ["connect"] if source.opened else []
    return told + (["syn"] if not source.opened or half_open * 10 > syns * 9 or min(half_open, resets) > 1 else [])


def _idle(samples: Sequence[Sample]) -> bool:
    """Whether somebody asks for our IP identifications, to use us as a zombie: SYN-ACKs that answer nothing. Those of
    a server that was asked in our name, and its resets, are backscatter."""
    return bool(samples) and all(s.wnd in _ASKING_WINDOW and s.flags & SYN for s in samples)


def _os_probe(s: Sample) -> bool:
    return bool(s.options) and (s.flags & 0xFF, s.wnd) in _OS_PROBES


def _slow(source: Source, samples: Sequence[Sample]) -> bool:
    """A port now and then: in this visit, or over the earlier ones. Who asks for one port again is no scanner."""
    if source.visits + 1 >= SLOW_VISITS and len(seen(source)) >= SLOW_PORTS:
        return True
    asked = {(s.dst, s.dport): s.at for s in reversed(samples)}
    if len(asked) < SLOW_PORTS or source.last_at - source.first_at < SLOW_S * (source.new_ports - 1):
        return False
    return min(b - a for a, b in pairwise(sorted(asked.values()))) >= SLOW_S
