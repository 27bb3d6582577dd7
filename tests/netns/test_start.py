"""Starts that fail: one line says why, and nothing is left behind."""

import sys
from pathlib import Path

import pytest

from rawspoof.daemon.start import NO_RIGHT
from rawspoof.edges.lab.namespaces import Lab
from rawspoof.edges.system.privileges import CAP_NET_ADMIN, CAP_NET_RAW
from tests.netns.sensors import ruleset, running, start
from tests.netns.taps import TARGET, greeting, tapped

pytestmark = [pytest.mark.netns, pytest.mark.alone]

SSH = ("--delivery", "prompt", "--only", "openssh")


def refused(lab: Lab, folder: Path, *args: str, status: int = 1) -> str:
    """What a sensor that does not start says: one line, after it has left nothing behind.

    It ends with 1 where another time may be better, with 2 where it would be the same.
    """
    sensor = start(lab, folder, *args)
    assert sensor.process.wait(20) == status
    (line,) = sensor.said().splitlines()
    return line


def test_an_unknown_interface_is_named(lab, tmp_path):
    assert refused(lab, tmp_path, "--iface", "eth7") == (
        "rawspoof: there is no interface 'eth7'; this machine has eth0"
    )
    assert ruleset(lab) == ""


def test_a_second_daemon_is_told_of_the_first(lab, tmp_path):
    with running(lab, *SSH) as sensor:
        line = refused(lab, tmp_path)
        assert line.startswith("rawspoof: queue 0 cannot be had")
        assert "another rawspoof runs" in line
        line = refused(lab, tmp_path, "--queue", "7")
        assert line.startswith("rawspoof: another rawspoof")
        assert f"{sensor.pid}" in line
        assert line.endswith("holds table inet rawspoof: stop it first")
        assert greeting(lab, "attacker", TARGET, 4444).startswith(b"SSH-2.0-")


def test_a_taken_queue_is_named(lab, tmp_path):
    with tapped(lab, 7):
        line = refused(lab, tmp_path, "--queue", "7")
    assert line.startswith("rawspoof: queue 7 cannot be had")
    assert line.endswith("--queue takes another")
    assert ruleset(lab) == ""


@pytest.mark.parametrize("option", ["--events", "-l"])
def test_a_file_that_cannot_be_written_is_named(lab, tmp_path, option):
    line = refused(lab, tmp_path, option, f"{tmp_path}/no/file")
    assert line == f"rawspoof: {tmp_path}/no/file: No such file or directory: name a file that can be written"
    assert ruleset(lab) == ""


def test_an_unknown_user_is_named(lab, tmp_path):
    config = tmp_path / "config.toml"
    config.write_text('[sensor]\nuser = "no-such-user"\n')
    line = refused(lab, tmp_path, "-c", str(config), status=2)
    assert line == "rawspoof: there is no user 'no-such-user': name one in sensor.user"
    assert ruleset(lab) == ""


LESS = """
import os, sys
from rawspoof import daemon
from rawspoof.cli.main import main
from rawspoof.edges.system import privileges
held = {{number for number in range(41) if privileges.held(number)}}
{lose}
sys.exit(main(["run"]))
"""
"""A sensor that has lost something of what root has; by then its modules are loaded, for nobody else may read them."""


@pytest.mark.parametrize(
    "lose",
    [
        "os.setresuid(65534, 65534, 65534)",
        f"privileges.limit(held - {{{CAP_NET_ADMIN}}})",
        f"privileges.limit(held - {{{CAP_NET_RAW}}})",
    ],
)
def test_who_may_not_is_told_so(lab, tmp_path, lose):
    with (tmp_path / "said").open("wb") as said:
        process = lab.run("sensor", [sys.executable, "-c", LESS.format(lose=lose)], stderr=said)
    assert process.wait(20) == 2
    assert (tmp_path / "said").read_text() == f"rawspoof: {NO_RIGHT}\n"
    assert ruleset(lab) == ""
