"""Shell scripts as far as an import needs them: the commands of each line, with variables and `for` loops filled in.

Runs nothing. Knows no command; a word whose value only a shell could tell stays as it is, dollar and all.
"""

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Final, NamedTuple

EXPANDED_MAX: Final = 1000
"""Commands that one line in loops may become; of more, it is the line as it was written."""
FILLED_MAX: Final = 2048
"""Characters of a line, and of a value, in which variables are filled in: a value that doubles itself ends there."""

_ASSIGNED: Final = re.compile(r"(?:export\s+)?([A-Za-z_]\w*)=(.*)", re.DOTALL)
_VARIABLE: Final = re.compile(r"\$(?:(\w+)|\{(\w+)(?::?-([^}]*))?\})")
_OPERATOR: Final = re.compile(r"[();<>|&]+")
_KEYWORDS: Final = frozenset({"do", "then", "else", "if", "while", "!", "{", "}", "elif"})


class Line(NamedTuple):
    """A command as the shell would run it."""

    number: int
    words: tuple[str, ...]

    @property
    def unknown(self) -> str:
        """The first word that only a shell could tell, "" if there is none."""
        return next((word for word in self.words if "$" in word or "`" in word), "")


def joined(text: str) -> Iterator[tuple[int, str]]:
    """The lines, those that end in a backslash with the next; the number is the first one's."""
    held, first = "", 0
    for number, line in enumerate(text.split("\n"), 1):
        line = line.rstrip("\r")
        first = first or number
        if line.endswith("\\"):
            held += line[:-1] + " "
            continue
        yield first, held + line
        held, first = "", 0
    if held:
        yield first, held


def variables(text: str) -> dict[str, tuple[int, str]]:
    """What is assigned on a line of its own, with the number of that line; the last one counts."""
    found: dict[str, tuple[int, str]] = {}
    known: dict[str, str] = {}
    for number, words in _commands(text):
        assigned = [_ASSIGNED.fullmatch(word) for word in words if word != "export"]
        for each in assigned if all(assigned) else ():
            assert each
            value = filled(each[2], known)
            known[each[1]] = value if len(value) <= FILLED_MAX else each[2]
            found[each[1]] = (number, known[each[1]])
    return found


def commands(text: str, known: Mapping[str, str]) -> Iterator[Line]:
    """Every command but assignments, in order, once for each turn of the loops around it."""
    loops: list[tuple[str, list[str]]] = []
    for number, words in _commands(text):
        if words[0] == "for" and len(words) > 3 and words[2] == "in":
            loops.append((words[1], [part for word in words[3:] for part in _filled(word, known)]))
        elif words[0] == "done":
            del loops[-1:]
        elif not all(_ASSIGNED.fullmatch(word) for word in words):
            yield from (Line(number, turn) for turn in _turns(words, known, loops))


def filled(text: str, known: Mapping[str, str]) -> str:
    """The text with the values of variables that are known; a long text stays as it is."""
    if len(text) > FILLED_MAX:
        return text
    return _VARIABLE.sub(lambda found: known.get(found[1] or found[2], found[3] or found[0]), text)


def _turns(
    words: Sequence[str], known: Mapping[str, str], loops: Sequence[tuple[str, list[str]]]
) -> Iterator[tuple[str, ...]]:
    named = {found[1] or found[2] for word in words for found in _VARIABLE.finditer(word)}
    # A loop of loops that is the same name twice is the inner one's.
    inside = {name: values for name, values in loops if name in named}
    size = 1
    for values in inside.values():
        size *= len(values)
    if size > EXPANDED_MAX:
        yield tuple(words)
        return
    for turn in product(*inside.values()):
        now = {**known, **dict(zip(inside, turn, strict=True))}
        yield tuple(part for word in words for part in _filled(word, now))


def _filled(word: str, known: Mapping[str, str]) -> list[str]:
    return filled(word, known).split() if "$" in word else [word]


def _commands(text: str) -> Iterator[tuple[int, list[str]]]:
    for number, line in joined(text):
        for words in _split(line):
            while words and words[0] in _KEYWORDS:
                words.pop(0)
            if words:
                yield number, words


def _split(line: str) -> Iterator[list[str]]:
    """The commands of a line; of one with a quote that is never closed, its words as blanks part them."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars="();<>|&")
    lexer.whitespace_split = True
    try:
        words = list(lexer)
    except ValueError:
        words = line.split()
    command: list[str] = []
    redirected = False
    for word in words:
        if _OPERATOR.fullmatch(word):
            # What follows `>` or `<` is a file; what was before it goes on.
            redirected = word[0] in "<>"
            if not redirected:
                yield command
                command = []
        elif not redirected:
            command.append(word)
        else:
            redirected = False
    yield command
