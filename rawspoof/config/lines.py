"""Where each key of a TOML text stands. Knows TOML's punctuation only: what is not TOML has been refused before."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

_TOKEN: Final = re.compile(
    r'''(?P<text>"""(?:\\.|[^\\])*?"{3,5}|\'{3}.*?\'{3,5}|"(?:\\.|[^"\\\n])*"|'[^'\n]*')'''
    r"""|(?P<comment>\#[^\n]*)|(?P<mark>[\n\[\]{},=.])|(?P<word>[^\s"'\#\[\]{},=.]+)""",
    re.DOTALL,
)
_LAST: Final = re.compile(r"(\[\d+\]|(^|\.)[^.\[\]]*)$")


class _Token(NamedTuple):
    kind: str
    text: str
    line: int


def lines(text: str) -> dict[str, int]:
    """The line, from 1, of each dotted key, table and element of a list, `sink[1].url` and `sensor.allow[3]` too."""
    return _Walk().over(_tokens(text))


def line_of(found: Mapping[str, int], key: str) -> int | None:
    """The line of a key, or else of what it is in: an element's list, a field's table. None where none is there."""
    while key and key not in found:
        key = _LAST.sub("", key)
    return found.get(key)


def _tokens(text: str) -> Iterator[_Token]:
    line = 1
    for match in _TOKEN.finditer(text):
        if match.lastgroup != "comment":
            yield _Token(match.lastgroup or "", match[0], line)
        line += match[0].count("\n")


class _Walk:
    """What was read of the text so far."""

    def __init__(self) -> None:
        self.found: dict[str, int] = {}
        self._tables: Counter[str] = Counter()
        self._table = ""
        self._name: list[str] = []
        self._brackets = self._line = 0
        """Of a table's heading: how many there are, and where."""
        self._key: str | None = None
        """Whose value is being read."""
        self._depth = self._index = 0
        """Inside that value: brackets that are open, and the element of its outermost list."""
        self._listed = self._fresh = False

    def over(self, tokens: Iterator[_Token]) -> dict[str, int]:
        for token in tokens:
            if token.text == "\n":
                self._end()
            elif self._key is not None:
                self._value(self._key, token)
            else:
                self._heading(token)
        self._end()
        return self.found

    def _heading(self, token: _Token) -> None:
        """A table's name, or a key before its `=`."""
        if token.text == "[":
            self._brackets, self._line = self._brackets + 1, token.line
        elif token.text == "=":
            self._key = ".".join(filter(None, (self._table, *self._name)))
            self.found.setdefault(self._key, token.line)
            self._depth, self._listed, self._fresh, self._index = 0, False, False, 0
        elif token.kind in ("word", "text"):
            self._name.append(token.text.strip("\"'"))

    def _value(self, key: str, token: _Token) -> None:
        if self._fresh and token.text not in "],":
            self.found[f"{key}[{self._index}]"] = token.line
            self._fresh = False
        if token.text in ("[", "{"):
            self._depth += 1
            if self._depth == 1:
                self._listed = self._fresh = token.text == "["
        elif token.text in ("]", "}"):
            self._depth -= 1
            self._fresh = self._fresh and self._depth > 0
        elif token.text == "," and self._depth == 1 and self._listed:
            self._index, self._fresh = self._index + 1, True

    def _end(self) -> None:
        """Of a line; of a table's heading and of a value too, unless brackets are open."""
        if self._brackets and self._name:
            name = ".".join(self._name)
            self._table = f"{name}[{self._tables[name]}]" if self._brackets > 1 else name
            self._tables[name] += self._brackets > 1
            self.found.setdefault(self._table, self._line)
        if self._key is None or not self._depth:
            self._name, self._brackets, self._key = [], 0, None
