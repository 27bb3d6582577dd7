"""Started with two capabilities and no root, as by a systemd unit with User=: all works, and the manager is told."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from rawspoof.edges.lab.lab import READY
from rawspoof.edges.lab.namespaces import Lab
from tests.netns.sensors import SECRET, Sensor, gone, open_folder, ruleset, until
from tests.netns.taps import TARGET, greeting

pytestmark = pytest.mark.netns

SERVICE = 64999
"""A user who is nobody else's."""
PACKETS = f"{1 << 12 | 1 << 13:016x}"
NONE = f"{0:016x}"
SETPRIV = (
    *("setpriv", f"--reuid={SERVICE}", f"--regid={SERVICE}", "--clear-groups"),
    *("--inh-caps=-all,+net_admin,+net_raw", "--ambient-caps=+net_admin,+net_raw"),
)


def started(lab: Lab, folder: Path, *args: str, **kwargs: object) -> Sensor:
    state = folder / "state"
    state.mkdir()
    (state / "secret").write_bytes(SECRET)
    (state / "secret").chmod(0o600)
    for path in (folder, state, state / "secret"):
        os.chown(path, SERVICE, SERVICE)
    with (folder / "stderr").open("wb") as stderr:
        argv = [*SETPRIV, sys.executable, "-m", "rawspoof", "run", "--state-dir", str(state), *args]
        return Sensor(lab.run("sensor", argv, stdin=subprocess.DEVNULL, stderr=stderr, **kwargs), folder)


def status(pid: int, *fields: str) -> list[str]:
    said = dict(line.split(":\t", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    return [said[field].split()[0] for field in fields]


def test_two_capabilities_are_enough(lab):
    with open_folder() as folder, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(folder / "notify"))
        os.chmod(folder / "notify", 0o777)
        manager.settimeout(20)
        told = {"NOTIFY_SOCKET": str(folder / "notify"), "WATCHDOG_USEC": "400000"}
        sensor = started(
            lab, folder, "--delivery", "prompt", "--only", "openssh", "--events", f"{folder}/events",
            env=os.environ | told,
        )  # fmt: skip
        first = manager.recv(1024).decode()
        assert first.startswith("READY=1\nSTATUS=every interface but loopback, only openssh, as ")
        assert READY.decode() in sensor.said()
        assert manager.recv(1024) == b"WATCHDOG=1"
        assert greeting(lab, "attacker", TARGET, 4444).startswith(b"SSH-2.0-")
        with lab.inside("attacker"):
            nmap = ["nmap", "-n", "-Pn", "-sS", "-p1-200", "-oG", "-", TARGET]
            scan = subprocess.run(nmap, capture_output=True, text=True, timeout=60, check=True)
        assert scan.stdout.count("/open/") == 200
        until(lambda: '"session.open"' in (folder / "events").read_text(), 5.0)
        pids = [sensor.pid, *sensor.children().values()]
        for name, pid in {"": sensor.pid, **sensor.children()}.items():
            caps = NONE if name == "collec" else PACKETS
            held = status(pid, "Uid", "Gid", "CapEff", "CapPrm", "CapInh", "CapAmb")
            assert held == [str(SERVICE), str(SERVICE), caps, caps, NONE, NONE]
        assert {status(pid, "NoNewPrivs")[0] for pid in sensor.children().values()} == {"1"}
        sensor.process.send_signal(signal.SIGHUP)
        said = iter(lambda: manager.recv(1024).decode().partition("=")[0], None)
        assert [next(word for word in said if word != "WATCHDOG") for _ in range(2)] == ["RELOADING", "READY"]
        # Nothing else: no word about what only root may do.
        ready, reloaded = sensor.said().splitlines()
        assert ready.startswith(READY.decode())
        assert reloaded == "rawspoof: reloaded: nothing changed"
        os.kill(sensor.pid, signal.SIGKILL)
        until(lambda: all(map(gone, pids)) and ruleset(lab) == "", 10.0)


def test_who_has_only_one_of_them_is_told(lab):
    with open_folder() as folder:
        argv = [*SETPRIV[:-2], "--inh-caps=-all,+net_raw", "--ambient-caps=+net_raw", sys.executable, "-m", "rawspoof"]
        process = lab.run("sensor", [*argv, "run", "--state-dir", str(folder)], stderr=subprocess.PIPE, text=True)
        said = process.communicate(timeout=20)[1]
    assert process.returncode == 2
    assert said.startswith("rawspoof: no right to take packets from the kernel: start as root ")
