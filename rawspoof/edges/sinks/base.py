"""What a sink is, and how trouble is counted in this room. Knows no file, no socket, no format."""

import logging
from collections.abc import Sequence
from typing import Protocol

from rawspoof.core.event import AnyEvent

log = logging.getLogger(__name__)


class Sink(Protocol):
    """A place where events end. Called from one thread, its lane's; a place that is away is one that raises."""

    name: str
    """How the operator's log calls it."""

    def write(self, batch: Sequence[AnyEvent], first: int = 0) -> None:
        """Write these events, the first of which has this number; the others follow without a gap.

        Any exception means that the batch was not taken: it comes again, the same, until it is.
        """

    def reopen(self) -> None:
        """Open the place anew (SIGHUP: a log was rotated); where that is not allowed, go on with the old one."""

    def close(self) -> None:
        """Let go of the place. Nothing is written after it."""


class Forgotten(OSError):
    """The far end has lost events that it had taken (a server that died without writing them down)."""

    def __init__(self, after: int) -> None:
        """`after` is the number of the last event that it still has."""
        super().__init__(f"the far end has lost everything after event {after}")
        self.after = after


class SinkError(Exception):
    """One line about a sink's setting: its dotted key, and what was expected."""


class Tally:
    """Counts one kind of trouble, and tells the operator at 1, 10, 100, … so that a flood cannot fill the log too."""

    def __init__(self, what: str) -> None:
        self.what = what
        self.count = 0
        self._next = 1

    def add(self, count: int, why: object = "") -> None:
        """Count more of it; `why` is what is known of the last one."""
        self.count += count
        if self.count < self._next:
            return
        while self._next <= self.count:
            self._next *= 10
        log.warning("%s: %d so far%s", self.what, self.count, f" ({why})" if why else "")
