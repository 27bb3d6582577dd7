"""Real tools, replayed from their captures through a whole sensor: each is told by its name and by what it did."""

from contextlib import chdir
from pathlib import Path
from typing import Final

import pytest

from rawspoof import assembly
from rawspoof.config.load import load
from rawspoof.core.event import AnyEvent, ScanDetected, ScanEnded, ScanUpdate
from rawspoof.edges.link.pcap import PcapLink
from rawspoof.edges.system import personalities, secret
from rawspoof.loop import serve
from tests.captures.record import COMMANDS
from tests.peers import templates

HOME: Final = Path(__file__).parents[1] / "captures"


@pytest.fixture(scope="module")
def parts():
    with chdir(HOME):
        config = load("config.toml")
        return assembly.parts(config, secret.load(config), personalities.faces(config, look=False))


def reports(parts, name):
    """All reports of a capture, until long after its end."""
    mind = assembly.sensor(parts, {family: templates(family) for family in parts.faces})
    told: list[AnyEvent] = []

    def complain(error: Exception, raw: bytes | None) -> None:
        raise error

    serve(PcapLink(str(HOME / f"{name}.pcap")), mind, told.extend, complain)
    while (due := mind.next_deadline()) is not None:
        told += mind.on_time(due).events
    return [event for event in told if isinstance(event, ScanDetected | ScanUpdate | ScanEnded)]


MASK, XOR, UNASKED = (
    "one mask in all numbers", "identification is made of address, port and number",
    "window 512, an acknowledgement without its flag",
)  # fmt: skip
SQLMAP: Final = {"SQL injection", "path traversal", "cross-site scripting"}
"""It asks so to see whether a firewall minds."""
CASES: Final[dict[str, tuple[str, str, str, set[str]]]] = {
    "nmap-syn": ("nmap", "", "syn", {MASK}),
    "nmap-syn-one": ("nmap", "", "syn", {"window 1024, MSS 1460 and nothing else"}),
    "nmap-syn-ipv6": ("nmap", "", "syn", {MASK}),
    # connect() is the system's: who calls it is told by what it says, if it says anything.
    "nmap-connect": ("", "linux", "connect banner", set()),
    "nmap-fin": ("nmap", "", "fin", {MASK}),
    "nmap-null": ("nmap", "", "null", {MASK}),
    "nmap-xmas": ("nmap", "", "xmas", {MASK}),
    "nmap-maimon": ("nmap", "", "maimon", {MASK}),
    "nmap-ack": ("nmap", "", "ack", {MASK}),
    "nmap-window": ("nmap", "", "ack", {MASK}),
    "nmap-own-flags": ("nmap", "", "odd", {MASK}),
    "nmap-idle": ("nmap", "", "idle", {"SYN-ACKs to a zombie"}),
    "nmap-badsum": ("nmap", "", "syn badsum", {MASK}),
    "nmap-ttl-port-data": ("nmap", "", "syn", {MASK}),
    # Five minutes between two packets: three visits, of which each seems to be all.
    "nmap-T0": ("nmap", "", "syn slow", {"window 1024, MSS 1460 and nothing else"}),
    "nmap-T1": ("nmap", "", "syn slow", {MASK, "-T1"}),
    "nmap-T2": ("nmap", "", "syn", {MASK, "-T2"}),
    "nmap-T4": ("nmap", "", "syn", {MASK}),
    "nmap-T5": ("nmap", "", "syn", {MASK}),
    "nmap-os": ("nmap", "", "syn os", {"options of an OS probe"}),
    "nmap-version": ("nmap", "", "connect version", {"GetRequest", "script"}),
    "nmap-everything": (
        "nmap", "", "connect syn os version vulnerability", {"GetRequest", "script", "secrets in the web root"},
    ),
    "masscan": ("masscan", "", "syn", {XOR}),
    "masscan-ttl": ("masscan", "", "syn", {XOR}),
    "zmap": ("zmap", "", "syn", {"identification 54321"}),
    "hping3-syn": ("hping3", "", "syn", {UNASKED}),
    "hping3-scan": ("hping3", "", "syn", {UNASKED}),
    "hping3-fin": ("hping3", "", "fin", {UNASKED}),
    "hping3-null": ("hping3", "", "null", {UNASKED}),
    "hping3-xmas": ("hping3", "", "xmas", {UNASKED}),
    "hping3-ack": ("hping3", "", "ack", {"window 512, source ports count"}),
    # A kernel that refuses what was asked in its name sends the same.
    "hping3-rst": ("", "", "backscatter", set()),
    "hydra-http": ("hydra", "linux", "connect", set()),
    "gobuster": ("gobuster", "linux", "connect wordlist", set()),
    "ffuf": ("ffuf", "linux", "connect wordlist", set()),
    "wfuzz": ("wfuzz", "linux", "connect wordlist", set()),
    "sqlmap": ("sqlmap", "linux", "connect exploit vulnerability", SQLMAP),
    "whatweb": ("whatweb", "linux", "connect version", set()),
    # dirb calls itself Internet Explorer 6.
    "dirb": ("", "linux", "connect", set()),
    "curl": ("", "linux", "connect", set()),
    "curl-exploits": (
        "", "linux", "connect exploit",
        {"Log4Shell", "path traversal", "Shellshock", "PHPUnit", "PHP code", "SQL injection"},
    ),
    "wget": ("", "linux", "connect", set()),
    "nc": ("", "linux", "connect banner", set()),
    "ssh": ("", "linux", "connect", set()),
    "telnet-by-hand": ("", "linux", "connect version", {"GetRequest"}),
}  # fmt: skip
"""Tool, system, techniques and signs that are told of the attacker's address in the end, by capture."""
DECOYS: Final = {"nmap-decoys": {2, 7, 8, 9}, "nmap-decoys-one-port": {2, 7}}
"""Last octets of the addresses that asked, one of them the scanner's."""


@pytest.mark.parametrize("name", CASES)
def test_a_tool_is_told_by_its_name_and_by_what_it_did(parts, name):
    told = reports(parts, name)
    assert len({event.src for event in told}) == 1
    assert isinstance(told[0], ScanDetected)
    assert isinstance(told[-1], ScanEnded)
    tool, system, techniques, signs = CASES[name]
    last = told[-1]
    assert (last.tool, last.system, last.techniques) == (tool, system, tuple(techniques.split()))
    assert set(last.signs) == signs
    # What was said before was less, never something else.
    assert {event.tool for event in told} <= {tool, ""}
    assert last.verified == ("connect" in last.techniques)


@pytest.mark.parametrize("name", DECOYS)
def test_decoys_are_told_of_all_addresses_and_prove_none(parts, name):
    told = reports(parts, name)
    assert {event.src[-1] for event in told} == DECOYS[name]
    for event in told:
        assert (event.tool, event.techniques, event.verified) == ("nmap", ("syn", "decoy"), False)


def test_every_capture_is_replayed():
    assert {file.stem for file in HOME.glob("*.pcap")} == {*CASES, *DECOYS}


def test_every_capture_tells_how_it_was_made():
    assert set(COMMANDS) == {*CASES, *DECOYS}
