"""`rawspoof doctor --scan` on a machine of its own: what it sees of a sensor, and that nothing is left of it."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from rawspoof.config.model import Config, Sensor
from rawspoof.edges.doctor import nmap, probe, scan
from rawspoof.edges.doctor.finding import Finding, Level
from rawspoof.edges.doctor.verdict import View
from rawspoof.edges.doctor.wire import INTERFACE, ScanError
from rawspoof.edges.lab.namespaces import Lab
from tests.netns.sensors import running, until
from tests.netns.taps import TARGET, TARGET6, call, serving

pytestmark = pytest.mark.netns

PORTS = [7, 21, 22, 80, 8088, 40000]


@pytest.fixture(scope="module")
def town() -> Iterator[Lab]:
    """A machine with a sensor and a real service."""
    with Lab() as lab, serving(lab, "sensor", 8088), running(lab, "--delivery", "prompt", "--only", "openssh"):
        yield lab


def seen(lab: Lab, ports: list[int] | None = None, say=lambda what: None, **sensor) -> View:
    with lab.inside("sensor"):
        return scan.scan(Config(sensor=Sensor(**sensor)), ports or PORTS, say)


def trouble(view: View) -> list[str]:
    return [finding.id for finding in view.findings if finding.level is Level.TROUBLE]


def named(view: View, id_: str) -> Finding:
    return next(finding for finding in view.findings if finding.id == id_)


@pytest.mark.parametrize("tool", ["nmap", "ours"])
def test_an_attacker_sees_the_sensors_services_and_the_real_one(town, tool, monkeypatch):
    if tool == "ours":
        monkeypatch.setattr(nmap, "program", str)
        monkeypatch.setattr(probe, "GREETING_S", 1.0)
    view = seen(town)
    assert set(view.states.values()) == {"open"}
    assert str(view.target) == TARGET
    assert all("SSH" in view.names[port] for port in PORTS if port != 8088), view.names
    assert f"pid {os.getpid()}" in view.real[8088]
    assert trouble(view) == []
    assert named(view, "scan.answered").level is Level.GOOD
    assert named(view, "scan.real").what.startswith("8088 shows the real thing (")
    assert (tool == "nmap") == (view.tool == "nmap")
    assert INTERFACE not in call(town, "sensor", "ip", "-br", "link")


def test_the_address_is_one_that_is_covered(town, monkeypatch):
    monkeypatch.setattr(nmap, "program", str)
    assert str(seen(town, [22], addresses=(TARGET6,)).target) == TARGET6
    with pytest.raises(ScanError, match="is this machine's: correct it"):
        seen(town, [22], addresses=("203.0.113.77",))


def test_a_machine_without_a_sensor_is_told(lab, monkeypatch):
    monkeypatch.setattr(nmap, "program", str)
    monkeypatch.setattr(probe, "GREETING_S", 0.1)
    with serving(lab, "sensor", 8088):
        view = seen(lab)
    assert view.counts == {"closed": 5, "open": 1}
    assert trouble(view) == ["scan.no-sensor"]


def test_a_sensor_on_other_interfaces_is_told_from_one_that_is_not_in_the_way(lab, monkeypatch):
    monkeypatch.setattr(nmap, "program", str)
    monkeypatch.setattr(probe, "GREETING_S", 0.1)
    with running(lab, "--iface", "eth0"):
        assert named(seen(lab, interfaces=("eth0",)), "scan.uncovered").cure.startswith(
            "scan this machine from another"
        )
        assert trouble(seen(lab)) == ["scan.closed"]


def test_a_machine_without_an_address_cannot_be_scanned(lab):
    call(lab, "sensor", "ip", "addr", "flush", "dev", "eth0")
    with pytest.raises(ScanError, match="no address but loopback"):
        seen(lab)


def test_without_root_it_says_so():
    code = "import os, sys; os.setuid(65534); from rawspoof.cli.main import main; sys.exit(main(['doctor', '--scan']))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30)
    assert done.returncode == 1
    assert done.stderr.endswith("namespace of its own: sudo rawspoof doctor --scan\n")
    assert done.stderr.count("\n") == 1


def test_how_far_it_is_is_told_once_it_takes_long(town, monkeypatch):
    monkeypatch.setattr(nmap, "program", str)
    monkeypatch.setattr(probe, "GREETING_S", 0.1)
    monkeypatch.setattr(scan, "QUIET_S", 0.0)
    said: list[str] = []
    seen(town, [22], said.append)
    assert said[0].startswith("1 of 1 ports seen, ")
    assert said[-1].startswith("asking 1 ports who they are, ")


def test_ports_are_real_ones_usual_ones_and_some_from_all_over():
    ports = scan.ports_of(None, {60123: None})
    assert len(ports) == scan.PORTS
    assert {22, 443, 60123} <= set(ports)
    assert max(ports) > 60000 > 1024 > min(ports)
    assert scan.ports_of([5, 3, 5], {}) == [3, 5]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_nothing_is_left_of_a_scan_that_is_ended(town, number):
    argv = [sys.executable, "-m", "rawspoof", "doctor", "--scan", "--ports", "1-40"]
    process = town.run("sensor", argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    until(lambda: INTERFACE in call(town, "sensor", "ip", "-br", "link"), 20)
    process.send_signal(number)
    process.communicate(timeout=10)
    assert process.returncode == 128 + number
    until(lambda: INTERFACE not in call(town, "sensor", "ip", "-br", "link"), 10)
    rules = call(town, "sensor", "nft", "list", "tables")
    assert rules.split() == ["table", "inet", "rawspoof"]
