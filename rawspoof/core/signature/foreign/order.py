"""Which match line nmap would name a text by: the first in its order that matches. A model of nmap, with no sockets.

A text is looked up by the four-byte pieces of it, so that of thousands of lines only a handful are really tried.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Final, NamedTuple

from rawspoof.core.signature.foreign.probes import Line, Probe
from rawspoof.core.signature.pattern.make import Groups
from rawspoof.core.signature.pattern.match import Matcher
from rawspoof.core.signature.pattern.parse import Flags, parse
from rawspoof.core.signature.pattern.steps import Exhausted
from rawspoof.core.signature.pattern.tree import Choice, Group, Node, Pattern, Repeat, Series, Text

_PIECE: Final = 4
_NEEDLE_MAX: Final = 40


class Known(NamedTuple):
    """A line whose pattern was read."""

    line: Line
    pattern: Pattern
    needles: tuple[tuple[bytes, ...], ...]
    """Every text that the pattern matches has all of one of these in it; none of them is empty if that is of use."""

    @classmethod
    def read(cls, line: Line) -> "Known":
        """Raises ValueError for a pattern that is not understood."""
        pattern = parse(line.pattern, Flags.parse(line.flags))
        return cls(line, pattern, _needles(pattern.root))


class Named(NamedTuple):
    """The line that a text is named by, and what its groups hold."""

    line: Line
    groups: Groups


class Order:
    """The lines of one probe, in the file's order."""

    def __init__(self, lines: Sequence[Known]) -> None:
        self._lines = lines
        self._matchers: dict[int, Matcher] = {}
        self._always: list[int] = []
        self._by_piece: dict[bytes, list[int]] = {}
        pieces = [[_pieces(*texts) for texts in known.needles] for known in lines]
        common = Counter(chain.from_iterable(chain.from_iterable(pieces)))
        for at, each in enumerate(pieces):
            if all(each):
                for found in each:
                    self._by_piece.setdefault(min(found, key=lambda p: (common[p], p)), []).append(at)
            else:
                self._always.append(at)

    def first(self, data: bytes, before: int | None = None) -> Named | None:
        """The first line that matches, of those in front of number `before` if that is said.

        One that takes too many steps does not match: nmap gives up on it too.
        """
        for at in self._candidates(data):
            if before is not None and at >= before:
                break
            try:
                groups = self.matcher(at).search(data)
            except Exhausted:
                continue
            if groups is not None:
                return Named(self._lines[at].line, groups)
        return None

    def matcher(self, at: int) -> Matcher:
        """The matcher of a line, by its number from 0."""
        found = self._matchers.get(at)
        if found is None:
            found = self._matchers[at] = Matcher(self._lines[at].pattern)
        return found

    def _candidates(self, data: bytes) -> list[int]:
        found = set(self._always)
        for piece in self._by_piece.keys() & _pieces(data):
            found.update(self._by_piece[piece])
        return sorted(found)


def chains(probes: Iterable[Probe], orders: Mapping[tuple[str, bool], Order]) -> dict[str, list[Order]]:
    """For the answers to each TCP probe, the lines tried: its own, those of its fallbacks, those of the first probe.

    `orders` by a probe's name and whether it is one of UDP: some names are there twice, and one falls back to its own
    protocol's first.
    """
    names = {probe.name: dict.fromkeys((probe.name, *probe.fallback, "NULL")) for probe in probes if not probe.udp}
    either = {name: order for (name, _), order in sorted(orders.items(), key=lambda of: not of[0][1])}
    return {name: [either[each] for each in tried if each in either] for name, tried in names.items()}


def _pieces(*texts: bytes) -> set[bytes]:
    return {text[at : at + _PIECE] for text in texts for at in range(len(text) - _PIECE + 1)}


def _needles(node: Node) -> tuple[tuple[bytes, ...], ...]:
    """Sets of texts, of which any text of this part has one in it."""
    if isinstance(node, Text):
        return ((node.data[:_NEEDLE_MAX],) if len(node.data) >= _PIECE else (),)
    if isinstance(node, Series):
        inner = [_needles(item) for item in node.items]
        sure = tuple(text for sets in inner if len(sets) == 1 for text in sets[0])
        return (sure,) if sure else next((sets for sets in inner if len(sets) > 1 and all(sets)), ((),))
    if isinstance(node, Choice):
        return tuple(texts for way in node.ways for texts in _needles(way))
    if isinstance(node, Group) or (isinstance(node, Repeat) and node.least):
        return _needles(node.item)
    return ((),)
