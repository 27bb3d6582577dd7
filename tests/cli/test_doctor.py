"""`rawspoof doctor`: what is fine as a number, the rest in full; JSON; a scan on request; and the exit status."""

import json
from ipaddress import ip_address

import pytest

from rawspoof.cli.main import main
from rawspoof.edges.doctor import doctor, scan
from rawspoof.edges.doctor.finding import advice, good, trouble
from rawspoof.edges.doctor.verdict import View
from rawspoof.edges.doctor.wire import ScanError

FINE, RAIN = good("network.sky", "all is well"), advice("network.rain", "it rains", "take a coat")
TROUBLE = trouble("foundations.kernel", "no kernel", "get one")


@pytest.fixture
def examined(monkeypatch):
    """Has the doctor find what it is told to find; what it was asked for is kept."""
    asked: list[tuple] = []

    def replace(*findings):
        monkeypatch.setattr(doctor, "examine", lambda *args: asked.append(args) or list(findings))
        return asked

    return replace


@pytest.fixture
def scanned(monkeypatch):
    """Has a scan see one open port; the ports asked for are kept."""
    asked: list[list[int] | None] = []
    seen = View(ip_address("203.0.113.5"), ip_address("198.18.0.2"), "nmap", {22: "open"}, {22: "ssh"}, {}, 1.0, 1.0)
    seen = seen._replace(findings=[trouble("scan.closed", "nobody answers", "start it")])
    monkeypatch.setattr(scan, "scan", lambda config, ports: asked.append(ports) or seen)
    return asked


def test_each_finding_is_a_line_and_each_cure_the_next(examined, capsys):
    examined(FINE, RAIN)
    assert main(["doctor"]) == 0
    fine = "1 check is fine (-v tells them)\n"
    assert capsys.readouterr().out == f"Network\n  advice  it rains\n          → take a coat\n{fine}"


def test_all_is_told_with_v(examined, capsys):
    examined(FINE)
    assert main(["doctor", "-v"]) == 0
    assert capsys.readouterr().out == "Network\n  ok      all is well\n1 check is fine\n"


def test_trouble_is_status_1(examined):
    examined(FINE, TROUBLE)
    assert main(["doctor"]) == 1
    assert main(["doctor", "--json"]) == 1


def test_the_configuration_is_that_which_run_would_have(examined, tmp_path):
    file = tmp_path / "r.toml"
    file.write_text("[sensor]\nqueue = 7\n")
    asked = examined()
    assert main(["doctor", "-c", str(file), "--workers", "3", "--connect"]) == 0
    ((config, path, connect),) = asked
    assert (config.sensor.queue, config.sensor.workers, path, connect) == (7, 3, str(file), True)


def test_json_is_one_document(examined, capsys):
    examined(RAIN)
    assert main(["doctor", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["schema"], said["fit"], said["scan"]) == (1, True, None)
    assert said["findings"][0]["id"] == "network.rain"


def test_a_scan_adds_what_it_found(examined, scanned, capsys):
    examined(FINE)
    assert main(["doctor", "--scan", "--ports", "20-22", "--ports", "80"]) == 1
    assert scanned == [[20, 21, 22, 80]]
    assert "trouble nobody answers" in capsys.readouterr().out
    assert main(["doctor", "--scan", "--json"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert said["scan"]["open"] == [22]
    assert said["findings"][-1]["id"] == "scan.closed"


def test_a_scan_that_cannot_be_is_a_line(examined, monkeypatch, capsys):
    def refused(config, ports):
        raise ScanError("no network is free")

    examined(FINE)
    monkeypatch.setattr(scan, "scan", refused)
    assert main(["doctor", "--scan"]) == 1
    assert capsys.readouterr().err == "rawspoof: no network is free\n"
