"""A real command for each event: what it is given, what it is not, and what becomes of one that fails or hangs."""

import json
import os
import select
import sys
import time

import pytest

from rawspoof.edges.block.hook import ENVIRONMENT, Hook
from rawspoof.edges.sinks import ecs
from tests.edges.sinks.samples import BLOCKED, UNBLOCKED

TELLER = """
import json, os, sys
said = {"argv": sys.argv[2:], "env": dict(os.environ), "cwd": os.getcwd(), "fds": os.listdir("/proc/self/fd")}
with open(sys.argv[1], "a") as file:
    file.write(json.dumps(said | {"event": json.loads(sys.stdin.read())}) + "\\n")
"""


def hook(*argv: str, within_s: float = 10.0) -> Hook:
    return Hook(argv, within_s, ecs.lines("sensor-1"))


def test_the_event_comes_on_standard_input_and_nothing_of_ours_with_it(tmp_path, monkeypatch):
    monkeypatch.setenv("RAWSPOOF_SECRET", "x")
    into = tmp_path / "told"
    word = "; touch /tmp/x $(id) `id` %s {0}"
    made = hook(sys.executable, "-c", TELLER, str(into), word)
    made.reopen()
    made.write([BLOCKED, UNBLOCKED])
    made.close()
    told = [json.loads(line) for line in into.read_text().splitlines()]
    assert [one["event"]["event"]["action"] for one in told] == ["block.added", "block.removed"]
    assert told[0]["event"]["source"]["ip"] == "198.51.100.42"
    for one in told:
        # Python adds LC_CTYPE by itself where it is asked to.
        assert {name: value for name, value in one["env"].items() if name != "LC_CTYPE"} == ENVIRONMENT
        assert one["argv"] == [word]
        assert one["cwd"] == "/"
        # Its three, and the one that it lists them with.
        assert len(one["fds"]) == 4
    assert made.failed.count == 0


@pytest.mark.parametrize(
    ("argv", "why"), [(["false"], "status 1"), (["/nowhere/at/all"], "No such file"), (["sh", "-c", "kill $$"], "-15")]
)
def test_a_command_that_fails_is_counted(caplog, argv, why):
    made = hook(*argv)
    made.write([BLOCKED])
    assert made.failed.count == 1
    assert why in caplog.text


def test_a_command_that_hangs_is_killed_with_all_it_started(tmp_path):
    began = time.monotonic()
    made = hook("sh", "-c", f"sleep 60 & echo $! > {tmp_path}/pid; wait", within_s=1.0)
    made.write([BLOCKED])
    assert made.failed.count == 1
    assert time.monotonic() - began < 10
    assert ended(int((tmp_path / "pid").read_text()))


def ended(pid: int) -> bool:
    """Whether a process is gone, or will be in a moment; a zombie is."""
    try:
        watched = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([watched], [], [], 5.0)[0])
    finally:
        os.close(watched)


def test_one_that_does_not_read_is_no_failure():
    made = hook("true")
    made.write([BLOCKED] * 3)
    assert made.failed.count == 0
