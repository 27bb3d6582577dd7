"""Appends lines to a file or to standard output. Survives a full disk. Knows no format: that is given.

Ours: while the disk is full, events are lost and counted rather than kept; memory is for those who still visit.
"""

import logging
import os
import stat
from collections.abc import Callable, Sequence
from typing import Final

from rawspoof.core.event import AnyEvent
from rawspoof.edges.sinks.base import Tally
from rawspoof.edges.sinks.rotate import MODE, Rotation

STDOUT: Final = 1

log = logging.getLogger(__name__)


class Jsonl:
    """A Sink of lines. Whatever goes wrong with the place after it was opened is counted and tried again."""

    def __init__(self, path: str, line: Callable[[AnyEvent], bytes | None], rotation: Rotation | None = None) -> None:
        """Open `path` for appending (`-`: standard output). `line` gives a line with its newline, or None for no line.

        Raises OSError where that is not possible.
        """
        self.name = path
        self._line, self._rotation = line, rotation
        self.lost = Tally(f"{path}: events lost")
        self._rest = b""
        self._fd = self._open()

    def write(self, batch: Sequence[AnyEvent], first: int = 0) -> None:
        """Append a line for each event that has one; the lines that do not fit are lost and counted."""
        data = self._rest + b"".join([line for event in batch if (line := self._text(event))])
        if self._rotation and not self._rest and self._rotation.due(self._fd, len(data)):
            self._fd = self._rotation.turn(self._fd)
        done = 0
        try:
            while done < len(data):
                done += os.write(self._fd, memoryview(data)[done:])
        except OSError as error:
            self._cut(data, done, error)
        else:
            self._rest = b""

    def reopen(self) -> None:
        """Open the path again, after a log was rotated; where that fails, say so and go on with the old file."""
        if self.name == "-":
            return
        try:
            fd = self._open()
        except OSError as error:
            log.warning("%s: not opened again, the old file stays in use (%s)", self.name, error.strerror)
            return
        os.close(self._fd)
        self._fd = fd

    def close(self) -> None:
        """Close the file; standard output stays open."""
        if self._fd != STDOUT:
            os.close(self._fd)
        if self._rotation:
            self._rotation.close()

    def _text(self, event: AnyEvent) -> bytes | None:
        try:
            return self._line(event)
        except (ValueError, OverflowError, OSError) as error:
            # An event no sensor makes, from a worker that is not itself any more; the others' are still good.
            self.lost.add(1, repr(error))
            return None

    def _open(self) -> int:
        if self.name == "-":
            return STDOUT
        # What is rotated by copying is read as well.
        access = os.O_RDWR if self._rotation else os.O_WRONLY
        fd = os.open(self.name, access | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, MODE)
        # A line cut short by a crash is ended here, so that our first one begins on a line of its own.
        self._rest = b"\n" if _torn(self.name, fd) else b""
        return fd

    def _cut(self, data: bytes, done: int, error: OSError) -> None:
        """Keep the rest of the line in which writing stopped, so that it is made whole first; count the lines after."""
        torn = data[done - 1 : done] != b"\n" if done else bool(self._rest)
        end = data.index(b"\n", done) + 1 if torn else done
        self._rest = data[done:end]
        self.lost.add(data.count(b"\n", end), error.strerror)


def _torn(path: str, fd: int) -> bool:
    """Whether the file ends in the middle of a line, as far as we may read it."""
    about = os.fstat(fd)
    if not about.st_size or not stat.S_ISREG(about.st_mode):
        return False
    try:
        with open(path, "rb") as file:
            file.seek(-1, os.SEEK_END)
            return file.read(1) != b"\n"
    except OSError:
        return False
