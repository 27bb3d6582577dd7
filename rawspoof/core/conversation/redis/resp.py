"""Bytes to Redis commands: arrays of bulk strings, and lines as people type them.

Knows the shape of commands, not what they do. redis.io/docs/reference/protocol-spec.
"""

import re
from typing import Final, NamedTuple

COUNT_MAX, BULK_MAX = 1024 * 1024, 512 * 1024 * 1024
COUNT_UNPROVEN, BULK_UNPROVEN = 10, 16384
"""What a peer that has not logged in may send, since 6.0.16 and 6.2.6."""
_SPACES: Final = b" \t\n\v\f\r\0"
_DIGITS: Final = 20
"""Digits of a number; what is longer is none."""

_NUMBER = re.compile(rb"-?\d{1,20}$")
_ESCAPES: Final = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"a": b"\a"}
_PIECE = re.compile(rb'(?:"((?:\\.|[^"\\])*)"' rb"|" rb"'((?:\\'|[^'])*)'" rb"|" rb"([^\s\"']+))(?:\s+|$)", re.DOTALL)
_ESCAPE = re.compile(rb"\\(x[0-9a-fA-F]{2}|.)", re.DOTALL)


class Command(NamedTuple):
    """One command as it was sent."""

    words: tuple[bytes, ...]
    """Its name and arguments; none where nothing was asked."""
    taken: int
    """Bytes of it."""
    fault: bytes = b""
    """What is wrong with it; the connection is of no use then."""


def parse(heard: bytes | bytearray, strict: bool) -> Command | None:
    """The first command, None while it is not whole. `strict`: as for peers that have not logged in."""
    return _array(heard, strict) if heard[:1] == b"*" else _inline(heard)


def _inline(heard: bytes | bytearray) -> Command | None:
    end = heard.find(b"\n") + 1
    if not end:
        return None
    line = bytes(heard[: end - 1]).strip(_SPACES)
    words, at = [], 0
    while at < len(line):
        found = _PIECE.match(line, at)
        if not found:
            return Command((), end, b"unbalanced quotes in request")
        double, single, bare = found.groups()
        text = _ESCAPE.sub(_unescaped, double) if double is not None else single
        words.append(bare if text is None else text.replace(b"\\'", b"'") if double is None else text)
        at = found.end()
    return Command(tuple(words), end)


def _unescaped(found: re.Match[bytes]) -> bytes:
    escaped = found[1]
    return bytes.fromhex(escaped[1:].decode()) if len(escaped) == 3 else _ESCAPES.get(escaped, escaped)


def _array(heard: bytes | bytearray, strict: bool) -> Command | None:
    count, at = _number(heard, 1)
    if not at:
        return None
    if count is None or count > COUNT_MAX:
        return Command((), at, b"invalid multibulk length")
    if strict and count > COUNT_UNPROVEN:
        return Command((), at, b"unauthenticated multibulk length")
    words = []
    for _ in range(count):
        if at == len(heard):
            return None
        if heard[at] != ord("$"):
            return Command((), at + 1, b"expected '$', got '%c'" % heard[at])
        size, start = _number(heard, at + 1)
        if not start:
            return None
        if size is None or not 0 <= size <= BULK_MAX:
            return Command((), start, b"invalid bulk length")
        if strict and size > BULK_UNPROVEN:
            return Command((), start, b"unauthenticated bulk length")
        at = start + size + 2
        if len(heard) < at:
            return None
        words.append(bytes(heard[start : start + size]))
    return Command(tuple(words), at)


def _number(heard: bytes | bytearray, at: int) -> tuple[int | None, int]:
    """The number on a line, None for what is none, and where the line ends: 0 while it has not."""
    end = heard.find(b"\r", at) + 2
    if end < 2 or len(heard) < end:
        return None, 0
    digits = bytes(heard[at : min(end - 2, at + _DIGITS + 2)])
    return int(digits) if _NUMBER.match(digits) else None, end
