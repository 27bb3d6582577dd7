"""PostgreSQL's messages as bytes, and which fields a version's errors have. Decides nothing.

Source: postgresql.org/docs/current, "Message Formats", "Error and Notice Message Fields"; protocol 2 as in 7.3's.
"""

import re
from typing import Final

from rawspoof.core.conversation.visit import Visit

_VERSION = re.compile(r"(\d+)(?:\.(\d+))?")

# Where in its source a version says what, beside the line of the refused protocol that the catalogue has.
# Ours: distances of 15.18, for all; the lines of the other files are those of 15.18 too.
_USER_LINE: Final = 129
_END_LINE: Final = 112


def message(kind: bytes, body: bytes) -> bytes:
    """A message of protocol 3."""
    return kind + (len(body) + 4).to_bytes(4) + body


def version(shown: str) -> tuple[int, int]:
    """Major and minor of the first version named: (9, 6) of `9.6.0 - 9.6.1`, (15, 0) of `15`."""
    found = _VERSION.match(shown)
    return (int(found[1]), int(found[2] or 0)) if found else (0, 0)


def error(visit: Visit, code: bytes, text: bytes, where: bytes, detail: bytes = b"") -> bytes:
    """A fatal error for a client of protocol 3; `where` is file, line and function, a space between."""
    # Since 9.6 the severity comes twice, the second time never translated.
    severity = b"SFATAL\0" + b"VFATAL\0" * (version(visit.identity.version) >= (9, 6))
    file, line, routine = where.split(b" ")
    fields = [b"C" + code, b"M" + text, b"F" + _path(visit, file), b"L" + line, b"R" + routine]
    if detail:
        fields.insert(2, b"D" + detail)
    return message(b"E", severity + b"".join(field + b"\0" for field in fields) + b"\0")


def at_startup(visit: Visit, distance: str = "") -> bytes:
    """Where the start-up packet is refused."""
    line = int(visit.fact("line", b"0")) + {"user": _USER_LINE, "end": _END_LINE}.get(distance, 0)
    return b"postmaster.c %d ProcessStartupPacket" % line


def error_2(fatal: bytes, text: bytes) -> bytes:
    """The same for a client of protocol 2."""
    return b"E" + fatal + text + b"\n\0"


def _path(visit: Visit, file: bytes) -> bytes:
    """A source file, with the folders that the build shows of postmaster.c."""
    shown = visit.fact("file")
    if file == b"postmaster.c":
        return shown or file
    return shown.replace(b"postmaster\\postmaster.c", b"libpq\\" + file) if b"\\" in shown else file
