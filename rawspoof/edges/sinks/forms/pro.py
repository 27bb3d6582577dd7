"""A scan's report under the names of Portspoof Pro's public event schema, for what was written to read those.

Pure: event in, line out. The schema is that of the vendor's OpenCTI connector (portspoof-opencti-connector); what it
lacks, ports for each target, is added under a name of our own.
"""

from collections.abc import Callable, Iterator
from typing import Any, Final

import msgspec

from rawspoof.core.event import AnyEvent, Scan, ScanDetected, ScanEnded, ScanUpdate, Target
from rawspoof.core.watch.attack import attack
from rawspoof.core.watch.risk import POINTS
from rawspoof.edges.sinks.ecs import address, timestamp

_KINDS: Final = {
    ScanDetected: "scanner_detected",
    ScanUpdate: "scanner_update",
    ScanEnded: "scanner_session_ended",
}
_SCANS: Final = {
    "syn": "syn_scan",
    "fin": "fin_scan",
    "null": "null_scan",
    "xmas": "xmas_scan",
    "ack": "ack_scan",
    "connect": "full_connect_scan",
}
"""Techniques that have a list of ports; the schema's `udp_port_scan` is always empty."""
_ATTACKS: Final = frozenset(("brute-force", "credential", "exploit", "flood"))
_BEHAVIORS: Final = frozenset(("slow", "sweep", "banner", "version", "os", "wordlist", "vulnerability"))

PORTS_MAX: Final = 4096
"""Ports listed one by one; the ranges for each target have them all."""


def lines(observer: str) -> Callable[[AnyEvent], bytes | None]:
    """A function that makes one JSON object, without a line's end, of a scan's report, and None of other events."""
    encode = msgspec.json.Encoder().encode
    return lambda event: encode(document(event, observer)) if isinstance(event, Scan) else None


def document(event: ScanDetected | ScanUpdate | ScanEnded, observer: str) -> dict[str, Any]:
    """The object."""
    ended = isinstance(event, ScanEnded)
    return {
        "last_event_type": _KINDS[type(event)],
        "session_id": event.scan,
        "source_ip": address(event.src),
        "session_start_time": timestamp(event.first_at),
        "last_activity_time": timestamp(event.last_at),
        "session_end_time": timestamp(event.last_at) if ended else None,
        "total_session_duration_secs": round(event.last_at - event.first_at, 3) if ended else None,
        "risk_score": event.risk,
        "alert_level": event.level,
        "total_ports_seen": event.port_count,
        "total_hosts_probed": event.target_count,
        "total_attacker_time_wasted_secs": round(event.held_s, 3),
        "sensor_id": observer,
        "sensor_hostname": observer,
        "full_probed_ports": _probed(event),
        "full_probed_hosts": [address(target.address) for target in event.targets],
        "full_detection_chain": list(_chain(event)),
        "full_mitre_ttp_chain": list(event.attack),
        "service_metrics": {"requests": event.requests, "credentials": event.credentials},
        "connection_profile": {"opened": event.opened, "bytes_in": event.bytes_in, "bytes_out": event.bytes_out},
        "ports_per_host": {address(target.address): target.ports for target in event.targets},
    }


def _probed(event: Scan) -> dict[str, list[int]]:
    """Ports of all targets under each way they were scanned: who scans in two ways mostly has them from the first."""
    ports = sorted({port for target in event.targets for port in _ports(target)})[:PORTS_MAX]
    seen = {_SCANS.get(name) for name in event.techniques}
    return {name: ports if name in seen else [] for name in (*_SCANS.values(), "udp_port_scan")}


def _ports(target: Target) -> Iterator[int]:
    for part in target.ports.split(","):
        first, _, last = part.partition("-")
        if first.isdecimal():
            yield from range(int(first), int(last or first) + 1)


def _chain(event: Scan) -> Iterator[dict[str, Any]]:
    """What was found, each with what it says about the risk; the evidence is the same for all."""
    seconds = event.last_at - event.first_at
    evidence = {
        "connection_count": event.opened,
        "syn_probe_count": event.kinds.get("syn", 0),
        "port_count": event.port_count,
        "destination_host_count": event.target_count,
        "interaction_count": event.requests,
        "bytes_sent": event.bytes_out,
        "session_duration": round(seconds, 3),
        "velocity": round(event.packets / max(seconds, 1.0), 3),
    }
    if event.tool:
        yield _found(f"fingerprint:{event.tool}", f"made by {event.tool}", event.confidence, 0, None, evidence)
    for name in event.techniques:
        ids = {*attack([name], True), *attack([name], False)} & set(event.attack)
        what = "attack" if name in _ATTACKS else "behavior" if name in _BEHAVIORS else "technique"
        told = _SCANS.get(name, name.replace("-", "_"))
        yield _found(f"{what}:{told}", f"seen: {name}", 1.0, POINTS.get(name, 0), min(ids, default=None), evidence)


def _found(
    name: str, description: str, confidence: float, points: int, ttp: str | None, evidence: dict[str, Any]
) -> dict[str, Any]:
    return {
        "name": name,
        "description": description,
        "confidence": confidence,
        "contribution": points,
        "mitre_ttp": ttp,
        "attributes": evidence,
    }
