"""Who dies or hangs is replaced; nobody else notices."""

import os
import signal
import time

import pytest

from rawspoof.edges.lab.lab import READY
from tests.netns.sensors import READY_S, open_folder, running, start, tell, until
from tests.netns.taps import TARGET, attempt, greeting
from tests.netns.test_supervisor import ENDED_S, SSH, load, packets

pytestmark = [pytest.mark.netns, pytest.mark.alone]


def test_a_killed_worker_is_replaced(lab):
    with running(lab, *SSH) as sensor, load(lab):
        until(lambda: packets(lab) > 5000, 5.0)
        before = sensor.children()
        os.kill(before["work0"], signal.SIGKILL)
        killed = time.monotonic()
        until(lambda: sensor.children().get("work0", before["work0"]) != before["work0"], ENDED_S)
        until(lambda: attempt(lab, TARGET, 4444) == "open", ENDED_S)
        tell(f"SIGKILL of the worker: answered again after {time.monotonic() - killed:.2f} s")
        assert greeting(lab, "attacker", TARGET, 4445).startswith(b"SSH-2.0-")
        assert sensor.children()["collec"] == before["collec"]
        assert "worker 0 ended (signal 9), starting it again" in sensor.said()


def test_a_killed_collector_is_replaced(lab, tmp_path):
    events = tmp_path / "events"
    with running(lab, *SSH, "--events", str(events)) as sensor, load(lab):
        until(lambda: packets(lab) > 5000, 5.0)
        before = sensor.children()
        os.kill(before["collec"], signal.SIGKILL)
        until(lambda: sensor.children().get("collec", before["collec"]) != before["collec"], ENDED_S)
        size = events.stat().st_size
        greeting(lab, "attacker", TARGET, 4444)
        until(lambda: events.stat().st_size > size, ENDED_S)
        assert sensor.children()["work0"] == before["work0"]
        assert "the collector ended (signal 9), starting it again" in sensor.said()


IMPATIENT = """
import sys
from rawspoof.cli.main import main
from rawspoof.daemon import beats
beats.SILENT_S = 2.0
sys.exit(main(sys.argv[1:]))
"""
"""A sensor that takes a silence of 2 s for a hang."""


def test_who_hangs_is_replaced(lab):
    with open_folder() as folder:
        sensor = start(lab, folder, *SSH, program=("-c", IMPATIENT))
        until(lambda: READY.decode() in sensor.said(), READY_S)
        before = sensor.children()
        for pid in before.values():
            os.kill(pid, signal.SIGSTOP)
        until(lambda: len(set(sensor.children().items()) - set(before.items())) == 2, 6.0)
        until(lambda: attempt(lab, TARGET, 4444) == "open", ENDED_S)
        sensor.stop()
    said = sensor.said().splitlines()
    for name in ("worker 0", "the collector"):
        assert said.count(f"rawspoof: {name} hangs, ending it") == 1
        assert said.count(f"rawspoof: {name} ended (signal 9), starting it again") == 1
