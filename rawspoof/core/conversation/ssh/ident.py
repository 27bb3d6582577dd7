"""The first line that a client says, as servers read it: where it ends, and whether it is SSH's. RFC 4253 §4.2."""

import re
from typing import Final, NamedTuple

LINE_MAX: Final = 8192
"""OpenSSH reads so much from 8.0 on, and ends with a word at the first character that cannot be in a line."""
OLD_LINE_MAX: Final = 255
"""Bytes that OpenSSH read before, and Dropbear does: what comes after them is no part of the line."""

_BAD: Final = re.compile(rb"[^\0\r\n]*(?:\0|\r+[^\r\n])")
_IDENT: Final = re.compile(rb"SSH- *(\d{1,9})\. *(\d{1,9})-[^\n]+")
_SCANNER: Final = re.compile(rb"SSH-[^-]*-(?:Probe-|SSH_Version_Mapper)")


class Line(NamedTuple):
    """What was read as the first line."""

    text: bytes
    taken: int


def cut(heard: bytearray, modern: bool) -> Line | None:
    """The first line without its end, None while it has none. One that cannot be right is whole at once."""
    end = heard.find(b"\n") + 1
    most = LINE_MAX if modern else OLD_LINE_MAX
    if modern and (bad := _BAD.match(heard, 0, end or most)):
        return Line(b"", bad.end())
    if not end or end > most + 2:
        return Line(b"" if modern else bytes(heard[:most]), most) if len(heard) > most else None
    text = bytes(heard[: end - 1])
    return Line(text.rstrip(b"\r") if modern else text.partition(b"\r")[0], end)


def scanner(line: bytes) -> bool:
    """Whether this is one of those that OpenSSH knows to be no clients, and leaves at once."""
    return _SCANNER.match(line) is not None


def major(line: bytes) -> int | None:
    """The protocol's major version that a line tells, None for a line that is not SSH's; 1.99 means 2."""
    found = _IDENT.fullmatch(line)
    if found is None:
        return None
    number = int(found[1])
    return 2 if (number, int(found[2])) == (1, 99) else number
