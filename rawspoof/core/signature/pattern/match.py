"""Whether a text fits a pattern, and what its groups hold: a backtracking matcher that counts its steps.

The standard library's matcher cannot be bounded, and some of nmap's patterns keep it busy for ever; this one gives up
after a number of steps that its caller sets, the same on every machine. It finds what PCRE finds.
"""

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Final

from rawspoof.core.signature.pattern.charsets import ALL
from rawspoof.core.signature.pattern.steps import FAIL, Exhausted, Run, Step, compile_node, finish
from rawspoof.core.signature.pattern.tree import (
    Atomic,
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
)

STEPS_MAX: Final = 20_000
"""Ways tried before a match is given up; what nmap's patterns need for their own texts is in the tests."""


class Matcher:
    """A pattern made ready to be matched many times."""

    def __init__(self, pattern: Pattern) -> None:
        self.pattern = pattern
        self._anchored = _is_anchored(pattern.root)
        self._opening = _opening(pattern.root)
        self._texts = tuple(_texts(pattern.root))

    def search(self, data: bytes, steps_max: int = STEPS_MAX) -> list[bytes | None] | None:
        """The text of the whole match and of each group (None: took no part), or None if it is nowhere in the data.

        Raises Exhausted after `steps_max` ways tried without an end.
        """
        if not self._may_be_in(data):
            return None
        run = Run(data, self.pattern.groups, steps_max)
        for start in self._starts(data):
            end = _guarded(self._search, run, start)
            if end != FAIL:
                run.groups[0] = (start, end)
                return [None if begin == FAIL else data[begin:stop] for begin, stop in run.groups]
        return None

    def fits(self, data: bytes, steps_max: int = STEPS_MAX) -> bool:
        """True if the pattern matches the data from the first byte to the last. Raises Exhausted."""
        return _guarded(self._full, Run(data, self.pattern.groups, steps_max), 0) != FAIL

    @cached_property
    def _search(self) -> Step:
        return compile_node(self.pattern.root, finish)

    @cached_property
    def _full(self) -> Step:
        return compile_node(self.pattern.root, lambda run, at: at if at == run.size else FAIL)

    def _may_be_in(self, data: bytes) -> bool:
        """False if that is to be seen without a search."""
        if self._anchored and data[:1] not in self._opening:
            return False
        at = 0
        for text in self._texts:
            at = data.find(text, at)
            if at < 0:
                return False
            at += len(text)
        return True

    def _starts(self, data: bytes) -> Iterable[int]:
        """Where a match may begin."""
        if self._anchored:
            return (0,)
        if len(self._opening) == 256:
            return range(len(data) + 1)
        return (at for at, byte in enumerate(data) if byte in self._opening)


def _is_anchored(node: Node) -> bool:
    """Whether a match begins at the start of the text or nowhere."""
    if isinstance(node, Choice):
        return all(map(_is_anchored, node.ways))
    if isinstance(node, Series):
        return bool(node.items) and _is_anchored(node.items[0])
    return _is_anchored(node.item) if isinstance(node, Group | Atomic) else node is Edge.START


def _opening(node: Node) -> bytes:
    """Bytes that a match may begin with; all of them if it may be empty, too."""
    if isinstance(node, Text):
        return node.data[:1]
    if isinstance(node, OneOf):
        return node.members
    if isinstance(node, Series):
        first = next((item for item in node.items if not isinstance(item, Edge | Look)), None)
        return ALL if first is None else _opening(first)
    if isinstance(node, Choice):
        return bytes({byte for way in node.ways for byte in _opening(way)})
    if isinstance(node, Group | Atomic) or (isinstance(node, Repeat) and node.least):
        return _opening(node.item)
    return ALL


def _texts(node: Node) -> Iterator[bytes]:
    """Texts that any match has in it, in this order."""
    if isinstance(node, Text):
        yield node.data
    elif isinstance(node, Series):
        for item in node.items:
            yield from _texts(item)
    elif isinstance(node, Group | Atomic) or (isinstance(node, Repeat) and node.least):
        yield from _texts(node.item)


def _guarded(step: Step, run: Run, start: int) -> int:
    run.spend()
    try:
        return step(run, start)
    except RecursionError:
        raise Exhausted("takes too deep a search") from None
