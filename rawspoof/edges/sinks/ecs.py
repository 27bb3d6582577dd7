"""An event as Elastic Common Schema 9 (https://www.elastic.co/guide/en/ecs), the form of our JSON lines.

Pure: event in, object or bytes out. What has no ECS field is under `rawspoof`. Knows no file and no clock.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from socket import AF_INET, AF_INET6, inet_ntop
from typing import Any, Final, assert_never

import msgspec

from rawspoof.core.event import (
    AnyEvent,
    Block,
    BlockAdded,
    BlockRefused,
    BlockRemoved,
    EvidenceSaved,
    Scan,
    ScanDetected,
    ScanEnded,
    ScanUpdate,
    ServiceCredential,
    ServiceRequest,
    SessionClosed,
    SessionData,
    SessionOpened,
    SynData,
    TlsClientHello,
    TripwireTouched,
)

_BLOCK_TYPES: Final = {BlockAdded: "denied", BlockRemoved: "allowed", BlockRefused: "info"}
_SCAN_TYPES: Final = {ScanDetected: "start", ScanUpdate: "info", ScanEnded: "end"}
ECS_VERSION: Final = "9.0.0"

TEXT_BYTES_MAX: Final = 256
"""Bytes shown as text. Four characters a byte at most make 1024, the longest keyword that Elasticsearch indexes under
ECS's mapping; the hex beside it has all that the event kept."""

_NAMED: Final = {0x5C: "\\\\", 0x09: "\\t", 0x0A: "\\n", 0x0D: "\\r"}
_ESCAPED: Final = [_NAMED.get(b, chr(b) if 0x20 <= b < 0x7F else f"\\x{b:02x}") for b in range(256)]


def lines(observer: str) -> Callable[[AnyEvent], bytes]:
    """A function that makes one line of JSON, its newline included, of each event seen by `observer` (a host name)."""
    encode = msgspec.json.Encoder().encode
    return lambda event: encode(document(event, observer)) + b"\n"


def document(event: AnyEvent, observer: str) -> dict[str, Any]:
    """The event as nested ECS fields; only JSON's types in it, and text only of printable ASCII but for `observer`.

    Raises ValueError, OverflowError or OSError (as datetime does) for an event that no sensor makes: an address not of
    4 or 16 bytes, a time beyond the year 9999.
    """
    kind = str(type(event).__struct_config__.tag)
    fields: dict[str, Any] = {
        "@timestamp": timestamp(event.at).replace("+00:00", "Z"),
        "ecs": {"version": ECS_VERSION},
        "event": {
            "kind": "event",
            "category": ["network", "intrusion_detection"],
            "type": ["connection", "info"],
            "action": kind,
            "module": "rawspoof",
            "dataset": f"rawspoof.{kind.partition('.')[0]}",
        },
        "source": {"ip": address(event.src), "port": event.sport},
        "destination": {"ip": address(event.dst), "port": event.dport},
        "network": {
            "transport": "tcp",
            "type": "ipv4" if len(event.src) == 4 else "ipv6",
            "direction": "inbound",
        },
        "observer": {"name": observer, "product": "rawspoof", "vendor": "rawspoof", "type": "sensor"},
        "rawspoof": {"proven": not isinstance(event, SynData)},
    }
    _detail(event, fields)
    return fields


def _detail(event: AnyEvent, fields: dict[str, Any]) -> None:
    """What only this kind of event has."""
    match event:
        case SessionOpened():
            fields["event"]["type"] = ["connection", "start"]
            fields["rawspoof"]["service"] = event.service
            fields["rawspoof"]["greeting"] = payload(event.greeting, len(event.greeting))
        case SessionData() | SynData():
            fields["source"]["bytes"] = event.size
            fields["rawspoof"]["payload"] = payload(event.data, event.size)
        case SessionClosed():
            fields["event"] |= {"type": ["connection", "end"], "reason": event.reason}
            if event.duration_s >= 0:
                fields["event"]["duration"] = round(event.duration_s * 1e9)
            fields["source"]["bytes"] = event.bytes_in
            fields["destination"]["bytes"] = event.bytes_out
            fields["network"]["bytes"] = event.bytes_in + event.bytes_out
            fields["rawspoof"]["exchanges"] = event.exchanges
        case ServiceRequest():
            fields["source"]["bytes"] = event.size
            fields["rawspoof"] |= {"service": event.service, "request": payload(event.data, event.size)}
        case ServiceCredential():
            fields["event"] |= {"category": ["authentication", "intrusion_detection"], "type": ["start"]}
            fields["event"]["outcome"] = "failure"
            fields["user"] = {"name": escaped(event.user)}
            fields["rawspoof"] |= {
                "service": event.service,
                "method": event.method,
                "user": payload(event.user, len(event.user)),
                "secret": payload(event.secret, len(event.secret)),
            }
        case TlsClientHello():
            fields["tls"] = {"client": {"ja3": event.ja3, "server_name": escaped(event.name)}}
            fields["rawspoof"] |= {
                "ja4": event.ja4,
                "name": payload(event.name, len(event.name)),
                "protocols": [payload(name, len(name)) for name in event.protocols],
            }
        case Scan():
            _scan(event, fields)
        case EvidenceSaved():
            fields["event"]["type"] = ["info"]
            fields["file"] = {"path": event.path, "size": event.bytes, "hash": {"sha256": event.sha256}}
            fields["rawspoof"] |= {"scan": event.scan, "packets": event.packets}
        case TripwireTouched():
            fields["event"] |= {"kind": "alert", "type": ["connection", "denied"]}
            fields["rawspoof"]["service"] = event.service
        case Block():
            _block(event, fields)
        case _:
            assert_never(event)


def _scan(event: Scan, fields: dict[str, Any]) -> None:
    fields["event"] |= {
        "category": ["network", "intrusion_detection"],
        "type": [_SCAN_TYPES[type(event)]],
        "start": timestamp(event.first_at).replace("+00:00", "Z"),
        "end": timestamp(event.last_at).replace("+00:00", "Z"),
        "duration": round((event.last_at - event.first_at) * 1e9),
        "risk_score": event.risk,
        "severity": event.level,
    }
    fields["source"] |= {"bytes": event.bytes_in, "packets": event.packets}
    fields["destination"]["bytes"] = event.bytes_out
    fields["threat"] = {"framework": "MITRE ATT&CK", "technique": {"id": list(event.attack)}}
    fields["rawspoof"] |= {
        "proven": event.verified,
        "scan": event.scan,
        "kinds": event.kinds,
        "targets": [
            {"ip": address(target.address), "count": target.count, "ports": target.ports} for target in event.targets
        ],
        "target_count": event.target_count,
        "port_count": event.port_count,
        "opened": event.opened,
        "requests": event.requests,
        "credentials": event.credentials,
        "held_s": round(event.held_s, 3),
        "techniques": list(event.techniques),
        "tool": event.tool,
        "confidence": event.confidence,
        "system": event.system,
        "signs": list(event.signs),
        "peak": event.peak,
    }


def _block(event: BlockAdded | BlockRemoved | BlockRefused, fields: dict[str, Any]) -> None:
    fields["event"] |= {"type": [_BLOCK_TYPES[type(event)]], "reason": event.reason}
    fields["rawspoof"] |= {
        "proven": event.reason != "operator",
        "how": event.how,
        "seconds": event.seconds,
        "times": event.times,
        "by": event.by,
    }
    if isinstance(event, BlockRemoved):
        fields["rawspoof"]["ended"] = event.ended
    if isinstance(event, BlockRefused):
        fields["rawspoof"]["because"] = event.because


def payload(data: bytes, size: int) -> dict[str, Any]:
    """Bytes for people and for tools: `text` (its beginning, escaped), `hex` (all we kept), `size` (all there was)."""
    return {"text": escaped(data), "hex": data.hex(), "size": size}


def escaped(data: bytes) -> str:
    """The beginning of some bytes as printable ASCII, at most TEXT_BYTES_MAX of them."""
    return "".join([_ESCAPED[b] for b in data[:TEXT_BYTES_MAX]])


def timestamp(at: float) -> str:
    """ISO 8601 in UTC with microseconds and `+00:00`; sorts as text."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="microseconds")


def address(packed: bytes) -> str:
    """An address in the form people write. Raises ValueError unless it is 4 or 16 bytes long."""
    return inet_ntop(AF_INET if len(packed) == 4 else AF_INET6, packed)
