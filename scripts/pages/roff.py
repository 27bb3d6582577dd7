"""Text as man's language has it. Knows how things are written, not what they say."""

import re
from collections.abc import Iterable
from textwrap import wrap
from typing import Final

WIDTH: Final = 78
"""mandoc complains of lines beyond 80 bytes; two are left for what keeps a dot at the beginning from being a macro."""

_CODE: Final = re.compile(r"`([^`]*)`")


def plain(text: str) -> str:
    """The text as it stands, safe anywhere in a line, a macro's argument too."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace('"', "\\(dq")
    text = "".join(char if char.isascii() else f"\\[u{ord(char):04X}]" for char in text)
    return f"\\&{text}" if text[:1] in (".", "'") else text


def bold(text: str) -> str:
    """As it is to be typed."""
    return f"\\fB{plain(text)}\\fR"


def italic(text: str) -> str:
    """What something else is to be put for."""
    return f"\\fI{plain(text)}\\fR"


def prose(text: str) -> str:
    """Sentences, in lines of a usual width; what stands in backticks is bold."""
    parts = _CODE.split(" ".join(text.split()))
    line = "".join(bold(part) if number % 2 else plain(part) for number, part in enumerate(parts) if part)
    lines = wrap(line, WIDTH, break_long_words=False, break_on_hyphens=False)
    return "\n".join(f"\\&{line}" if line.startswith((".", "'")) else line for line in lines)


def item(head: str, *body: str) -> list[str]:
    """A paragraph under a head that is roff already."""
    return [".TP", head, *(line for line in body if line)]


def verbatim(lines: Iterable[str]) -> list[str]:
    """Lines as they are typed."""
    return [".PP", ".RS 4", ".nf", *map(plain, lines), ".fi", ".RE"]


def sentence(text: str) -> str:
    """The text with a capital and a full stop; a word in backticks stays as it is."""
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?", "!", ":")) else ".")
