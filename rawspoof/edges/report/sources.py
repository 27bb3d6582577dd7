"""Scans put together by source: one address is one source, however many workers met it and however often it came.

Pure: reports in, sources out. Knows no store.
"""

from collections.abc import Iterable
from typing import NamedTuple

from rawspoof.core.event import Scan
from rawspoof.edges.report.ports import Spans, count, spans, union


class Source(NamedTuple):
    """What one address did, in all its scans together; the names are those of `event.Scan`."""

    address: bytes
    scans: int
    first_at: float
    last_at: float
    packets: int
    targets: dict[bytes, tuple[int, Spans]]
    """Of addresses of ours that the reports tell: how many ports were touched, and which as far as that is told."""
    untold_targets: int
    """Further addresses of ours, and the ports touched there."""
    untold_ports: int
    opened: int
    verified: bool
    requests: int
    credentials: int
    bytes_in: int
    bytes_out: int
    held_s: float
    techniques: tuple[str, ...]
    tool: str
    confidence: float
    system: str
    risk: int
    level: int
    attack: tuple[str, ...]

    @property
    def port_count(self) -> int:
        """Ports touched, each address of ours by itself."""
        return self.untold_ports + sum(ports for ports, _ in self.targets.values())

    @property
    def target_count(self) -> int:
        """Addresses of ours."""
        return self.untold_targets + len(self.targets)

    @property
    def ports(self) -> Spans:
        """The ports touched, on whatever address."""
        told = [ranges for _, ranges in self.targets.values()]
        return told[0] if len(told) == 1 else union(pair for ranges in told for pair in ranges)


def join(scans: Iterable[Scan]) -> dict[bytes, Source]:
    """The sources of these scans, each of which is told once."""
    sources: dict[bytes, Source] = {}
    for scan in scans:
        one = _single(scan)
        known = sources.get(scan.src)
        sources[scan.src] = one if known is None else _both(known, one)
    return sources


def _single(scan: Scan) -> Source:
    targets = {target.address: (target.count, spans(target.ports)) for target in scan.targets}
    told = sum(ports for ports, _ in targets.values())
    return Source(
        scan.src, 1, scan.first_at, scan.last_at, scan.packets, targets,
        max(scan.target_count - len(targets), 0), max(scan.port_count - told, 0),
        scan.opened, scan.verified, scan.requests, scan.credentials, scan.bytes_in, scan.bytes_out, scan.held_s,
        scan.techniques, scan.tool, scan.confidence, scan.system, scan.risk, scan.level, scan.attack,
    )  # fmt: skip


def _both(one: Source, other: Source) -> Source:
    surer = other if other.confidence > one.confidence else one
    return Source(
        one.address,
        one.scans + other.scans,
        min(one.first_at, other.first_at),
        max(one.last_at, other.last_at),
        one.packets + other.packets,
        _targets(one.targets, other.targets),
        one.untold_targets + other.untold_targets,
        one.untold_ports + other.untold_ports,
        one.opened + other.opened,
        one.verified or other.verified,
        one.requests + other.requests,
        one.credentials + other.credentials,
        one.bytes_in + other.bytes_in,
        one.bytes_out + other.bytes_out,
        one.held_s + other.held_s,
        tuple(dict.fromkeys(one.techniques + other.techniques)),
        surer.tool,
        surer.confidence,
        one.system or other.system,
        max(one.risk, other.risk),
        max(one.level, other.level),
        tuple(sorted({*one.attack, *other.attack})),
    )


def _targets(
    one: dict[bytes, tuple[int, Spans]], other: dict[bytes, tuple[int, Spans]]
) -> dict[bytes, tuple[int, Spans]]:
    """A port that was touched again on the same address counts once, as far as it is told which ports they were."""
    both = dict(one)
    for address, (ports, ranges) in other.items():
        if address in both:
            known, told = both[address]
            together = union((*told, *ranges))
            both[address] = (max(known, ports, count(together)), together)
        else:
            both[address] = (ports, ranges)
    return both
