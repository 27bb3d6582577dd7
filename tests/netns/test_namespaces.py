"""The lab's two sides: they hear each other, and nothing of them stays."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rawspoof.edges.lab.namespaces import ADDRESSES, Lab, stop
from tests.netns.taps import call, greeting, serving

pytestmark = pytest.mark.netns

HELD = """
import sys
from rawspoof.edges.lab.namespaces import Lab
with Lab() as lab:
    sleeper = lab.run("sensor", ["sleep", "60"])
    print(sleeper.pid, flush=True)
    sys.stdin.read()
"""


def gone(pid: int) -> bool:
    """Whether a process that is no child of ours ends within a second."""
    for _ in range(100):
        state = Path(f"/proc/{pid}/stat")
        if not state.exists() or state.read_text().rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.01)
    return False


@pytest.mark.parametrize("family", [0, 1])
def test_each_side_reaches_the_other_at_once(family):
    for side, other in (("sensor", "attacker"), ("attacker", "sensor")):
        with Lab() as lab, serving(lab, other, 7):
            assert greeting(lab, side, ADDRESSES[other][family], 7) == b"genuine"


def test_the_sides_have_loopback_and_one_wire_and_no_way_out(lab):
    for side in ADDRESSES:
        with lab.inside(side):
            assert [name for _, name in socket.if_nameindex()] == ["lo", "eth0"]
        routes = call(lab, side, "ip", "route")
        assert routes.split()[:3] == ["198.51.100.0/24", "dev", "eth0"]
        assert "default" not in routes


def test_two_labs_do_not_meet(lab):
    with Lab() as other, serving(other, "sensor", 7), pytest.raises(OSError, match="refused"):
        greeting(lab, "attacker", ADDRESSES["sensor"][0], 7)


def test_nothing_stays_open_after_an_error():
    before, started = os.listdir("/proc/self/fd"), []

    def fail() -> None:
        with Lab() as lab:
            started.append(lab.run("sensor", ["sleep", "60"]))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert [process.returncode for process in started] == [-signal.SIGTERM]
    assert os.listdir("/proc/self/fd") == before


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_what_runs_in_it_ends_with_us_whatever_ends_us(number):
    holder = subprocess.Popen([sys.executable, "-c", HELD], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with holder:
        sleeper = int(holder.stdout.readline())
        holder.send_signal(number)
    assert gone(sleeper)


def test_a_process_that_will_not_end_is_killed(monkeypatch):
    monkeypatch.setattr("rawspoof.edges.lab.namespaces.STOP_S", 0.2)
    deaf = subprocess.Popen(["sh", "-c", "trap '' TERM; echo; while :; do sleep 0.05; done"], stdout=subprocess.PIPE)
    with deaf:
        deaf.stdout.readline()
        assert stop(deaf) == -signal.SIGKILL
    assert stop(deaf) == -signal.SIGKILL


def test_without_root_it_says_so():
    code = "import os; os.setuid(65534); from rawspoof.edges.lab.namespaces import Lab; Lab().__enter__()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "network namespaces need root" in done.stderr
