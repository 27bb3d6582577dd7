"""-D: the terminal is back once the sensor answers, or with the line that says why it does not."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from rawspoof.edges.firewall.survey import our_table
from rawspoof.edges.lab.namespaces import Lab
from tests.netns.sensors import SECRET, gone, open_folder, ruleset, until
from tests.netns.taps import TARGET, greeting

pytestmark = pytest.mark.netns


def called(lab: Lab, folder: Path, *args: str) -> "subprocess.CompletedProcess[str]":
    """What comes of `run -D` in that folder, once all who hold its standard output and error have let go."""
    (folder / "secret").write_bytes(SECRET)
    (folder / "secret").chmod(0o600)
    argv = [sys.executable, "-m", "rawspoof", "run", "-D", "--state-dir", ".", "--events", "events", *args]
    with lab.inside("sensor"):
        return subprocess.run(argv, cwd=folder, capture_output=True, text=True, timeout=30)


def test_it_goes_on_in_the_background_without_folder_or_terminal(lab):
    with open_folder() as folder:
        done = called(lab, folder, "--delivery", "prompt", "--only", "openssh")
        assert (done.returncode, done.stdout) == (0, "")
        assert done.stderr.startswith("rawspoof: ready: ")
        assert greeting(lab, "attacker", TARGET, 4444).startswith(b"SSH-2.0-")
        with lab.inside("sensor"):
            _, pid = our_table()
        assert pid is not None
        assert os.getsid(pid) == pid
        assert os.readlink(f"/proc/{pid}/cwd") == "/"
        assert {os.readlink(f"/proc/{pid}/fd/{fd}") for fd in range(3)} == {"/dev/null"}
        # Names are those of the folder it was started in.
        until(lambda: (folder / "events").stat().st_size > 0, 5.0)
        os.kill(pid, 15)
        until(lambda: gone(pid) and ruleset(lab) == "", 5.0)


def test_why_it_does_not_start_is_said_before_the_terminal_is_back(lab):
    with open_folder() as folder:
        done = called(lab, folder, "--iface", "eth7")
        assert (done.returncode, done.stderr) == (
            1, "rawspoof: there is no interface 'eth7'; this machine has eth0\n"
        )  # fmt: skip
        done = called(lab, folder, "--world", "maize")
        assert done.returncode == 2
        assert len(done.stderr.splitlines()) == 1
