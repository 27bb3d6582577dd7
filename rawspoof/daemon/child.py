"""A process that is to be there, and how its restarts are spaced. Knows not what it does."""

import os
import time
from typing import Final

RESTART_AFTER_S: Final = 0.1
RESTART_AFTER_MAX_S: Final = 5.0
"""A process that dies again and again is started again ever later, up to this."""
LIVED_S: Final = 10.0
"""One that lived for so long is started again at once."""


class Child:
    """One of them, by the name that the log has for it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.pid = 0
        """0 while it is not there."""
        self.due_at = 0.0
        """When it is to be started again, on the monotonic clock."""
        self._delay_s = RESTART_AFTER_S
        self._started_at = 0.0

    def started(self, pid: int) -> None:
        """It is there."""
        self.pid, self._started_at = pid, time.monotonic()

    def died(self) -> None:
        """Put it on the list for a restart, later if it did not live long."""
        now = time.monotonic()
        lived = now - self._started_at > LIVED_S
        self._delay_s = RESTART_AFTER_S if lived else min(self._delay_s * 2, RESTART_AFTER_MAX_S)
        self.pid, self.due_at = 0, now + self._delay_s

    def failed(self) -> None:
        """It could not even be started: later."""
        self._started_at = time.monotonic()
        self.died()

    def ended(self) -> str:
        """How it ended, "" if it has not."""
        try:
            ended, status = os.waitpid(self.pid, os.WNOHANG)
        except ChildProcessError:
            return "lost"
        if not ended:
            return ""
        code = os.waitstatus_to_exitcode(status)
        return f"signal {-code}" if code < 0 else f"status {code}"
