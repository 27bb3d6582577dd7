"""How a command ends that has something to take down: signals unwind the stack, and none in the middle of a step.

Changes what signals do, and puts that back; knows nothing of what is taken down.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final, NoReturn

ENDED_BY_SIGNAL: Final = 128
"""Added to a signal's number, this is the status by which shells tell of it."""


@contextmanager
def ending_on_sigterm() -> Iterator[None]:
    """SIGTERM unwinds the stack, so that everything is taken down, instead of ending us on the spot."""
    before = signal.signal(signal.SIGTERM, _leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def undisturbed() -> Iterator[None]:
    """SIGINT and SIGTERM wait until this is over.

    Python forgets an exception that comes up in a finalizer, and pyroute2 has many: a Ctrl-C in there would be lost.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _leave(number: int, frame: FrameType | None) -> NoReturn:
    raise SystemExit(ENDED_BY_SIGNAL + number)
