"""What the store knows of a source or of events, in the API's form. Reads what it is given; knows no thread."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from ipaddress import ip_network
from itertools import islice
from pathlib import Path
from typing import Any, Final

from rawspoof.core.event import AnyEvent, Scan, ServiceCredential, ServiceRequest, SessionOpened
from rawspoof.edges.evidence.folder import listed
from rawspoof.edges.sinks.ecs import address as written
from rawspoof.edges.sinks.ecs import document, escaped
from rawspoof.edges.store.queries import Filter, Numbered, Reader
from rawspoof.edges.web.answer import No
from rawspoof.edges.web.geoip import Country
from rawspoof.edges.web.portmap import PortMap, spans
from rawspoof.edges.web.told import told

EVENTS_MAX: Final = 50_000
"""Events of a source that its record is made of, the latest; reading them takes about half a second."""
LISTED_MAX: Final = 200
"""Requests and logins that are told one by one."""
SLICES: Final = 60
"""Parts of a timeline."""
TARGETS_MAX: Final = 64

_NUMBERS: Final = ("packets", "requests", "credentials", "bytes_in", "bytes_out")


def events(reader: Reader, asked: dict[str, Any], observer: str, country: Country) -> dict[str, Any]:
    """A page of events, newest first. Raises No for a source that is none."""
    limit = asked["limit"]
    found = list(islice(_good(reader.events(_filter(asked), newest_first=True)), limit + 1))
    items = [
        told(number, event, country, sensor) | {"event": document(event, sensor or observer)}
        for number, event, sensor in found[:limit]
    ]
    return {"items": items, "next": found[limit - 1].number if len(found) > limit else None}


def record(reader: Reader, address: bytes, evidence: Path | None) -> dict[str, Any]:
    """What the store and the folder of evidence add to what is known of a source at the moment."""
    found = list(islice(reader.events(Filter(src=address), newest_first=True), EVENTS_MAX))
    scans = {one.event.scan: one for one in reversed(found) if isinstance(one.event, Scan)}
    # Of each sensor the latest: on a hub there are several at a time.
    latest = {one.sensor: one for one in scans.values()}
    last = next((one for one in reversed(scans.values())), None)
    return {
        "kinds": _kinds(latest.values()),
        "addresses": [target for one in latest.values() for target in _addresses(one)],
        "timeline": timeline(one.event for one in found),
        "logins": [_login(one) for one in islice(_of(ServiceCredential, found), LISTED_MAX)],
        "asked": [_request(one) for one in islice(_of(ServiceRequest, found), LISTED_MAX)],
        "scans": [scan_told(_scan(one)) | {"sensor": one.sensor} for one in reversed(scans.values())],
        "evidence": files(evidence, written(address)) if evidence else [],
        "latest": _scan(last) if last else None,
    }


def maps(reader: Reader, address: bytes) -> dict[bytes, PortMap]:
    """The ports a source touched, by address of ours, as far as the store tells."""
    found: dict[bytes, PortMap] = {}
    for _, event, _ in islice(reader.events(Filter(src=address), newest_first=True), EVENTS_MAX):
        if isinstance(event, Scan):
            for target in event.targets:
                _map(found, target.address).touch(spans(target.ports))
        elif isinstance(event, SessionOpened | ServiceRequest | ServiceCredential):
            layer = {SessionOpened: "opened", ServiceRequest: "asked", ServiceCredential: "login"}[type(event)]
            _map(found, event.dst).add(event.dport, layer)
    return found


def files(folder: Path, address: str) -> list[dict[str, Any]]:
    """The evidence of a source, by scan."""
    found: dict[str, dict[str, Any]] = {}
    try:
        names = listed(folder)
    except OSError:
        return []
    for name, size in names:
        if name.address == address:
            one = found.setdefault(name.scan, {"scan": name.scan, "files": 0, "bytes": 0, "at": 0.0})
            one["files"] += 1
            one["bytes"] += size
            one["at"] = datetime.strptime(f"{name.stamp}+0000", "%Y%m%dT%H%M%S.%f%z").timestamp()
    return list(found.values())


def timeline(found: Iterable[AnyEvent]) -> list[dict[str, Any]]:
    """How many events and connections there were, in SLICES parts of the time that they took."""
    moments = [(event.at, isinstance(event, SessionOpened)) for event in found]
    if not moments:
        return []
    first, last = min(at for at, _ in moments), max(at for at, _ in moments)
    width = max((last - first) / SLICES, 1.0)
    parts = [{"at": first + n * width, "connections": 0, "events": 0} for n in range(int((last - first) / width) + 1)]
    for at, opened in moments:
        part = parts[min(int((at - first) / width), len(parts) - 1)]
        part["events"] += 1
        part["connections"] += opened
    return parts


def scan_told(scan: Scan) -> dict[str, Any]:
    """A scan as the API tells it."""
    return {
        "scan": scan.scan,
        "first_at": scan.first_at,
        "last_at": scan.last_at,
        "ports": scan.port_count,
        "targets": scan.target_count,
        "connections": scan.opened,
        **{name: getattr(scan, name) for name in _NUMBERS},
        "held_s": scan.held_s,
        "techniques": scan.techniques,
        "tool": scan.tool,
        "confidence": scan.confidence,
        "system": scan.system,
        "risk": scan.risk,
        "level": scan.level,
        "attack": scan.attack,
        "signs": scan.signs,
        "verified": scan.verified,
    }


def _scan(one: Numbered) -> Scan:
    assert isinstance(one.event, Scan)
    return one.event


def _kinds(latest: Iterable[Numbered]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for one in latest:
        total.update(_scan(one).kinds)
    return dict(total)


def _addresses(one: Numbered) -> list[dict[str, Any]]:
    return [
        {"address": written(target.address), "count": target.count, "ports": target.ports, "sensor": one.sensor}
        for target in _scan(one).targets
    ]


def _login(one: Numbered) -> dict[str, Any]:
    event = one.event
    assert isinstance(event, ServiceCredential)
    return {
        "at": event.at,
        "port": event.dport,
        "service": event.service,
        "method": event.method,
        "user": escaped(event.user),
        "secret": escaped(event.secret),
        "sensor": one.sensor,
    }


def _request(one: Numbered) -> dict[str, Any]:
    event = one.event
    assert isinstance(event, ServiceRequest)
    return {
        "at": event.at,
        "port": event.dport,
        "service": event.service,
        "text": escaped(event.data),
        "size": event.size,
        "sensor": one.sensor,
    }


def _of(kind: type, found: Iterable[Numbered]) -> Iterable[Numbered]:
    return (one for one in found if isinstance(one.event, kind))


def _map(found: dict[bytes, PortMap], address: bytes) -> PortMap:
    if address not in found and len(found) >= TARGETS_MAX:
        return PortMap()
    return found.setdefault(address, PortMap())


def _good(found: Iterable[Numbered]) -> Iterable[Numbered]:
    """Those that can be told: a worker that is ill may make others."""
    return (one for one in found if len(one.event.src) in (4, 16) and len(one.event.dst) in (4, 16))


def _filter(asked: dict[str, Any]) -> Filter:
    first, last = _network(asked["source"]) if "source" in asked else (b"", b"")
    return Filter(
        since=asked.get("since", 0.0),
        until=asked.get("until", float("inf")),
        src=first,
        src_last=last,
        port=asked.get("port", 0),
        kinds=tuple(filter(None, asked.get("kind", "").split(","))),
        before=asked.get("before", 0),
        sensor=asked.get("sensor", ""),
    )


def _network(text: str) -> tuple[bytes, bytes]:
    try:
        network = ip_network(text, strict=False)
    except ValueError:
        raise No(400, f"source: expected an address or a network, got {text[:80]!r}") from None
    first, last = network.network_address.packed, network.broadcast_address.packed
    return first, last if last != first else b""
