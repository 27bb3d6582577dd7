"""An event in the few words that lists of events have. Whatever attackers said in it is escaped, and short."""

from typing import Any, Final

from rawspoof.core.event import (
    AnyEvent,
    Block,
    BlockAdded,
    BlockRefused,
    BlockRemoved,
    EvidenceSaved,
    Scan,
    ServiceCredential,
    ServiceRequest,
    SessionClosed,
    SessionData,
    SessionOpened,
    SynData,
    TlsClientHello,
    TripwireTouched,
)
from rawspoof.edges.sinks.chosen import kind, level
from rawspoof.edges.sinks.ecs import address, escaped
from rawspoof.edges.web.geoip import Country

WORDS_BYTES_MAX: Final = 120
"""Bytes of one thing that an attacker said."""


def told(number: int, event: AnyEvent, country: Country, sensor: str = "") -> dict[str, Any]:
    """An event as the API lists it, `sensor` being who told a hub. Raises ValueError for what is no address."""
    return {
        "number": number,
        "at": event.at,
        "kind": kind(event),
        "level": level(event),
        "source": address(event.src),
        "source_port": event.sport,
        "target": address(event.dst),
        "port": event.dport,
        "country": country(event.src),
        "text": text(event),
        "sensor": sensor,
    }


def text(event: AnyEvent) -> str:
    """What happened, in one line."""
    match event:
        case SessionOpened():
            return f"{event.service or 'silent'}, greeted with {len(event.greeting)} bytes"
        case SessionData() | SynData():
            return f"{event.size} bytes: {_short(event.data)}"
        case SessionClosed():
            lasted = f" after {event.duration_s:.1f} s" if event.duration_s >= 0 else ""
            return f"{event.reason}{lasted}, {event.bytes_in} bytes in, {event.bytes_out} out"
        case ServiceRequest():
            return f"{event.service}: {_short(event.data)}"
        case ServiceCredential():
            return f"{event.service} {event.method}: {_short(event.user)} / {_short(event.secret)}"
        case TlsClientHello():
            return f"{_short(event.name) or 'no name'}, {event.ja4}"
        case Scan():
            return _scan(event)
        case TripwireTouched():
            return f"tripwire, {event.service or 'silent'}"
        case BlockRemoved():
            return f"no longer blocked: {event.ended}"
        case BlockRefused():
            return f"not blocked for {event.reason}: {event.because}"
        case Block():
            whose = f", as {event.by} does" if isinstance(event, BlockAdded) and event.by else ""
            return f"blocked ({event.how}) for {event.reason}, {event.seconds:.0f} s, time {event.times}{whose}"
        case EvidenceSaved():
            return f"{event.packets} packets, {event.bytes} bytes"
    return ""


def _scan(scan: Scan) -> str:
    who = f"{scan.tool} ({scan.confidence:.0%})" if scan.tool else "unknown tool"
    what = f"{scan.port_count} ports on {scan.target_count} addresses"
    return ", ".join(filter(None, (who, what, " ".join(scan.techniques), f"risk {scan.risk}")))


def _short(data: bytes) -> str:
    shown = escaped(data[:WORDS_BYTES_MAX])
    return f"{shown}…" if len(data) > WORDS_BYTES_MAX else shown
