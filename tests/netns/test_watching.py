"""A real scan is in the store while the sensor runs: listed, summed up and watched by the commands that read it."""

import csv
import io
import json
import socket
from pathlib import Path
from xml.etree import ElementTree

import pytest

from rawspoof.cli.main import main
from tests.netns.scanners import nmap
from tests.netns.sensors import running, until
from tests.netns.taps import SOURCE, TARGET

pytestmark = pytest.mark.netns

TOLD_S = 10.0
PORTS = "21,22,80,443,2121,8080"
CONFIG = """
[watch]
idle_s = 60
update_s = 1

[world]
only = "vsftpd"
delivery = "prompt"
"""


def log_in(lab):
    """A password at an FTP server."""
    with lab.inside("attacker"), socket.create_connection((TARGET, 21), TOLD_S) as client:
        for line in (b"", b"USER root\r\n", b"PASS <script>alert(1)</script>\r\n"):
            client.sendall(line)
            assert client.recv(1000)


def test_a_version_scan_is_listed_summed_up_and_watched(lab, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")

    def say(*args):
        assert main([args[0], "--store", str(store), *args[1:]]) == 0
        return capsys.readouterr().out

    def told():
        """Reports in which all is that was done."""
        scans = [json.loads(line)["rawspoof"] for line in say("events", "--kind", "scan", "--json").splitlines()]
        return [scan for scan in scans if scan["credentials"] and scan["opened"] > len(PORTS.split(","))]

    (tmp_path / "r.toml").write_text(CONFIG)
    with running(lab, "-c", str(tmp_path / "r.toml")) as sensor:
        store = Path(sensor.folder) / "store"
        seen = nmap(lab, "-sV", "-T5", "-p", PORTS)
        log_in(lab)
        assert until(told, TOLD_S)[-1]["tool"] == "nmap"
        assert {port.product for port in seen.values()} == {"vsftpd"}

        assert "vsftpd  PASS: user root, secret <script>alert(1)</script>\n" in say("events", "--kind", "service")
        rows = list(csv.DictReader(io.StringIO(say("events", "--csv", "--source", f"{SOURCE}/32", "--proven"))))
        assert {row["source_ip"] for row in rows} == {SOURCE}
        assert set(PORTS.split(",")) <= {row["target_port"] for row in rows if row["kind"] == "session.open"}

        screen = say("top").splitlines()
        assert "1 scans now" in screen[0]
        assert screen[4].split()[0] == SOURCE
        assert "nmap" in screen[4]

        text = say("report")
        assert f"\n  {SOURCE}" in text
        page = say("report", "--html")
        ElementTree.fromstring(page.partition("\n")[2])
        assert f"<td>{SOURCE}</td>" in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
        assert "<script" not in page
        assert f"| {SOURCE} |" in say("report", "--markdown")
        sensor.stop()
        # The sensor is gone, what it kept is not.
        assert say("report", "--html").count(SOURCE) == page.count(SOURCE)
