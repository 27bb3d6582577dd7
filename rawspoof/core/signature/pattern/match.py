"""Whether a text fits a pattern, and what its groups hold: a backtracking matcher that counts its steps.

The standard library's matcher cannot be bounded, and some of nmap's patterns keep it busy for ever; this one gives up
after a number of steps that its caller sets, the same on every machine. It finds what PCRE finds.
"""

from collections.abc import Iterator
from functools import cached_property
from typing import Final

from rawspoof.core.signature.pattern.steps import FAIL, Exhausted, Run, Step, compile_node, finish
from rawspoof.core.signature.pattern.tree import Edge, Group, Node, Pattern, Series, Text

STEPS_MAX: Final = 20_000
"""Ways tried before a match is given up; what nmap's patterns need for their own texts is in the tests."""


class Matcher:
    """A pattern made ready to be matched many times."""

    def __init__(self, pattern: Pattern) -> None:
        self._pattern = pattern
        first = _first(pattern.root)
        self._anchored = first is Edge.START
        self._head = first.data if isinstance(first, Text) else b""

    def search(self, data: bytes, steps_max: int = STEPS_MAX) -> list[bytes | None] | None:
        """The text of the whole match and of each group (None: took no part), or None if it is nowhere in the data.

        Raises Exhausted after `steps_max` ways tried without an end.
        """
        run = Run(data, self._pattern.groups, steps_max)
        for start in self._starts(data):
            end = _guarded(self._search, run, start)
            if end != FAIL:
                run.groups[0] = (start, end)
                return [None if begin == FAIL else data[begin:stop] for begin, stop in run.groups]
        return None

    def fits(self, data: bytes, steps_max: int = STEPS_MAX) -> bool:
        """True if the pattern matches the data from the first byte to the last. Raises Exhausted."""
        return _guarded(self._full, Run(data, self._pattern.groups, steps_max), 0) != FAIL

    @cached_property
    def _search(self) -> Step:
        return compile_node(self._pattern.root, finish)

    @cached_property
    def _full(self) -> Step:
        return compile_node(self._pattern.root, lambda run, at: at if at == run.size else FAIL)

    def _starts(self, data: bytes) -> Iterator[int]:
        """Where a match may begin."""
        if self._anchored:
            yield 0
        elif self._head:
            at = data.find(self._head)
            while at >= 0:
                yield at
                at = data.find(self._head, at + 1)
        else:
            yield from range(len(data) + 1)


def _first(node: Node) -> Node:
    """The part that every match begins with."""
    while isinstance(node, Series | Group):
        if isinstance(node, Series) and not node.items:
            break
        node = node.items[0] if isinstance(node, Series) else node.item
    return node


def _guarded(step: Step, run: Run, start: int) -> int:
    run.spend()
    try:
        return step(run, start)
    except RecursionError:
        raise Exhausted("takes too deep a search") from None
