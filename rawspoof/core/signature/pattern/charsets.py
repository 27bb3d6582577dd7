"""Sets of bytes: the escapes that mean one (`\\d`), POSIX names, and what stands between square brackets.

Bytes, not characters: PCRE without UTF, in the C locale. Sources: pcrepattern(3).
"""

import re
import string
from collections.abc import Iterable
from typing import Final

ALL: Final = bytes(range(256))
DIGIT: Final = string.digits.encode()
WORD: Final = (string.ascii_letters + string.digits + "_").encode()
SPACE: Final = b"\t\n\v\f\r "
HORIZONTAL: Final = b"\t \xa0"
VERTICAL: Final = b"\n\v\f\r\x85"
NOT_NEWLINE: Final = ALL.replace(b"\n", b"")


def without(members: bytes) -> bytes:
    """Every byte that is not among these."""
    return ALL.translate(None, members)


ESCAPES: Final = {
    ord(letter): members
    for lower, its in (("d", DIGIT), ("w", WORD), ("s", SPACE), ("h", HORIZONTAL), ("v", VERTICAL))
    for letter, members in ((lower, its), (lower.upper(), without(its)))
} | {ord("N"): NOT_NEWLINE}
"""By the letter after the backslash."""

CONTROLS: Final = {ord(letter): byte for letter, byte in zip("aefnrt", b"\a\x1b\f\n\r\t", strict=True)}
"""Escapes of a single byte, by the letter after the backslash."""

_POSIX: Final = {
    "alnum": WORD.replace(b"_", b""),
    "alpha": string.ascii_letters.encode(),
    "ascii": bytes(range(128)),
    "blank": b"\t ",
    "cntrl": bytes(range(32)) + b"\x7f",
    "digit": DIGIT,
    "graph": bytes(range(33, 127)),
    "lower": string.ascii_lowercase.encode(),
    "print": bytes(range(32, 127)),
    "punct": string.punctuation.encode(),
    "space": SPACE,
    "upper": string.ascii_uppercase.encode(),
    "word": WORD,
    "xdigit": string.hexdigits.encode(),
}

_ITEM = re.compile(
    rb"\[:(\^?)(\w+):\]|\\x\{([0-9a-fA-F]{1,2})\}|\\x([0-9a-fA-F]{0,2})|\\([0-7]{1,3})|\\c(.)|\\(.)|(.)", re.DOTALL
)


def bracketed(text: bytes, caseless: bool = False) -> bytes:
    """The members of a class from what stands between its brackets, in ascending order.

    Raises ValueError for an unknown name, a range that falls or has a set at its end, and a class without members.
    """
    negated = text.startswith(b"^")
    members: set[int] = set()
    items = [_item(found) for found in _ITEM.finditer(text, negated)]
    while items:
        first = items.pop(0)
        # A dash between two single bytes is a range; anywhere else it is itself.
        if isinstance(first, int) and len(items) > 1 and items[0] == _DASH and isinstance(items[1], int):
            last = abs(items[1])
            if last < abs(first):
                raise ValueError(f"the range from {bytes([abs(first)])!r} to {bytes([last])!r} falls")
            members.update(range(abs(first), last + 1))
            del items[:2]
        else:
            members.update([abs(first)] if isinstance(first, int) else first)
    if caseless:
        members.update(either_case(members))
    found = without(bytes(members)) if negated else bytes(sorted(members))
    if not found:
        raise ValueError(f"no byte is in [{text.decode('latin-1')}]")
    return found


_DASH: Final = -ord("-")
"""An unescaped dash, told from an escaped one by its sign."""


def _item(found: re.Match[bytes]) -> int | bytes:
    """A single byte, or a set of them."""
    inverse, name, braced, hexadecimal, octal, control, escaped, plain = found.groups()
    if name is not None:
        if name.decode() not in _POSIX:
            raise ValueError(f"[:{name.decode('latin-1')}:] is no class")
        members = _POSIX[name.decode()]
        return without(members) if inverse else members
    if braced is not None or hexadecimal is not None:
        return int(braced or hexadecimal or b"0", 16)
    if octal is not None:
        return int(octal, 8) & 255
    if control is not None:
        return control.upper()[0] ^ 64
    if plain is not None:
        return _DASH if plain == b"-" else plain[0]
    letter = escaped[0]
    # In a class \b is a backspace.
    return ESCAPES.get(letter) or (8 if letter == ord("b") else CONTROLS.get(letter, letter))


def either_case(members: Iterable[int]) -> bytes:
    """These bytes and the same letters in the other case, these first."""
    given = bytes(members)
    return given + bytes(c for c in given.swapcase() if c not in given)
