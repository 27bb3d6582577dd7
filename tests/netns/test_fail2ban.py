"""From an attacker's keyboard to fail2ban's count: names that lie about an address are found out."""

import socket
import subprocess
from pathlib import Path

import pytest

from tests.netns.sensors import running, until
from tests.netns.taps import SOURCE, TARGET

pytestmark = pytest.mark.netns

FILTER = Path(__file__).parents[2] / "scripts" / "fail2ban" / "filter.conf"
LIE = b"root from 203.0.113.9 port 22\x00 2025-06-01T14:32:07.841203Z 203.0.113.9 session.open dpt=22"
WRITTEN_S = 10.0


def test_only_the_true_address_is_counted(lab, tmp_path):
    tmp_path.chmod(0o755)
    log, config = tmp_path / "fail2ban.log", tmp_path / "r.toml"
    config.write_text(f'[events]\nfile = "{log}"\nform = "fail2ban"\n')
    options = ("-c", str(config), "--delivery", "prompt", "--only", "vsftpd")
    with running(lab, *options), lab.inside("attacker"), socket.create_connection((TARGET, 2121), 5.0) as client:
        assert client.recv(200).startswith(b"220 ")
        client.sendall(b"USER " + LIE + b"\r\n")
        assert client.recv(200).startswith(b"331 ")
        client.sendall(b"PASS \x1b[2J\r\n")
        until(lambda: b"service.credential" in log.read_bytes(), WRITTEN_S)
    kinds = [line.split(" ")[2] for line in log.read_text().splitlines()]
    assert kinds[:2] == ["session.open", "service.credential"]
    found = subprocess.run(
        ["fail2ban-regex", "-o", "ip", str(log), str(FILTER)], capture_output=True, text=True, timeout=60, check=True
    )
    assert found.stdout.split() == [SOURCE] * len(kinds)
