"""The daemon's life and death: signals, processes that die; nothing is ever left behind."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from subprocess import DEVNULL

import pytest

from rawspoof.edges.lab.namespaces import Lab
from tests.netns.sensors import Sensor, gone, ruleset, running, table_is_there, tell, until
from tests.netns.taps import TARGET, attempt

pytestmark = [pytest.mark.netns, pytest.mark.alone]

SSH = ("--delivery", "prompt", "--only", "openssh")
ENDED_S = 2.0


@contextmanager
def load(lab: Lab) -> Iterator[None]:
    """Somebody scans, without end."""
    scan = lab.run("attacker", ["nmap", "-n", "-Pn", "-sS", "-T5", "-p-", "-oN", "/dev/null", TARGET], stdout=DEVNULL)
    try:
        yield
    finally:
        scan.kill()
        scan.wait()


def packets(lab: Lab) -> int:
    """How many packets our queue rule has seen."""
    (line,) = (line for line in ruleset(lab).splitlines() if "to rawspoof" in line)
    return int(line.split("packets ")[1].split()[0])


def family(sensor: Sensor) -> list[int]:
    return [sensor.pid, *sensor.children().values()]


def test_killing_the_supervisor_ends_everything(lab):
    with running(lab) as sensor, load(lab):
        until(lambda: packets(lab) > 5000, 5.0)
        pids = family(sensor)
        assert len(pids) == 3
        sensor.ask(signal.SIGKILL)
        killed = time.monotonic()
        until(lambda: ruleset(lab) == "", ENDED_S)
        until(lambda: all(map(gone, pids)), ENDED_S)
        tell(f"SIGKILL of the supervisor: all gone after {time.monotonic() - killed:.2f} s")
        assert attempt(lab, TARGET, 4444) == "refused"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_polite_end_is_quick_even_under_load(lab, number):
    with running(lab, start_new_session=True) as sensor, load(lab):
        until(lambda: packets(lab) > 5000, 5.0)
        pids, asked = family(sensor), time.monotonic()
        # Ctrl-C reaches every process of the terminal.
        os.killpg(sensor.pid, number) if number is signal.SIGINT else sensor.process.send_signal(number)
        assert sensor.process.wait(ENDED_S) == 0
        tell(f"{number.name}: ended after {time.monotonic() - asked:.2f} s")
        assert ruleset(lab) == ""
        assert all(map(gone, pids))


def test_the_rules_go_first(lab):
    with running(lab) as sensor:
        worker = sensor.children()["work0"]
        os.kill(worker, signal.SIGSTOP)
        sensor.process.send_signal(signal.SIGTERM)
        # The supervisor waits for a worker that does not hear it; by then nothing is sent to that any more.
        until(lambda: not table_is_there(lab), 0.5)
        assert sensor.process.poll() is None
        assert sensor.process.wait(ENDED_S) == 0
        assert gone(worker)
