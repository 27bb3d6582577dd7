"""Child processes: forked with a clean slate of signals, ended politely and then for sure. Knows not what they do."""

import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterable
from typing import Final

SIGNALS: Final = frozenset({signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD})
"""Signals that the supervisor waits for instead of handling; children get them unblocked."""


def fork(body: Callable[[], int]) -> int:
    """Run `body` in a child, whose exit status it gives; the child's pid. SIGNALS are blocked in us and not in it."""
    signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        for number in SIGNALS:
            signal.signal(number, signal.SIG_DFL)
        # Ctrl-C and a hangup reach every process of a terminal; the supervisor ends us in good order. One that is to
        # open its files again may be told so before it is ready to hear it.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
        status = body()
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def send(pids: Iterable[int], number: int) -> None:
    """Send a signal to each that is still there."""
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue


def await_end(pids: Iterable[int], within_s: float) -> set[int]:
    """Wait for children to end; those that have not within the time."""
    left, until = set(pids), time.monotonic() + within_s
    while left:
        for pid in list(left):
            if _ended(pid):
                left.discard(pid)
        remaining = until - time.monotonic()
        if not left or remaining <= 0:
            break
        signal.sigtimedwait({signal.SIGCHLD}, min(remaining, 0.05))
    return left


def _ended(pid: int) -> bool:
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    except ChildProcessError:
        return True
