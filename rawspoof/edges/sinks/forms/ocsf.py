"""An event as Open Cybersecurity Schema Framework 1.3 (https://schema.ocsf.io), one JSON object.

Pure: event in, line out. Connections are Network Activity (4001), logins Authentication (3002), reports of scans
Detection Finding (2004). All that a kind of event has is under `unmapped` too, by our names.
"""

from collections.abc import Callable
from typing import Any, Final

import msgspec

from rawspoof import __version__
from rawspoof.core.event import (
    AnyEvent,
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
)
from rawspoof.edges.sinks.ecs import address, escaped
from rawspoof.edges.sinks.forms.facts import facts, kind, plain, severity, title

OCSF_VERSION: Final = "1.3.0"
ATTACK_VERSION: Final = "15"
_TECHNIQUES: Final = {
    "T1018": "Remote System Discovery",
    "T1046": "Network Service Discovery",
    "T1110": "Brute Force",
    "T1190": "Exploit Public-Facing Application",
    "T1210": "Exploitation of Remote Services",
    "T1592": "Gather Victim Host Information",
    "T1595": "Active Scanning",
}
PRODUCT: Final = {"name": "rawspoof", "vendor_name": "rawspoof", "version": __version__}

INFORMATIONAL, MEDIUM, HIGH, CRITICAL = 1, 3, 4, 5
_SEVERITIES: Final = {3: INFORMATIONAL, 5: MEDIUM, 6: MEDIUM, 8: HIGH, 10: CRITICAL}
"""By CEF's number; risk levels are one less."""

OPEN, CLOSE, RESET, FAIL, TRAFFIC, OTHER = 1, 2, 3, 4, 6, 99
_ENDS: Final = {"peer-rst": RESET, "gave-up": FAIL}
CREATE, UPDATE, END = 1, 2, 3


def lines(observer: str) -> Callable[[AnyEvent], bytes]:
    """A function that makes one JSON object, without a line's end, of each event seen by `observer` (a host name)."""
    encode = msgspec.json.Encoder().encode
    return lambda event: encode(document(event, observer))


def document(event: AnyEvent, observer: str) -> dict[str, Any]:
    """The object: what all classes share, then what is the class's own. Times are milliseconds since the epoch."""
    special = _special(event)
    class_uid, activity = special.pop("class_uid"), special.pop("activity_id")
    return {
        "class_uid": class_uid,
        "category_uid": class_uid // 1000,
        "activity_id": activity,
        "type_uid": class_uid * 100 + activity,
        "severity_id": _SEVERITIES[severity(event)],
        "time": _moment(event.at),
        "message": title(event),
        "metadata": {
            "version": OCSF_VERSION,
            "product": PRODUCT,
            "event_code": kind(event),
            "loggers": [_logger(observer)],
        },
        "unmapped": facts(event),
        **special,
    }


def _logger(observer: str) -> dict[str, Any]:
    return {"name": observer, "uid": observer, "log_name": "rawspoof", "log_provider": "rawspoof", "product": PRODUCT}


def _special(event: AnyEvent) -> dict[str, Any]:
    match event:
        case Scan():
            return _finding(event)
        case ServiceCredential():
            return _login(event)
        case SessionClosed():
            activity, traffic = _ENDS.get(event.reason, CLOSE), _traffic(event.bytes_in, event.bytes_out)
            return _activity(event, activity) | traffic | {"status_detail": plain(event.reason)}
        case TlsClientHello():
            return _activity(event, TRAFFIC) | _tls(event)
        case SessionData() | SynData() | ServiceRequest():
            return _activity(event, TRAFFIC) | _traffic(event.size, 0)
        case SessionOpened():
            return _activity(event, OPEN)
    return _activity(event, OTHER)


def _activity(event: AnyEvent, activity: int) -> dict[str, Any]:
    name = {"activity_name": title(event)} if activity == OTHER else {}
    return {"class_uid": 4001, "activity_id": activity, **name, **_ends(event)}


def _ends(event: AnyEvent) -> dict[str, Any]:
    return {
        "src_endpoint": {"ip": address(event.src), "port": event.sport},
        "dst_endpoint": {"ip": address(event.dst), "port": event.dport},
        "connection_info": {
            "direction_id": 1,
            "protocol_num": 6,
            "protocol_name": "tcp",
            "protocol_ver_id": 4 if len(event.src) == 4 else 6,
        },
    }


def _traffic(bytes_in: int, bytes_out: int) -> dict[str, Any]:
    return {"traffic": {"bytes": bytes_in + bytes_out, "bytes_in": bytes_in, "bytes_out": bytes_out}}


def _tls(event: TlsClientHello) -> dict[str, Any]:
    version = f"{event.ja4[1:2]}.{event.ja4[2:3]}"
    tls = {"version": version, "sni": escaped(event.name), "ja3_hash": {"algorithm_id": 1, "value": event.ja3}}
    return {"tls": tls, "ja4_fingerprint_list": [{"type_id": 1, "value": event.ja4}]}


def _login(event: ServiceCredential) -> dict[str, Any]:
    ends = _ends(event)
    del ends["connection_info"]
    return {
        "class_uid": 3002,
        "activity_id": 1,
        "status_id": 2,
        "user": {"name": escaped(event.user)},
        "service": {"name": plain(event.service)},
        "auth_protocol_id": 99,
        "auth_protocol": plain(event.method),
        "logon_type_id": 3,
        "is_remote": True,
        **ends,
    }


def _finding(event: ScanDetected | ScanUpdate | ScanEnded) -> dict[str, Any]:
    first, last = _moment(event.first_at), _moment(event.last_at)
    activity = {ScanDetected: CREATE, ScanUpdate: UPDATE}.get(type(event), END)
    made_by = f" by {event.tool}" if event.tool else ""
    return {
        "class_uid": 2004,
        "activity_id": activity,
        "start_time": first,
        "end_time": last,
        "risk_score": event.risk,
        "risk_level_id": _SEVERITIES[severity(event)] - 1,
        "confidence_score": round(event.confidence * 100),
        "is_alert": activity == CREATE,
        "finding_info": {
            "uid": event.scan,
            "title": f"Scan of {event.port_count} ports{made_by} from {address(event.src)}",
            "types": list(event.techniques),
            "first_seen_time": first,
            "last_seen_time": last,
            "attacks": [_attack(name) for name in event.attack],
        },
        "evidences": [_ends(event)],
    }


def _attack(name: str) -> dict[str, Any]:
    """A technique; one with a dot in its name is part of another."""
    whole, dot, _ = name.partition(".")
    part = {"sub_technique": {"uid": name}} if dot else {}
    technique = {"uid": whole, "name": _TECHNIQUES.get(whole, whole)}
    return {"technique": technique, **part, "version": ATTACK_VERSION}


def _moment(at: float) -> int:
    return round(at * 1000)
