"""A printer on port 9100: it says what it is, shows any message, takes every job and prints nothing.

What it says of itself is in the file. Hewlett-Packard, "Printer Job Language Technical Reference Manual".
"""

import re
from typing import Final

from rawspoof.core.conversation.base import Reply, Then
from rawspoof.core.conversation.framing import Frame, Part
from rawspoof.core.conversation.speaker import Speaker
from rawspoof.core.conversation.visit import Visit
from rawspoof.core.conversation.written import written

UEL: Final = b"\x1b%-12345X"
"""Universal exit language: back to PJL."""
LINE_MAX: Final = 1024
"""Octets of a PJL command; a longer line is part of what is to be printed."""

_COMMAND = re.compile(rb"(?:\x1b%-12345X)*[ \t]*@PJL\b[ \t]*", re.IGNORECASE)
_MESSAGE = re.compile(rb'(?i)RDYMSG\s+DISPLAY\s*=\s*"([^"\r\n]{0,64})')
_SHOWN = re.compile(rb'(DISPLAY=)"[^"\r\n]*"')


class HpPjl(Speaker):
    """PJL is answered, anything else swallowed."""

    requests_max = 200

    def __init__(self, visit: Visit) -> None:
        super().__init__(visit)
        self._printing = False
        """Within a line too long for a command."""
        self._message: bytes | None = None

    def frame(self, heard: bytearray) -> Frame | None:
        """A PJL command; the rest of a job goes by in parts. A frame is always taken, so it may note where it is."""
        if self._printing:
            return self._job(heard, 0)
        end = heard.find(b"\n", 0, LINE_MAX) + 1
        if not end:
            return self._job(heard, 1) if len(heard) >= LINE_MAX else None
        if (leave := heard.find(UEL, 1, end)) > 0:
            return Part(b"", leave)
        request = bytes(heard[:end]).rstrip(b"\r\n")
        return Frame(request, end) if _COMMAND.match(request) else Part(b"", end)

    def _job(self, heard: bytearray, start: int) -> Frame | None:
        """What is printed, up to the end of a line or UEL; the beginning of what may be UEL is kept for later."""
        ends = (heard.find(UEL, start, LINE_MAX), heard.find(b"\n", 0, LINE_MAX) + 1)
        self._printing = ends == (-1, 0)
        if self._printing:
            size = min(len(heard), LINE_MAX) - len(UEL) + 1
            return Part(b"", size) if size > 0 else None
        size = min(end for end in ends if end > 0 or (end == 0 and end is ends[0]))
        return Part(b"", size) if size else self.frame(heard)

    def answer(self, request: bytes, at: float) -> Reply | None:
        """What the file says to the command, without what stands before it."""
        command = _COMMAND.sub(b"", request, count=1)
        if found := _MESSAGE.match(command):
            self._message = found[1]
        said = written(self.visit.identity, command, at)
        if said is None:
            return Reply(b"", Then.LISTEN)
        if self._message is None:
            return said
        shown = self._message
        return said._replace(data=_SHOWN.sub(lambda m: m[1] + b'"' + shown + b'"', said.data))
