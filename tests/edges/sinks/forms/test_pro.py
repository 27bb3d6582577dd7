"""The names of Portspoof Pro's public schema, held against what its connector accepts."""

import json
import re
from datetime import datetime

import pytest

from rawspoof.core.event import Scan, ScanDetected, Target
from rawspoof.edges.sinks.forms import pro
from tests.edges.sinks.samples import DETECTED, DST, ENDED, EXAMPLES, SCAN, SRC6, UPDATE

LINE = pro.lines("sensor-1")
PORTS = {"syn_scan", "fin_scan", "null_scan", "xmas_scan", "ack_scan", "udp_port_scan", "full_connect_scan"}
FOUND = {"name": str, "description": str, "confidence": float, "contribution": int, "attributes": dict}


def fields(event) -> dict:
    """The object, after what the connector's own models ask of it."""
    line = LINE(event)
    assert line is not None
    assert b"\n" not in line
    told = json.loads(line)
    assert told["session_id"]
    assert re.fullmatch(r"[0-9a-f.:]{7,}", told["source_ip"])
    assert told["risk_score"] >= 0
    assert 0 <= told["alert_level"] <= 3
    for name in ("session_start_time", "last_activity_time"):
        assert datetime.fromisoformat(told[name]).tzinfo is not None
    assert set(told["full_probed_ports"]) == PORTS
    for found in told["full_detection_chain"]:
        assert all(isinstance(found[name], kind) for name, kind in FOUND.items())
        assert 0 <= found["confidence"] <= 1
        assert found["name"].partition(":")[0] in {"fingerprint", "technique", "behavior", "attack"}
    return told


def test_the_three_events():
    told = [fields(event) for event in (DETECTED, UPDATE, ENDED)]
    names = ["scanner_detected", "scanner_update", "scanner_session_ended"]
    assert [one["last_event_type"] for one in told] == names
    assert [one["session_end_time"] for one in told] == [None, None, "2025-06-01T14:32:07.841203+00:00"]
    assert [one["total_session_duration_secs"] for one in told] == [None, None, 2.0]


@pytest.mark.parametrize("event", [event for event in EXAMPLES if not isinstance(event, Scan)])
def test_there_is_no_other(event):
    assert LINE(event) is None


def test_ports_are_there_by_technique_and_by_target():
    told = fields(DETECTED)
    assert told["full_probed_ports"]["syn_scan"] == list(range(1, 1001))
    assert told["full_probed_ports"]["fin_scan"] == []
    assert told["full_probed_hosts"] == ["192.0.2.1", "2001:db8::7"]
    assert told["ports_per_host"] == {"192.0.2.1": "1-1000", "2001:db8::7": "443"}
    assert (told["total_ports_seen"], told["total_hosts_probed"]) == (1001, 2)


def test_a_long_list_of_ports_ends():
    all_of_them = ScanDetected(**SCAN | {"targets": (Target(DST, 65535, "1-65535,…"),)})
    assert fields(all_of_them)["full_probed_ports"]["syn_scan"] == list(range(1, 1 + pro.PORTS_MAX))


def test_what_was_found_out():
    scan = SCAN | {"techniques": ("connect", "version", "brute-force"), "attack": ("T1110", "T1592.002"), "src": SRC6}
    told = fields(ScanDetected(**scan))
    chain = {found["name"]: found for found in told["full_detection_chain"]}
    assert list(chain) == [
        "fingerprint:nmap", "technique:full_connect_scan", "behavior:version", "attack:brute_force",
    ]  # fmt: skip
    assert chain["fingerprint:nmap"]["confidence"] == 0.9
    assert [found["mitre_ttp"] for found in chain.values()] == [None, None, "T1592.002", "T1110"]
    assert chain["attack:brute_force"]["contribution"] == 300
    assert chain["fingerprint:nmap"]["attributes"]["syn_probe_count"] == 1001
    assert told["full_mitre_ttp_chain"] == ["T1110", "T1592.002"]


def test_nobody_knows_every_tool():
    told = fields(ScanDetected(**SCAN | {"tool": "", "techniques": ()}))
    assert told["full_detection_chain"] == []
