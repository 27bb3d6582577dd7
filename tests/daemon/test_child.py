"""A child that ends is due for a restart, ever later if it does not live."""

import os
import signal
import time

from rawspoof.daemon.child import RESTART_AFTER_MAX_S, RESTART_AFTER_S, Child
from rawspoof.edges.system import process


def test_how_it_ended_is_said_once_it_has():
    child = Child("somebody")
    child.started(process.fork(lambda: signal.pause() or 0))
    assert child.ended() == ""
    os.kill(child.pid, signal.SIGKILL)
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert child.ended() == "signal 9"
    assert child.ended() == "lost"
    child.started(process.fork(lambda: 3))
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert child.ended() == "status 3"


def test_restarts_are_ever_further_apart():
    child, delays = Child("somebody"), []
    for _ in range(10):
        child.started(1)
        child.died()
        assert child.pid == 0
        delays.append(child.due_at - time.monotonic())
    child.failed()
    assert child.due_at - time.monotonic() > delays[3]
    assert RESTART_AFTER_S < delays[0] < delays[3] < delays[-1] <= RESTART_AFTER_MAX_S
