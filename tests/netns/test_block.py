"""Blocking with a real sensor and real scanners: on proof only, for longer each time, and kept through death."""

import json
import os
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from rawspoof.edges.lab.namespaces import INTERFACE, Lab
from tests.netns.sensors import Sensor, ruleset, running, start, until
from tests.netns.taps import SOURCE, TARGET, attempt, call, greeting, serving
from tests.netns.test_coexistence import SSH_PORT, sshd
from tests.netns.test_firewall import checked

pytestmark = pytest.mark.netns

WITHIN_S = 6.0
OTHER = "198.51.100.3"
"""Another address of the attacker's side."""

BASE = """
[world]
delivery = "prompt"
[events]
file = "{events}"
[block]
enabled = true
ports_min = 20
level_min = 0
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """One that nobody, who is the collector, can reach; pytest's are for their owner alone."""
    with TemporaryDirectory(prefix="rawspoof-test-") as place:
        Path(place).chmod(0o755)
        yield Path(place)


class Case:
    """A configuration, and what came of it."""

    def __init__(self, folder: Path, more: str = "") -> None:
        self.events, self.file = folder / "events", folder / "r.toml"
        # A sensor section of its own comes first; what follows belongs to [block].
        self.file.write_text(BASE.format(events=self.events) + more)

    def told(self, kind: str) -> list[dict[str, Any]]:
        if not self.events.exists():
            return []
        lines = [json.loads(line) for line in self.events.read_text().splitlines()]
        return [line for line in lines if line["event"]["action"] == kind]

    def wait(self, kind: str, count: int = 1) -> list[dict[str, Any]]:
        return until(lambda: told if len(told := self.told(kind)) >= count else None, WITHIN_S)


def scan(lab: Lab, *args: str, ports: str = "4000-4099") -> str:
    return call(lab, "attacker", "nmap", "-n", "-Pn", "--max-retries", "0", "-T4", *args, f"-p{ports}", TARGET)


def block(sensor: Sensor, *argv: str) -> str:
    """What `rawspoof block` prints: outside of the sensor's namespace, for it only needs the folder."""
    command = [sys.executable, "-m", "rawspoof", "block", "--state-dir", str(sensor.folder), *argv]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_connect_scan_gets_its_source_blocked_told_listed_and_fed(lab, folder):
    feeds, hooked = folder / "feeds", folder / "hooked"
    hooked.touch()
    hooked.chmod(0o666)
    hook = f'hook = ["sh", "-c", "cat >> {hooked}"]\n[feeds]\nfolder = "{feeds}"\n'
    case = Case(folder, hook)
    with running(lab, "-c", str(case.file)) as sensor, serving(lab, "sensor", 8088):
        assert attempt(lab, TARGET, 3999) == "open"
        assert greeting(lab, "attacker", TARGET, 8088) == b"genuine"
        scan(lab, "-sT")
        (event,) = case.wait("block.added")
        assert event["source"]["ip"] == SOURCE
        assert event["event"]["reason"] == "ports"
        assert [attempt(lab, TARGET, port, 0.2) for port in (3999, 8088)] == ["silent", "silent"]
        assert f"{SOURCE} timeout 10m" in ruleset(lab)
        assert block(sensor, "list").split()[:4] == [SOURCE, "all", "ports", "1×"]
        until(lambda: (feeds / "blocked.txt").read_text() == f"{SOURCE}\n", WITHIN_S)
        until(lambda: "block.added" in hooked.read_text(), WITHIN_S)
        block(sensor, "remove", SOURCE)
        assert attempt(lab, TARGET, 3999) == "open"
        case.wait("block.removed")
        until(lambda: (feeds / "blocked.txt").read_text() == "", WITHIN_S)


def test_a_person_blocks_and_unblocks_a_running_sensor(lab, folder):
    case = Case(folder)
    with running(lab, "-c", str(case.file)) as sensor:
        block(sensor, "add", SOURCE, "--seconds", "300")
        assert attempt(lab, TARGET, 4000, 0.2) == "silent"
        block(sensor, "add", "2001:db8:51::2")
        assert len(block(sensor, "list").splitlines()) == 2
        assert block(sensor, "flush") == "2 let go\n"
        assert attempt(lab, TARGET, 4000) == "open"
        command = [sys.executable, "-m", "rawspoof", "block", "--state-dir", str(sensor.folder), "add", TARGET]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.stderr == f"rawspoof: {TARGET}: not blocked: it is an address of this machine\n"
    assert [event["event"]["reason"] for event in case.told("block.added")] == ["operator"] * 2


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ('hook = ["no-such"]\n', "block.hook: there is no command 'no-such': write its whole path"),
        ('[feeds]\nfolder = "/proc/no-such/feeds"\n', "feeds.folder: /proc/no-such: No such file or directory"),
    ],
)
def test_a_wrong_setting_is_an_error_at_start(lab, folder, wrong, said):
    sensor = start(lab, folder, "-c", str(Case(folder, wrong).file))
    assert sensor.process.wait(20) == 1
    assert said in sensor.said()
    assert ruleset(lab) == ""


def spoofed(flags: int, count: int) -> None:
    """Segments from as many addresses that nobody has, to ports 1 to 1000."""
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW) as raw:
        for number in range(count):
            pair = bytes([10, number >> 16, number >> 8 & 255, number & 255]) + socket.inet_aton(TARGET)
            header = struct.pack("!HHIIBBHHH", 40000, number % 1000 + 1, number, 7, 0x50, flags, 1024, 0, 0)
            head = struct.pack("!BBHHHBBH", 0x45, 0, 40, number & 0xFFFF, 0, 64, 6, 0) + pair
            raw.sendto(head + checked(header, pair), (TARGET, 0))


def test_nobody_is_blocked_for_what_others_send_in_his_name(lab, folder):
    case = Case(folder, "tripwire_ports = [23]\nconnections_min = 20\nrisk_min = 1\n")
    with running(lab, "-c", str(case.file)) as sensor:
        with lab.inside("attacker"):
            for flags in (0x02, 0x04, 0x10, 0x18, 0x29):
                spoofed(flags, 2000)
        # A real handshake of the one in whose name the next ones come.
        assert attempt(lab, TARGET, 4000) == "open"
        flood = ["hping3", "-q", "-S", "-p", "++1", "-i", "u200", "-c", "1000", "-a", SOURCE, TARGET]
        with lab.inside("attacker"):
            # Its status tells whether answers came, and the kernel had them.
            subprocess.run(flood, capture_output=True)
        scan(lab, "-sS", ports="1-1000")
        case.wait("scan.detected")
        # A sensor that heard of all that hears of this too.
        block(sensor, "add", "192.0.2.77")
        case.wait("block.added")
        assert [event["source"]["ip"] for event in case.told("block.added")] == ["192.0.2.77"]
        assert case.told("tripwire.touched") == []
        assert [line.split()[0] for line in block(sensor, "list").splitlines()] == ["192.0.2.77"]


def test_a_tripwire_is_an_alert_and_each_time_is_twice_as_long(lab, folder):
    case = Case(folder, "tripwire_ports = [23]\nseconds = 1\n")
    with running(lab, "-c", str(case.file)):
        assert attempt(lab, TARGET, 4000) == "open"
        for count in (1, 2):
            assert attempt(lab, TARGET, 23) == "open"
            case.wait("block.added", count)
            assert attempt(lab, TARGET, 4000, 0.1) == "silent"
            case.wait("block.removed", count)
        added = case.told("block.added")
        assert [event["rawspoof"]["seconds"] for event in added] == [1.0, 2.0]
        assert [event["rawspoof"]["times"] for event in added] == [1, 2]
        assert {event["event"]["reason"] for event in added} == {"tripwire"}
        (alert,) = case.told("tripwire.touched")
        assert (alert["event"]["kind"], alert["destination"]["port"]) == ("alert", 23)


def test_whom_never_to_block_is_looked_up_each_time(lab, folder):
    call(lab, "attacker", "ip", "addr", "add", f"{OTHER}/24", "dev", INTERFACE)
    case = Case(folder, f'tripwire_ports = [23]\nnever = ["{OTHER}/32"]\n')
    with running(lab, "-c", str(case.file)), serving(lab, "sensor", 8088):
        with lab.inside("attacker"), socket.create_connection((TARGET, 8088), 1.0):
            assert attempt(lab, TARGET, 23) == "open"
            (refused,) = case.wait("block.refused")
            assert refused["rawspoof"]["because"] == "in a connection with this machine"
            assert greeting(lab, "attacker", TARGET, 8088) == b"genuine"
        with lab.inside("attacker"):
            socket.create_connection((TARGET, 23), 1.0, (OTHER, 0)).close()
        assert case.wait("block.refused", 2)[1]["rawspoof"]["because"] == "listed in block.never"
        assert case.told("block.added") == []


def test_a_gateway_is_never_blocked_nor_an_allowed_scanner(lab, folder):
    call(lab, "sensor", "ip", "route", "add", "default", "via", SOURCE)
    call(lab, "attacker", "ip", "addr", "add", f"{OTHER}/24", "dev", INTERFACE)
    case = Case(folder)
    with running(lab, "-c", str(case.file), "--allow", f"{OTHER}/32"):
        scan(lab, "-sT")
        assert case.wait("block.refused")[0]["rawspoof"]["because"] == "a gateway of this machine"
        # It sees the machine as it is: nothing but closed ports.
        assert "open" not in scan(lab, "-sS", "-S", OTHER, "-e", INTERFACE, ports="4000-4020")
        assert case.told("block.added") == []


def test_a_dry_run_only_tells(lab, folder):
    case = Case(folder, "dry_run = true\n")
    with running(lab, "-c", str(case.file)) as sensor:
        scan(lab, "-sT")
        (would,) = case.wait("block.refused")
        assert (would["rawspoof"]["because"], would["source"]["ip"]) == ("dry run", SOURCE)
        assert attempt(lab, TARGET, 4000) == "open"
        assert block(sensor, "list") == ""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_blocks_outlive_the_sensor_however_it_ends(lab, folder, number):
    case = Case(folder, "tripwire_ports = [23]\n")
    state = folder / "state"
    state.mkdir()
    first = start(lab, state, "-c", str(case.file))
    until(lambda: "ready" in first.said(), 20.0)
    assert attempt(lab, TARGET, 23) == "open"
    case.wait("block.added")
    list_file = state / "blocks" / "list.json"
    until(list_file.exists, WITHIN_S)
    first.ask(number)
    until(lambda: ruleset(lab) == "", WITHIN_S)
    # Nobody runs: the list can still be seen, and changed.
    assert SOURCE in block(Sensor(first.process, state), "list")
    block(Sensor(first.process, state), "add", "192.0.2.77")
    second = start(lab, state, "-c", str(case.file))
    until(lambda: "ready" in second.said(), 20.0)
    try:
        assert attempt(lab, TARGET, 4000, 0.2) == "silent"
        assert all(f"{who} timeout" in ruleset(lab) for who in (SOURCE, "192.0.2.77"))
    finally:
        second.stop()


def test_one_blocked_from_services_is_kept_in_the_maze(lab, folder):
    case = Case(folder, 'kind = "services"\n')
    with running(lab, "-c", str(case.file)), sshd(lab, folder):
        assert greeting(lab, "attacker", TARGET, SSH_PORT).startswith(b"SSH-2.0-OpenSSH")
        scan(lab, "-sT", ports="4000-4060")
        case.wait("block.added")
        assert attempt(lab, TARGET, SSH_PORT, 0.2) == "silent"
        assert [attempt(lab, TARGET, port) for port in (4000, 4001, 9999)] == ["open"] * 3


def test_one_in_the_tarpit_finds_ports_open_and_hears_nothing(lab, folder):
    case = Case(folder, 'kind = "tarpit"\ntripwire_ports = [23]\n')
    with running(lab, "-c", str(case.file), "--only", "vsftpd"):
        assert greeting(lab, "attacker", TARGET, 4000).startswith(b"220")
        assert attempt(lab, TARGET, 23) == "open"
        case.wait("block.added")
        with lab.inside("attacker"), socket.create_connection((TARGET, 4000), 1.0) as held:
            held.settimeout(0.3)
            held.send(b"USER root\r\n")
            with pytest.raises(TimeoutError):
                held.recv(1)


def test_a_collector_that_dies_is_told_of_those_who_are_blocked(lab, folder):
    feeds = folder / "feeds"
    case = Case(folder, f'tripwire_ports = [23]\n[feeds]\nfolder = "{feeds}"\n')
    with running(lab, "-c", str(case.file)) as sensor:
        assert attempt(lab, TARGET, 23) == "open"
        case.wait("block.added")
        until(lambda: (feeds / "blocked.txt").read_text() == f"{SOURCE}\n", WITHIN_S)
        (feeds / "blocked.txt").unlink()
        before = sensor.children()["collec"]
        os.kill(before, signal.SIGKILL)
        until(lambda: (feeds / "blocked.txt").exists(), WITHIN_S)
        assert (feeds / "blocked.txt").read_text() == f"{SOURCE}\n"
        block(sensor, "remove", SOURCE)
        assert attempt(lab, TARGET, 23) == "open"
        case.wait("block.added", 2)
