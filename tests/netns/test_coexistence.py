"""Real services and the host's own connections beside the sensor: they work, and every other port is spoofed."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from subprocess import DEVNULL, PIPE
from threading import Thread

import pytest

from rawspoof.edges.lab.namespaces import Lab, stop
from tests.netns.scanners import nmap, states
from tests.netns.sensors import running, tell, until
from tests.netns.taps import SOURCE, SOURCE6, TARGET, TARGET6, call, greeting

pytestmark = pytest.mark.netns

OPTIONS = ("--delivery", "prompt", "--only", "vsftpd")
SPOOFED = b"220 (vsFTPd"
SSH_PORT, WEB_PORT = 2222, 8080
START_S = 5.0

SSHD = """
Port {port}
HostKey {folder}/host
AuthorizedKeysFile {folder}/client.pub
PidFile none
UsePAM no
StrictModes no
PermitRootLogin yes
"""

NGINX = """
daemon off;
master_process off;
pid {folder}/pid;
error_log stderr;
events {{ }}
http {{
    access_log off;
    client_body_temp_path {folder};
    server {{
        listen {port};
        listen [::]:{port};
        location / {{ return 200 "the real page"; }}
    }}
}}
"""


@pytest.fixture
def lab() -> Iterator[Lab]:
    with Lab() as both, running(both, *OPTIONS):
        yield both


@contextmanager
def sshd(lab: Lab, folder: Path) -> Iterator[None]:
    """Debian's, with keys and a configuration of its own."""
    for name in ("host", "client"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name], check=True)
    (folder / "config").write_text(SSHD.format(port=SSH_PORT, folder=folder))
    # It insists on a folder in /run, which is only there where its service runs.
    script = f"mount -t tmpfs none /run && mkdir /run/sshd && exec /usr/sbin/sshd -D -f {folder}/config"
    server = lab.run("sensor", ["unshare", "-m", "sh", "-c", script])
    try:
        # Not by asking from outside: a handshake begun with us would end in the real one's RST.
        until(lambda: f":{SSH_PORT}" in call(lab, "sensor", "ss", "-tlnH"), START_S)
        yield
    finally:
        stop(server)


@contextmanager
def nginx(lab: Lab, folder: Path) -> Iterator[None]:
    config = folder / "nginx.conf"
    config.write_text(NGINX.format(port=WEB_PORT, folder=folder))
    server = lab.run("sensor", ["nginx", "-p", folder, "-c", config], stderr=DEVNULL)
    try:
        until(lambda: page(lab, "attacker", TARGET, WEB_PORT) == "the real page", START_S)
        yield
    finally:
        stop(server)


@contextmanager
def web(lab: Lab, side) -> Iterator[int]:
    """A web server of Python's; what comes out is its port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"hello")

        def log_message(self, *_: object) -> None:
            """Nothing is logged."""

    with lab.inside(side):
        server = HTTPServer(("0.0.0.0", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()


def page(lab: Lab, side, address: str, port: int) -> str:
    """What curl gets there, "" where that is no page."""
    host = f"[{address}]" if ":" in address else address
    with lab.inside(side):
        return subprocess.run(
            ["curl", "-s", "-m", "5", f"http://{host}:{port}/"], capture_output=True, text=True
        ).stdout


def run_ssh(lab: Lab, folder: Path, command: str) -> str:
    known = f"UserKnownHostsFile={folder}/known"
    options = ["-o", "StrictHostKeyChecking=no", "-o", known, "-o", "BatchMode=yes", "-o", "ConnectTimeout=5"]
    argv = ["ssh", "-F", "none", "-i", f"{folder}/client", "-p", str(SSH_PORT), *options, f"root@{TARGET}", command]
    return call(lab, "attacker", *argv)


def test_a_real_sshd_works_among_spoofed_ports(lab, tmp_path):
    with sshd(lab, tmp_path):
        assert run_ssh(lab, tmp_path, "echo genuine; yes | head -c 300000 | wc -c") == "genuine\n300000\n"
        for port in (SSH_PORT - 1, SSH_PORT + 1, 22):
            assert greeting(lab, "attacker", TARGET, port).startswith(SPOOFED)
        assert states(nmap(lab, "-sS", "-T5", "-p", f"{SSH_PORT - 500}-{SSH_PORT + 500}")) == {"open": 1001}


def test_a_service_started_later_is_real_until_it_stops(lab, tmp_path):
    assert greeting(lab, "attacker", TARGET, WEB_PORT).startswith(SPOOFED)
    with nginx(lab, tmp_path):
        for target in (TARGET, TARGET6):
            assert page(lab, "attacker", target, WEB_PORT) == "the real page"
            assert greeting(lab, "attacker", target, WEB_PORT + 1).startswith(SPOOFED)
    ended = time.monotonic()
    until(lambda: greeting(lab, "attacker", TARGET, WEB_PORT).startswith(SPOOFED), 1.0)
    tell(f"a stopped nginx's port is ours again after {time.monotonic() - ended:.3f} s")


def test_the_hosts_own_connections_work(lab):
    with web(lab, "attacker") as port:
        for _ in range(20):
            assert page(lab, "sensor", SOURCE, port) == "hello"


def test_the_hosts_own_connections_work_over_ipv6_and_carry_much(lab):
    nc = lab.run("attacker", ["nc", "-6", "-N", "-l", "9999"], stdin=PIPE, stdout=PIPE)
    until(lambda: ":9999" in call(lab, "attacker", "ss", "-tlnH"), START_S)
    script = f"head -c 5000000 /dev/zero | nc -6 -N {SOURCE6} 9999"
    there = lab.run("sensor", ["sh", "-c", script], stdout=PIPE)
    assert len(nc.communicate(b"and back", timeout=10)[0]) == 5_000_000
    assert there.communicate(timeout=10)[0] == b"and back"


def test_a_firewall_of_the_hosts_that_knows_connections_does_no_harm(lab):
    # A stateful firewall, as every host has one: it lets in what conntrack knows.
    rules = """
    table inet host {
        chain in {
            type filter hook input priority 0; policy drop;
            ct state established,related accept
            iif lo accept
            meta l4proto { icmp, icmpv6 } accept
        }
    }
    """
    call(lab, "sensor", "nft", "-f", "-", text=rules)
    assert states(nmap(lab, "-sT", "-T5", "-p", "1-200")) == {"open": 200}
    assert greeting(lab, "attacker", TARGET, 4444).startswith(SPOOFED)
    with web(lab, "attacker") as port:
        assert page(lab, "sensor", SOURCE, port) == "hello"
