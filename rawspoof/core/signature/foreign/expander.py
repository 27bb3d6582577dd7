"""The text that portspoof's own generator makes of a pattern, its mistakes included, for those who want it unchanged.

Four passes over the bytes, as that program was seen to behave (1.4; 2.0 differs in the size of its pool): groups,
classes, single escapes, backslashes. What comes out is rarely matched by the pattern it was made of.
"""

import re
from typing import Final

from rawspoof.core.signature.pattern.chance import Chance

_LOWER: Final = b"abcdefghijklmnopqrstuvwxy"
_LETTERS: Final = _LOWER + b"zABCDEFGHIJKLMNOPQRSTUVWXYZ"
_DIGITS: Final = b"0123456789"
_NEGATED: Final = bytes(range(255))
_COUNT_MAX: Final = 10

_PARENTHESIS = re.compile(rb"(?<!\\)[()]")
_CLASS = re.compile(rb"(?<!\\)\[(.*?)\](.?)", re.DOTALL)
_SINGLE = re.compile(rb"(?<!\\)\.(?:[*+]|(?=.))|(?<!\\)\\([wdnrt])(?:[*+].)?", re.DOTALL)
_REST = re.compile(rb"\\x([0-9a-fA-F]{2})|(?<!\\)\\", re.DOTALL)
_IN_CLASS: Final = (
    (b"\\c", b""), (b"\\s", b""), (b"\\S", b""), (b"\\d", _DIGITS), (b"\\D", b""), (b"\\w", _LETTERS), (b"\\W", b""),
    (b".", b""), (b"|", b""),
)  # fmt: skip
"""The one of several escapes in a class that counts, the first that is there; most produce nothing."""
_CONTROLS: Final = {b"n": b"\n", b"r": b"\r", b"t": b"\t"}


def expand(pattern: bytes, seed: bytes) -> bytes:
    """A text as portspoof would send it; another seed gives another."""
    chance = Chance(seed)
    text = _PARENTHESIS.sub(b"", pattern)
    text = _CLASS.sub(lambda found: _class(found[1], found[2], chance), text)
    text = _SINGLE.sub(lambda found: _single(found[1], chance), text)
    return _REST.sub(lambda found: bytes([int(found[1], 16)]) if found[1] else b"", text)


def _class(content: bytes, after: bytes, chance: Chance) -> bytes:
    """Characters if a `*` or `+` follows, else none; what follows is gone in any case."""
    if after not in (b"*", b"+"):
        return b""
    count = chance.below(_COUNT_MAX) if after == b"*" else 1 + chance.below(_COUNT_MAX - 1)
    pool = _pool(content)
    return bytes(chance.among(pool) for _ in range(count)) if pool else b""


def _pool(content: bytes) -> bytes:
    if content.startswith(b"^"):
        return _NEGATED
    for escape, members in _IN_CLASS:
        if escape in content:
            return members
    pool = bytearray()
    at = 0
    while at < len(content):
        if content[at + 1 : at + 2] == b"-" and at + 2 < len(content):
            pool += bytes(range(content[at], content[at + 2] + 1))
            # The character behind a range is passed over.
            at += 4
        else:
            pool += content[at : at + 1].replace(b"\\", b"")
            at += 1
    return bytes(pool)


def _single(letter: bytes | None, chance: Chance) -> bytes:
    if letter in _CONTROLS:
        return _CONTROLS[letter]
    return bytes([chance.among(_DIGITS if letter == b"d" else _LOWER)])
