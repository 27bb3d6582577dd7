"""Runs a command for each event of a block: a sink whose place is a process. No shell, no word of ours to it but JSON.

One at a time, for so long and no longer, with nothing of our environment. What it does is the operator's business.
"""

import os
import signal
import subprocess
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from rawspoof.core.event import AnyEvent
from rawspoof.edges.sinks.base import Tally
from rawspoof.edges.system.privileges import die_with_parent

ENVIRONMENT: Final = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"}


class Hook:
    """The Sink. A command that fails or takes too long is counted, and not run again for the same event."""

    name = "block.hook"

    def __init__(self, argv: Sequence[str], within_s: float, line: Callable[[AnyEvent], bytes]) -> None:
        """`line` makes the JSON of an event."""
        self._argv, self._within_s, self._line = list(argv), within_s, line
        self.failed = Tally("block.hook: failures")

    def write(self, batch: Sequence[AnyEvent], first: int = 0) -> None:
        """Run it for each of these."""
        for event in batch:
            if why := self._run(self._line(event)):
                self.failed.add(1, why)

    def reopen(self) -> None:
        """There is nothing open."""

    def close(self) -> None:
        """There is nothing open."""

    def _run(self, line: bytes) -> str:
        """What went wrong, "" if nothing."""
        try:
            # The command is to end with us, however we end. That takes a word in the child before it becomes the
            # command; it calls libc twice and takes no lock, so that other threads of ours do not matter.
            child = subprocess.Popen(  # noqa: S603  the operator's own list of words
                self._argv,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                env=ENVIRONMENT,
                start_new_session=True,
                preexec_fn=partial(die_with_parent, signal.SIGKILL, os.getpid()),
            )
        except (OSError, subprocess.SubprocessError) as error:
            return str(error)
        with child:
            try:
                child.communicate(line, self._within_s)
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)
                return f"it took more than {self._within_s:g} s and was killed"
        return "" if child.returncode == 0 else f"status {child.returncode}"
