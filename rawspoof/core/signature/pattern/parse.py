"""The text of a regular expression, as nmap and portspoof write them, to the parts it is made of.

Reads PCRE's syntax for bytes (pcrepattern(3)) and decides what is refused: what it does not know, and what nests or
repeats beyond any text that we would send.
"""

import re
from typing import Final, NamedTuple

from rawspoof.core.signature.pattern.charsets import ALL, CONTROLS, ESCAPES, NOT_NEWLINE, bracketed, either_case
from rawspoof.core.signature.pattern.tree import (
    UNBOUNDED,
    Atomic,
    Back,
    Choice,
    Edge,
    Group,
    Look,
    Node,
    OneOf,
    Pattern,
    Repeat,
    Series,
    Text,
    least,
    most,
)

PATTERN_MAX: Final = 8192
"""Bytes of a pattern; the longest of nmap's has 1,700."""

NESTING_MAX: Final = 40
"""Parentheses within parentheses; nmap's own nest four deep."""

REPEATS_MAX: Final = 65_535
"""The highest count in braces: PCRE's own limit."""

TEXT_MAX: Final = 64 * 1024
"""Bytes of a text made from a pattern."""

_TOKEN = re.compile(
    rb"""
    (?P<run>(?:(?:[^\\\[\](){}.*+?|^$]|\\(?:x[0-9a-fA-F]{2}|0(?![0-7])|[rnt]|[^A-Za-z0-9]))(?![*+?{]))+)
    |\\Q(?P<quoted>.*?)(?:\\E|$)
    |\\x\{(?P<braced>[0-9a-fA-F]{1,2})\}
    |\\x(?P<hex>[0-9a-fA-F]{0,2})
    |\\g\{?(?P<named>-?\w+)\}? | \\k[<{'](?P<kept>\w+)[>}'] | \(\?P=(?P<python>\w+)\)
    |\\(?P<octal>0[0-7]{0,2})
    |\\(?P<number>[1-9]\d{0,2})
    |\\c(?P<control>.)
    |\\(?P<escape>.)
    |(?P<set>\[\^?\]?(?:\[:\^?\w+:\]|\\.|[^\]\\])*\])
    |(?P<open>\((?:\?(?:[:=!>|]|<[=!]|P?<(?P<name>\w+)>|'(?P<quote>\w+)'|\#[^)]*\)|(?P<flags>[a-zA-Z-]*)[:)]))?)
    |(?P<repeat>[*+?]|\{(?P<low>\d+)(?P<comma>,(?P<high>\d*))?\})(?P<manner>[+?]?)
    |(?P<plain>.)
    """,
    re.DOTALL | re.VERBOSE,
)
_ESCAPE = re.compile(rb"\\(?:x(..)|(.))", re.DOTALL)

_EDGES: Final = {
    b"A": Edge.START,
    b"G": Edge.START,
    b"Z": Edge.END,
    b"z": Edge.VERY_END,
    b"b": Edge.WORD,
    b"B": Edge.NO_WORD,
}
_NEWLINE: Final = Atomic(Choice((Text(b"\r\n"), OneOf(b"\n\v\f\r\x85"))))
_REPEATS: Final = {b"*": (0, UNBOUNDED), b"+": (1, UNBOUNDED), b"?": (0, 1)}
_LOOKS: Final = {b"(?=": (True, True), b"(?!": (True, False), b"(?<=": (False, True), b"(?<!": (False, False)}


class Flags(NamedTuple):
    """How letters, dots and anchors are meant."""

    caseless: bool = False
    dotall: bool = False
    lines: bool = False

    @classmethod
    def parse(cls, text: str) -> "Flags":
        """The flags of nmap's `m|…|si`. Raises ValueError for a letter that is none of `i s m`."""
        return cls().change(text)

    def change(self, text: str) -> "Flags":
        """These with `is-m` applied: what follows a dash is taken away."""
        on, _, off = text.partition("-")
        unknown = set(on + off) - set("ism")
        if unknown:
            raise ValueError(f"the flag `{min(unknown)}` is not understood, only i, s and m are")
        said = {field: letter in on for field, letter in zip(self._fields, "ism", strict=True) if letter in on + off}
        return self._replace(**said)


NO_FLAGS: Final = Flags()


def parse(text: bytes, flags: Flags = NO_FLAGS) -> Pattern:
    """The pattern that a text means. Raises ValueError, in one line, for what it does not understand or accept."""
    if len(text) > PATTERN_MAX:
        raise ValueError(f"the pattern is {len(text)} bytes long; {PATTERN_MAX} are the most")
    reader = _Reader(text, flags)
    root = reader.choice(0)
    if reader.at < len(text):
        raise ValueError(f"`)` at byte {reader.at} closes nothing")
    if any(n > reader.groups for n in reader.named_back):
        raise ValueError(f"\\{max(reader.named_back)} refers to a group that is not there")
    if least(root) > TEXT_MAX:
        raise ValueError(f"the shortest text that it matches has {least(root)} bytes; {TEXT_MAX} are the most")
    return Pattern(root, reader.groups)


class _Reader:
    """A recursive descent, from left to right."""

    def __init__(self, text: bytes, flags: Flags) -> None:
        self.text, self.flags = text, flags
        self.at = self.groups = 0
        self.names: dict[bytes, int] = {}
        self.named_back: set[int] = set()
        # PCRE takes \10 for octal unless there are ten groups; counted once, roughly, as PCRE's documentation has it.
        self.may_refer = max(9, text.count(b"(") - text.count(b"\\(") - text.count(b"(?"))

    def choice(self, depth: int) -> Node:
        """Everything up to the closing parenthesis or the end."""
        if depth > NESTING_MAX:
            raise ValueError(f"parentheses nest more than {NESTING_MAX} deep")
        flags, ways = self.flags, [self.series(depth)]
        while self.text[self.at : self.at + 1] == b"|":
            self.at += 1
            ways.append(self.series(depth))
        self.flags = flags
        return ways[0] if len(ways) == 1 else Choice(tuple(ways))

    def series(self, depth: int) -> Node:
        """Everything up to the next `|`, closing parenthesis or the end."""
        items: list[Node] = []
        read: list[Node] = []
        while found := _TOKEN.match(self.text, self.at):
            if found["plain"] in (b"|", b")"):
                break
            self.at = found.end()
            if found["repeat"]:
                if not read:
                    raise ValueError(f"`{found['repeat'].decode()}` has nothing to repeat")
                # What is repeated cannot be repeated again: such patterns only explode.
                items.append(_repeated(items.pop(), found))
                read = []
            else:
                read = self._read(found, depth)
                items += read
        return series(items)

    def _read(self, found: re.Match[bytes], depth: int) -> list[Node]:
        kind = found.lastgroup
        if kind == "run":
            return self._bytes(_ESCAPE.sub(_unescape, found["run"]))
        if found["open"]:
            return self._open(found, depth)
        if kind == "quoted":
            return self._bytes(found["quoted"])
        if kind == "set":
            return [OneOf(bracketed(found["set"][1:-1], self.flags.caseless))]
        if kind == "plain":
            return self._plain(found["plain"])
        if kind == "escape":
            return self._escape(found["escape"])
        return self._coded(found)

    def _coded(self, found: re.Match[bytes]) -> list[Node]:
        """Escapes with a number or a name in them."""
        if found["control"] is not None:
            return self._bytes(bytes([found["control"].upper()[0] ^ 64]))
        name = found["named"] or found["kept"] or found["python"] or found["number"]
        if name is None:
            digits = found["octal"] or found["hex"] or found["braced"] or b"0"
            return self._bytes(bytes([int(digits, 8 if found["octal"] else 16) & 255]))
        if found["number"] and int(name) > self.may_refer:
            octal = re.match(rb"[0-7]*", name)
            assert octal
            return self._bytes(bytes([int(octal[0] or b"0", 8) & 255]) + name[octal.end() :])
        return [self._back(name)]

    def _back(self, name: bytes) -> Back:
        if name.lstrip(b"-").isdigit():
            number = int(name) if int(name) > 0 else self.groups + 1 + int(name)
        elif name in self.names:
            number = self.names[name]
        else:
            raise ValueError(f"there is no group `{name.decode('latin-1')}` to refer to")
        self.named_back.add(number)
        return Back(number)

    def _bytes(self, data: bytes) -> list[Node]:
        if not self.flags.caseless or data.upper() == data.lower():
            return [Text(data)] if data else []
        return [OneOf(either_case([c])) if bytes([c]).isalpha() else Text(bytes([c])) for c in data]

    def _plain(self, char: bytes) -> list[Node]:
        if char == b".":
            return [OneOf(ALL if self.flags.dotall else NOT_NEWLINE)]
        if char == b"^":
            return [Edge.LINE_START if self.flags.lines else Edge.START]
        if char == b"$":
            return [Edge.LINE_END if self.flags.lines else Edge.END]
        if char == b"[":
            raise ValueError(f"the class at byte {self.at - 1} has no closing bracket")
        if char == b"\\":
            raise ValueError("nothing follows the last backslash")
        return self._bytes(char)

    def _escape(self, char: bytes) -> list[Node]:
        if char in _EDGES:
            return [_EDGES[char]]
        if char == b"R":
            return [_NEWLINE]
        if char in (b"K", b"X", b"C", b"p", b"P", b"u", b"U", b"L", b"l"):
            raise ValueError(f"\\{char.decode()} is not understood")
        if char[0] in ESCAPES:
            return [OneOf(ESCAPES[char[0]])]
        return self._bytes(bytes([CONTROLS.get(char[0], char[0])]))

    def _open(self, found: re.Match[bytes], depth: int) -> list[Node]:
        """A parenthesis: group, look-around, comment or flags."""
        opening = found["open"]
        if opening.startswith(b"(?#"):
            return []
        if found["flags"] is not None:
            before = self.flags
            self.flags = self.flags.change(found["flags"].decode())
            if opening.endswith(b")"):
                return []
            inner = self._inner(depth)
            self.flags = before
            return [inner]
        if opening in _LOOKS:
            look = Look(self._inner(depth), *_LOOKS[opening])
            if not look.ahead and most(look.item) >= UNBOUNDED:
                raise ValueError("a look-behind without bound is not understood")
            return [look]
        if opening in (b"(?:", b"(?|"):
            return [self._inner(depth)]
        if opening == b"(?>":
            return [Atomic(self._inner(depth))]
        self.groups += 1
        number = self.groups
        name = found["name"] or found["quote"]
        if name:
            self.names[name] = number
        if self.text[self.at : self.at + 1] == b"?":
            raise ValueError(f"`(?{self.text[self.at + 1 : self.at + 2].decode('latin-1')}` is not understood")
        return [Group(number, self._inner(depth))]

    def _inner(self, depth: int) -> Node:
        start = self.at
        inner = self.choice(depth + 1)
        if self.text[self.at : self.at + 1] != b")":
            raise ValueError(f"the parenthesis at byte {start - 1} is never closed")
        self.at += 1
        return inner


def _repeated(item: Node, found: re.Match[bytes]) -> Node:
    low, high = _REPEATS.get(found["repeat"]) or _counts(found)
    if isinstance(item, Text) and len(item.data) == 1:
        item = OneOf(item.data)
    repeated = Repeat(item, low, high, found["manner"] != b"?")
    return Atomic(repeated) if found["manner"] == b"+" else repeated


def _counts(found: re.Match[bytes]) -> tuple[int, int]:
    low = int(found["low"])
    high = low if found["comma"] is None else int(found["high"] or UNBOUNDED)
    if high < low or (high > REPEATS_MAX and high != UNBOUNDED) or low > REPEATS_MAX:
        raise ValueError(f"{found['repeat'].decode()} has to climb, to {REPEATS_MAX} at most")
    return low, high


def series(items: list[Node]) -> Node:
    """The items one after the other, with neighbours of one kind joined."""
    joined: list[Node] = []
    for item in items:
        last = joined[-1] if joined else None
        if isinstance(item, Text) and isinstance(last, Text):
            joined[-1] = Text(last.data + item.data)
        elif isinstance(item, OneOf) and item == last:
            joined[-1] = Repeat(item, 2, 2, True)
        elif isinstance(item, OneOf) and isinstance(last, Repeat) and item == last.item and last.least == last.most:
            joined[-1] = last._replace(least=last.least + 1, most=last.most + 1)
        else:
            joined.append(item)
    return joined[0] if len(joined) == 1 else Series(tuple(joined))


def _unescape(found: re.Match[bytes]) -> bytes:
    if found[1] is not None:
        return bytes([int(found[1], 16)])
    letter = found[2][0]
    return b"\0" if letter == ord("0") else bytes([CONTROLS.get(letter, letter)])
