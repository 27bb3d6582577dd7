"""Findings as text, short unless all is asked for, and as JSON."""

import json
from datetime import UTC, datetime
from ipaddress import ip_address

from rawspoof.edges.doctor.finding import advice, good, trouble
from rawspoof.edges.doctor.host import host
from rawspoof.edges.doctor.told import as_json, as_text
from rawspoof.edges.doctor.verdict import View
from rawspoof.edges.system.links import links

FINDINGS = [
    good("foundations.rights", "rights are here"),
    advice("network.mtu", "it rains", "take a coat"),
    trouble("network.down", "it pours"),
    good("firewall.running", "no sensor is running now"),
]
VIEW = View(
    ip_address("203.0.113.5"),
    ip_address("198.18.0.2"),
    "nmap",
    {22: "open", 23: "open", 24: "closed"},
    {22: "ssh OpenSSH", 23: ""},
    {22: "sshd, pid 3"},
    0.0031,
    9.0,
)


def test_what_is_fine_is_a_number():
    assert as_text(FINDINGS, None, all_=False) == (
        "Network\n"
        "  advice  it rains\n"
        "          → take a coat\n"
        "  trouble it pours\n"
        "2 checks are fine (-v tells them); no sensor is running now\n"
    )


def test_all_of_it_where_that_is_asked_for():
    told = as_text(FINDINGS[:1], None, all_=True)
    assert told == "Foundations\n  ok      rights are here\n1 check is fine\n"


def test_the_view_comes_first():
    first, counts, ssh, silent, looked, named, sensor, empty, *_ = as_text(FINDINGS, VIEW, all_=False).split("\n")
    assert first == "What 198.18.0.2 sees of 203.0.113.5, with nmap:"
    assert counts == "  2 open, 1 closed, 0 filtered of 3 ports asked"
    assert ssh == "     22  ssh OpenSSH  real: sshd, pid 3"
    assert silent == "     23  (says nothing)"
    assert looked == "  all 65,535 ports would take about 68 s to see which are open"
    assert named == "  and up to 4 hours more to name those"
    assert "reports this as a scan from 198.18.0.2" in sensor
    assert empty == ""


def test_the_document_has_what_the_docstring_says():
    at = datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC)
    said = json.loads(as_json(FINDINGS, VIEW, host(links()), at))
    assert list(said) == ["schema", "at", "rawspoof", "fit", "host", "findings", "scan"]
    assert (said["schema"], said["at"], said["fit"]) == (1, "2025-01-02T03:04:05+00:00", False)
    names = {name for key in (*said["host"], *said["scan"], *said["findings"][0]) for name in [key]}
    assert all(f"`{name}`" in (as_json.__doc__ or "") for name in names | {"kind", "up", "mtu", "addresses"})
    assert {"name", "kind", "up", "mtu", "addresses"} == set(said["host"]["interfaces"][0])
    assert said["findings"][1] == {
        "id": "network.mtu",
        "group": "network",
        "level": "advice",
        "what": "it rains",
        "cure": "take a coat",
    }
    assert (said["scan"]["open"], said["scan"]["ports"]["closed"]) == ([22, 23], 1)
    assert said["scan"]["real"] == {"22": "sshd, pid 3"}


def test_without_a_scan_there_is_none():
    said = json.loads(as_json(FINDINGS[:1], None, host([]), datetime.now(UTC)))
    assert (said["scan"], said["fit"]) == (None, True)
