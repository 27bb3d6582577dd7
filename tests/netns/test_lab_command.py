"""`rawspoof lab` from its command line, with our own sensor: the command's status, and nothing left behind."""

import os
import signal
import socket
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from rawspoof.edges.lab.namespaces import Lab
from tests.begun import begun
from tests.netns.sensors import until

pytestmark = pytest.mark.netns

MARK = "TEST_OF_RAWSPOOF"


@pytest.fixture
def mark(monkeypatch) -> str:
    """In the environment of whatever is started from here on, so that it is found again."""
    value = uuid.uuid4().hex
    monkeypatch.setenv(MARK, value)
    return value


def marked(value: str) -> list[str]:
    """Command lines of running processes that have it."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if f"{MARK}={value}".encode() in (process / "environ").read_bytes():
                found.append((process / "cmdline").read_text().replace("\0", " "))
        except OSError:
            continue
    return found


def command(*args: str) -> list[str]:
    return [sys.executable, "-m", "rawspoof", "lab", *args]


@pytest.fixture(autouse=True)
def machine() -> Iterator[None]:
    """This thread's own network, so that what others do to the machine's does not show in `system`."""
    with Lab() as both, both.inside("attacker"):
        yield


def system() -> list[str]:
    """Interfaces and rules of the machine that the lab is called on."""
    rules = subprocess.run(["nft", "list", "ruleset"], capture_output=True, text=True, check=True).stdout
    return [*(name for _, name in socket.if_nameindex()), rules]


def test_a_command_is_run_beside_a_sensor_and_nothing_is_left(mark):
    before = system()
    script = "nmap -n -Pn -p 1-100 $RAWSPOOF_TARGET | grep -c ' open '; curl -s http://[$RAWSPOOF_TARGET6]:80/; exit 7"
    only = ("--sensor-arg=--only=nginx", "--sensor-arg=--delivery=prompt")
    done = subprocess.run(command(*only, "--", "sh", "-c", script), capture_output=True, text=True, timeout=30)
    assert done.returncode == 7, done.stderr
    count, _, page = done.stdout.partition("\n")
    assert count == "100"
    assert "</html>" in page
    assert done.stderr.startswith("rawspoof: ready: every interface but loopback, only nginx")
    assert marked(mark) == []
    assert system() == before


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_lab_that_is_ended_takes_all_of_it_along(mark, tmp_path, number):
    before, here = system(), tmp_path / "here"
    # Not of the lab's folder: what SIGKILL leaves of that is for the machine's own sweep.
    argv = command("--", "sh", "-c", f"touch {here}; exec sleep 60")
    with begun(argv, stderr=subprocess.DEVNULL) as process:
        until(here.exists, 20.0)
        assert len(marked(mark)) >= 5
        os.kill(process.pid, number)
        process.wait(10)
    until(lambda: marked(mark) == [], 5.0)
    assert system() == before


def test_what_cannot_start_is_told_in_a_line(mark):
    done = subprocess.run(
        command("--sensor-arg=--iface=eth7", "--", "true"), capture_output=True, text=True, timeout=30
    )
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "rawspoof: there is no interface 'eth7'; this machine has eth0",
        "rawspoof: the sensor ended before it was ready",
    ]
    assert marked(mark) == []
