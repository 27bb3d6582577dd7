"""Children: a clean slate of signals, a status, a polite end."""

import os
import signal
import time
from collections.abc import Callable, Iterator

import pytest

from rawspoof.edges.system import process

ENDS_S = 5.0


@pytest.fixture(autouse=True)
def _signals_as_before() -> Iterator[None]:
    """`fork` blocks signals in the parent, which here is the test runner."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    yield
    signal.pthread_sigmask(signal.SIG_SETMASK, before)


def status(body: Callable[[], int]) -> int:
    """How a child with this body ended: its exit status, or minus the signal."""
    return os.waitstatus_to_exitcode(os.waitpid(process.fork(body), 0)[1])


def sleeping(ignored: tuple[signal.Signals, ...] = ()) -> int:
    """A child that sleeps until a signal ends it, and has begun to."""
    theirs, ours = os.pipe()

    def body() -> int:
        for number in ignored:
            signal.signal(number, signal.SIG_IGN)
        os.write(ours, b".")
        while True:
            signal.pause()

    pid = process.fork(body)
    assert os.read(theirs, 1) == b"."
    os.close(theirs)
    os.close(ours)
    return pid


def test_a_child_ends_with_what_its_body_gives() -> None:
    assert status(lambda: 7) == 7


def test_a_body_that_breaks_is_a_failure_and_is_shown(capfd: pytest.CaptureFixture[str]) -> None:
    assert status(lambda: 1 // 0) == 1
    assert "ZeroDivisionError" in capfd.readouterr().err


def test_signals_are_blocked_in_us_and_not_in_the_child() -> None:
    def blocked() -> set[signal.Signals]:
        return set(signal.pthread_sigmask(signal.SIG_BLOCK, ()))

    assert status(lambda: len(blocked() & process.SIGNALS)) == 0
    assert blocked() >= process.SIGNALS


def test_a_child_ends_politely_but_not_by_ctrl_c_or_a_hangup() -> None:
    pid = sleeping()
    process.send([pid], signal.SIGINT)
    process.send([pid], signal.SIGHUP)
    assert process.await_end([pid], 0.2) == {pid}
    process.send([pid], signal.SIGTERM)
    assert process.await_end([pid], ENDS_S) == set()


def test_one_that_does_not_listen_is_left_over() -> None:
    pid = sleeping(ignored=(signal.SIGTERM,))
    process.send([pid], signal.SIGTERM)
    assert process.await_end([pid], 0.2) == {pid}
    process.send([pid], signal.SIGKILL)
    assert process.await_end([pid], ENDS_S) == set()


def test_waiting_ends_as_soon_as_they_have() -> None:
    pids = [process.fork(lambda: 0) for _ in range(3)]
    began = time.monotonic()
    assert process.await_end(pids, 60.0) == set()
    assert time.monotonic() - began < ENDS_S


def test_one_that_is_gone_is_neither_waited_for_nor_told() -> None:
    pid = process.fork(lambda: 0)
    os.waitpid(pid, 0)
    process.send([pid], signal.SIGTERM)
    assert process.await_end([pid], 0.0) == set()
