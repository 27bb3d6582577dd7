"""OCSF 1.3, held against what the schema requires and knows (ocsf-schema, events/ and objects/)."""

import json

import pytest
from hypothesis import given

from rawspoof.core.event import Scan, ScanEnded, SessionClosed
from rawspoof.edges.sinks.forms import ocsf
from tests.edges.sinks.samples import (
    AT,
    CLOSED,
    CREDENTIAL,
    DATA,
    DETECTED,
    DST,
    ENDED,
    EXAMPLES,
    HELLO,
    OPENED,
    SCAN,
    SRC,
    SYN,
    UPDATE,
)

from .hostile import events, told

LINE = ocsf.lines("sensor-1")

BASE = {
    "activity_id!", "activity_name", "category_uid!", "class_uid!", "message", "metadata!", "severity_id!",
    "status_detail", "status_id", "time!", "type_uid!", "unmapped", "start_time", "end_time",
}  # fmt: skip
CLASSES = {
    4001: BASE | {"src_endpoint", "dst_endpoint!", "connection_info", "traffic", "tls", "ja4_fingerprint_list"},
    3002: BASE | {
        "user!", "service", "auth_protocol", "auth_protocol_id", "logon_type_id", "is_remote", "src_endpoint",
        "dst_endpoint",
    },
    2004: BASE | {"finding_info!", "evidences", "risk_score", "risk_level_id", "confidence_score", "is_alert"},
}  # fmt: skip
"""Attributes a class may have; `!` marks those it must have."""
OBJECTS = {
    "metadata": {"version!", "product!", "event_code", "loggers"},
    "product": {"name!", "vendor_name!", "version"},
    "loggers": {"name!", "uid", "log_name", "log_provider", "product"},
    "src_endpoint": {"ip!", "port"},
    "dst_endpoint": {"ip!", "port"},
    "connection_info": {"direction_id!", "protocol_num", "protocol_name", "protocol_ver_id"},
    "traffic": {"bytes", "bytes_in", "bytes_out"},
    "tls": {"version!", "sni", "ja3_hash"},
    "ja3_hash": {"algorithm_id!", "value!"},
    "ja4_fingerprint_list": {"type_id!", "value!"},
    "user": {"name!"},
    "service": {"name!"},
    "finding_info": {"uid!", "title!", "types", "first_seen_time", "last_seen_time", "attacks"},
    "attacks": {"technique", "sub_technique", "version"},
    "technique": {"uid!", "name"},
    "sub_technique": {"uid!"},
    "evidences": {"src_endpoint", "dst_endpoint", "connection_info"},
}
ACTIVITIES = {4001: {1, 2, 3, 4, 6, 99}, 3002: {1}, 2004: {1, 2, 3}}


def checked(fields: dict, known: set[str]) -> None:
    """Nothing, if an object has what it must have and nothing it may not have, all the way down."""
    assert {name.rstrip("!") for name in known if name.endswith("!")} <= set(fields)
    for name, value in fields.items():
        assert name in known or f"{name}!" in known, name
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, dict) and name != "unmapped":
                checked(part, OBJECTS[name])


def fields(event) -> dict:
    """The object, after the schema's questions."""
    line = LINE(event)
    assert b"\n" not in line
    document = json.loads(line)
    uid, activity = document["class_uid"], document["activity_id"]
    checked(document, CLASSES[uid])
    assert activity in ACTIVITIES[uid]
    assert activity != 99 or document["activity_name"]
    assert document["type_uid"] == uid * 100 + activity
    assert document["category_uid"] == {4001: 4, 3002: 3, 2004: 2}[uid]
    assert document["severity_id"] in {1, 2, 3, 4, 5}
    assert document["metadata"]["version"] == "1.3.0"
    return document


@pytest.mark.parametrize("event", EXAMPLES)
def test_every_kind_is_of_a_class(event):
    document = fields(event)
    assert document["time"] == 1748788327841
    assert document["metadata"]["event_code"] == str(type(event).__struct_config__.tag)
    assert document["class_uid"] == (2004 if isinstance(event, Scan) else 3002 if event is CREDENTIAL else 4001)


def test_a_connection():
    assert [fields(event)["activity_id"] for event in (OPENED, DATA, CLOSED, SYN, HELLO)] == [1, 6, 2, 6, 6]
    opened = fields(OPENED)
    assert opened["src_endpoint"] == {"ip": "198.51.100.42", "port": 54312}
    assert opened["dst_endpoint"] == {"ip": "192.0.2.1", "port": 443}
    assert opened["connection_info"]["direction_id"] == 1
    assert fields(SYN)["connection_info"]["protocol_ver_id"] == 6
    assert fields(CLOSED)["traffic"] == {"bytes": 28004, "bytes_in": 7001, "bytes_out": 21003}


@pytest.mark.parametrize(("reason", "activity"), [("peer-rst", 3), ("gave-up", 4), ("done", 2)])
def test_how_a_connection_ended(reason, activity):
    document = fields(SessionClosed(AT, SRC, 1, DST, 2, reason, 0, 0, 1.0))
    assert (document["activity_id"], document["status_detail"]) == (activity, reason)


def test_a_handshake():
    document = fields(HELLO)
    assert document["tls"]["version"] == "1.3"
    assert document["tls"]["sni"] == "www.example"
    assert document["ja4_fingerprint_list"] == [{"type_id": 1, "value": HELLO.ja4}]


def test_a_login_fails():
    document = fields(CREDENTIAL)
    assert (document["status_id"], document["user"]["name"]) == (2, "root\\x1b[2J")
    assert document["unmapped"]["secret"] == "123456\\xff"


def test_a_scan_is_a_finding_that_is_made_goes_on_and_ends():
    one, two, three = (fields(event) for event in (DETECTED, UPDATE, ENDED))
    assert [finding["activity_id"] for finding in (one, two, three)] == [1, 2, 3]
    assert [finding["is_alert"] for finding in (one, two, three)] == [True, False, False]
    assert {finding["finding_info"]["uid"] for finding in (one, two, three)} == {"0123456789abcdef"}
    assert one["finding_info"]["title"] == "Scan of 1001 ports by nmap from 198.51.100.42"
    assert one["finding_info"]["attacks"] == [
        {
            "technique": {"uid": "T1595", "name": "Active Scanning"},
            "sub_technique": {"uid": "T1595.001"},
            "version": "15",
        }
    ]
    assert (one["end_time"] - one["start_time"], one["risk_score"], one["confidence_score"]) == (2000, 250, 90)


@pytest.mark.parametrize(("level", "wanted"), [(0, (1, 0)), (1, (3, 2)), (2, (4, 3)), (3, (5, 4))])
def test_levels(level, wanted):
    document = fields(ScanEnded(**SCAN | {"level": level, "tool": "", "attack": ("T1046", "T9999")}))
    assert (document["severity_id"], document["risk_level_id"]) == wanted
    assert [attack["technique"]["name"] for attack in document["finding_info"]["attacks"]] == [
        "Network Service Discovery", "T9999",
    ]  # fmt: skip


@given(events())
def test_one_line_whatever_is_in_it(event):
    document = fields(event)
    for name in ("user", "secret", "data", "greeting", "name"):
        assert told(document["unmapped"].get(name, "")) == getattr(event, name, b"")[:256]
