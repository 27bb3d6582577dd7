"""A pattern to a text that it matches: a walk over its parts that prefers what servers really write, then a check.

Decides what to say where the pattern leaves room. Chance comes from a seed; every text was matched by its own pattern.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Final

from rawspoof.core.signature.pattern.chance import Chance
from rawspoof.core.signature.pattern.charsets import ALL, NOT_NEWLINE
from rawspoof.core.signature.pattern.match import Matcher
from rawspoof.core.signature.pattern.parse import TEXT_MAX
from rawspoof.core.signature.pattern.plausible import Kind, kind_at, proposals
from rawspoof.core.signature.pattern.steps import Exhausted
from rawspoof.core.signature.pattern.tree import (
    Atomic,
    Back,
    Choice,
    Group,
    Look,
    Node,
    OneOf,
    Pattern,
    Repeat,
    Series,
    Text,
)

ATTEMPTS_MAX: Final = 16
"""Texts made before a pattern is given up; nmap's patterns need 1.1 on average."""

PARTS_MAX: Final = 20_000
"""Parts walked for one text, repetitions counted each time."""

Groups = Sequence[bytes | None]
Judge = Callable[[bytes, Groups], str]
"""What is wrong with a text that its pattern matches, "" for nothing."""

_PRINTED: Final = bytes(range(32, 127)) + b"\r\n\t"
_LETTERS: Final = b"abcdefghijklmnopqrstuvwxyz"
_TASTE: Final = (_LETTERS, _LETTERS.upper(), b"0123456789", b" -._/", bytes(range(33, 127)), ALL)
"""Bytes to choose from, the first group that has any; digits go with letters."""


class _Failed(Exception):
    """This walk leads nowhere; the next may."""


def make(
    matcher: Matcher,
    seed: bytes,
    hints: Mapping[int, Kind] = {},
    judge: Judge = lambda text, groups: "",
) -> tuple[bytes, Groups]:
    """A text that the matcher's pattern matches and the judge finds nothing wrong with, and what its groups hold.

    A pure function of its arguments. `hints` say what the groups are for, by number. Raises ValueError, in one line,
    if there is none among ATTEMPTS_MAX tries.
    """
    wrong = "never matches a text made from it"
    for attempt in range(ATTEMPTS_MAX):
        walk = _Walk(hints, Chance(seed + bytes([attempt])), attempt)
        try:
            walk.say(matcher.pattern.root, None)
            text = bytes(walk.said)
            if len(text) > TEXT_MAX:
                raise ValueError(f"makes a text of {len(text)} bytes; {TEXT_MAX} are the most")
            for whole in (text + _ending(text), text):
                groups = matcher.search(whole)
                if groups is not None and not (wrong := judge(whole, groups)):
                    return whole, groups
        except _Failed:
            continue
        except (Exhausted, RecursionError) as e:
            wrong = str(e)
    raise ValueError(wrong)


def _ending(text: bytes) -> bytes:
    """What such a text ends with where its pattern says nothing about it."""
    if text.startswith(b"HTTP/"):
        head = b"" if text.endswith(b"\n") else b"\r\n"
        return b"" if b"\r\n\r\n" in text or b"\n\n" in text else head + b"\r\n"
    return b"\r\n" if text[-1:].isalnum() and not text.translate(None, _PRINTED) else b""


class _Walk:
    """One try. The later ones are bolder: they say more, and say what only a look-ahead asks for."""

    def __init__(self, hints: Mapping[int, Kind], chance: Chance, attempt: int) -> None:
        self.said = bytearray()
        self.hints, self.chance = hints, chance
        self.plain = attempt < ATTEMPTS_MAX // 2
        self.look_ahead = bool(attempt & 1)
        self.extra = 1 if self.plain else 1 + attempt
        self.kind = Kind.ANY
        self.groups: dict[int, bytes] = {}
        self.parts = 0

    def say(self, node: Node, next_: Node | None) -> None:
        """Append a text of this part; `next_` is what stands behind it."""
        self.parts += 1
        if self.parts > PARTS_MAX or len(self.said) > TEXT_MAX:
            raise ValueError(f"makes a text of more than {TEXT_MAX} bytes or {PARTS_MAX} parts")
        if isinstance(node, Text):
            self.said += node.data
        elif isinstance(node, OneOf):
            self.said.append(self._one(node.members, next_))
        elif isinstance(node, Series):
            for at, item in enumerate(node.items, 1):
                self.say(item, node.items[at] if at < len(node.items) else next_)
        elif isinstance(node, Repeat):
            self._repeat(node, next_)
        elif isinstance(node, Group):
            self._group(node, next_)
        elif isinstance(node, Choice):
            self.say(self._way(node), next_)
        else:
            self._rest(node, next_)

    def _rest(self, node: Node, next_: Node | None) -> None:
        if isinstance(node, Atomic):
            self.say(node.item, next_)
        elif isinstance(node, Back):
            if node.number not in self.groups:
                raise _Failed
            self.said += self.groups[node.number]
        elif isinstance(node, Look) and node.wanted and (self.look_ahead if node.ahead else not self.said):
            self.say(node.item, next_)

    def _way(self, node: Choice) -> Node:
        """Any; but a template wants its groups filled."""
        hinted = [way for way in node.ways if self.plain and self._is_hinted(way)]
        return self.chance.among(hinted or node.ways)

    def _is_hinted(self, node: Node) -> bool:
        if isinstance(node, Group) and node.number in self.hints:
            return True
        if isinstance(node, Group | Repeat | Atomic):
            return self._is_hinted(node.item)
        inner = node.items if isinstance(node, Series) else node.ways if isinstance(node, Choice) else ()
        return any(map(self._is_hinted, inner))

    def _group(self, node: Group, next_: Node | None) -> None:
        start, before = len(self.said), self.kind
        self.kind = self.hints.get(node.number, before)
        kind = kind_at(self.said) if self.kind is Kind.ANY else self.kind
        text = self._proposed(node.item, kind) if self.plain else None
        if text is None:
            self.say(node.item, next_)
        else:
            self.said += text
        self.kind = before
        self.groups[node.number] = bytes(self.said[start:])

    def _proposed(self, node: Node, kind: Kind) -> bytes | None:
        """The first likely text that the part accepts as a whole, in one byte a character or in two."""
        if isinstance(node, Text) or _is_open(node):
            return None
        matcher = Matcher(Pattern(node, _LAST_GROUP))
        forms = (form for text in proposals(kind, self.chance, bytes(self.said[-8:])) for form in (text, _wide(text)))
        try:
            return next((form for form in forms if matcher.fits(form, _FIT_STEPS_MAX)), None)
        except Exhausted:
            return None

    def _repeat(self, node: Repeat, next_: Node | None) -> None:
        if isinstance(node.item, OneOf):
            self.said += self._span(node.item.members, node, next_)
            return
        count = node.least
        if node.most > count and self._is_hinted(node.item):
            count = max(count, 1)
        elif node.most > count and not (self.plain and count == 0 and node.most > 1):
            count += self.chance.below(min(node.most - count, self.extra) + 1)
        for _ in range(count):
            self.say(node.item, node.item)

    def _span(self, members: bytes, node: Repeat, next_: Node | None) -> bytes:
        """A run of bytes of one set."""
        kind = kind_at(self.said) if self.kind is Kind.ANY else self.kind
        if self.plain:
            if node.least == 0 and kind is Kind.ANY and len(members) > _OPEN:
                return self._gap(members, next_)
            for text in proposals(kind, self.chance, bytes(self.said[-8:])):
                if node.least <= len(text) <= node.most and not text.translate(None, members):
                    return text
        count = node.least + self.chance.below(min(node.most - node.least, self.extra) + 1)
        if count > TEXT_MAX:
            raise ValueError(f"makes a text of more than {TEXT_MAX} bytes")
        return bytes(self._one(members, None) for _ in range(count))

    def _gap(self, members: bytes, next_: Node | None) -> bytes:
        """What `.*` leaves out: nothing, but for the end of the headers before a page."""
        page = isinstance(next_, Text) and next_.data.startswith(b"<")
        if page and b"\n" in members and self.said.startswith(b"HTTP/") and b"\r\n\r\n" not in self.said:
            return b"\r\n" if self.said.endswith(b"\r\n") else b"\r\n\r\n"
        return b""

    def _one(self, members: bytes, next_: Node | None) -> int:
        if members in (ALL, NOT_NEWLINE) and _joins(self.said, next_):
            return ord(".")
        # Of a letter in both cases, the first is how its author wrote it.
        return members[0] if members[1:] == members[:1].swapcase() else self.chance.among(_tasteful(members))


_OPEN: Final = 200
"""A set with more members is a `.` or a `[^…]`: room for anything."""

_FIT_STEPS_MAX: Final = 1_000
"""A part of a pattern that needs more for a text of a few bytes is not worth it."""

_LAST_GROUP: Final = 99
"""Groups that a part of a pattern may have by number."""


@lru_cache(4096)
def _tasteful(members: bytes) -> bytes:
    """Those of the members that look best in a banner."""
    digits = bytes(c for c in _TASTE[2] if c in members)
    found = next(found for taste in _TASTE if (found := bytes(c for c in taste if c in members)))
    return found + digits if found.isalpha() else found


def _joins(said: bytearray, next_: Node | None) -> bool:
    """A lone dot between letters or digits is what its author forgot to escape."""
    if not said[-1:].isalnum():
        return False
    if isinstance(next_, Repeat | Group):
        next_ = next_.item
    if isinstance(next_, OneOf):
        return ord("0") in next_.members
    return isinstance(next_, Text) and next_.data[:1].isalnum()


def _is_open(node: Node) -> bool:
    """Whether the part is nothing but `.*`, which accepts anything."""
    return isinstance(node, Repeat) and isinstance(node.item, OneOf) and len(node.item.members) > _OPEN


def _wide(text: bytes) -> bytes:
    """In UTF-16, little-endian."""
    return b"".join(bytes((c, 0)) for c in text)
