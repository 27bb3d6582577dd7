"""The parts of a pattern as functions that call what comes after them, so that a failure there is a way back.

Each takes a position and says where the whole match ends. Knows no limit but the count that a Run carries.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Final, TypeAlias

from rawspoof.core.signature.pattern.charsets import WORD
from rawspoof.core.signature.pattern.tree import (
    Atomic,
    Back,
    Choice,
    Edge,
    Group,
    Look,
    Node,
    OneOf,
    Repeat,
    Series,
    Text,
    least,
    most,
)

FAIL: Final = -1


class Exhausted(ValueError):
    """The matcher gave up: too many steps, or too deep."""


class Run:
    """One match under way."""

    __slots__ = ("begun", "data", "groups", "left", "loops", "size", "stop")

    def __init__(self, data: bytes, groups: int, steps_max: int) -> None:
        self.data, self.size = data, len(data)
        self.groups = [(FAIL, FAIL)] * (groups + 1)
        self.begun = [FAIL] * (groups + 1)
        self.loops: dict[object, tuple[int, int]] = {}
        self.left = steps_max
        self.stop = FAIL

    def spend(self) -> None:
        """Count a step. Raises Exhausted when there have been too many."""
        self.left -= 1
        if self.left < 0:
            raise Exhausted("takes too many steps")


Step: TypeAlias = Callable[[Run, int], int]


def finish(run: Run, at: int) -> int:
    """The last step: the match ends here."""
    return at


def compile_node(node: Node, then: Step, follow: bytes = b"") -> Step:
    """The step that matches a part and goes on with `then`; `follow` are bytes that come next in any case."""
    if isinstance(node, Series):
        return _series(node.items, then, follow)
    if isinstance(node, Text | OneOf):
        return _fixed([node], then)
    if isinstance(node, Repeat):
        return _span(node, node.item.members, then, follow) if isinstance(node.item, OneOf) else _loop(node, then)
    if isinstance(node, Group):
        return _group(node, then, follow)
    if isinstance(node, Choice):
        return _choice([compile_node(way, then, follow) for way in node.ways])
    if isinstance(node, Back):
        return _back(node.number, then)
    if isinstance(node, Look):
        return _ahead(node, then) if node.ahead else _behind(node, then)
    return _atomic(node, then) if isinstance(node, Atomic) else _edge(node, then)


def _series(items: Sequence[Node], then: Step, follow: bytes) -> Step:
    """Built from the end; neighbours with one way to match become one step, which keeps the search shallow."""
    step, fixed = then, list[Node]()
    for item in reversed(items):
        if _is_fixed(item):
            fixed.insert(0, item)
            follow = item.data if isinstance(item, Text) else b""
            continue
        if fixed:
            step, fixed = _fixed(fixed, step), []
        step, follow = compile_node(item, step, follow), b""
    return _fixed(fixed, step) if fixed else step


def _is_fixed(node: Node) -> bool:
    if isinstance(node, Repeat):
        return node.least == node.most and isinstance(node.item, OneOf)
    return isinstance(node, Text | OneOf)


def _fixed(items: Sequence[Node], then: Step) -> Step:
    """Texts and bytes of known number: all fit, or the step fails."""
    parts = []
    for node in items:
        one = node.item if isinstance(node, Repeat) else node
        parts.append((node.data, b"", len(node.data)) if isinstance(node, Text) else (b"", _of(one), least(node)))
    size = sum(count for _, _, count in parts)

    def fixed(run: Run, at: int) -> int:
        data = run.data
        if at + size > run.size:
            return FAIL
        for text, members, count in parts:
            if not data.startswith(text, at) if text else data[at : at + count].translate(None, members):
                return FAIL
            at += count
        return then(run, at)

    return fixed


def _of(node: Node) -> bytes:
    assert isinstance(node, OneOf)
    return node.members


def _span(node: Repeat, members: bytes, then: Step, follow: bytes) -> Step:
    """As many bytes of a set as possible, or as few; where the text that follows is known, only its places count."""
    low, high, greedy = node.least, node.most, node.greedy

    def span(run: Run, at: int) -> int:
        rest = run.data[at : at + high]
        reach = len(rest) - len(rest.lstrip(members))
        if reach < low:
            return FAIL
        for end in _places(run.data, at + low, at + reach, follow, greedy):
            run.spend()
            found = then(run, end)
            if found != FAIL:
                return found
        return FAIL

    return span


def _places(data: bytes, first: int, last: int, follow: bytes, greedy: bool) -> Iterator[int]:
    """Positions from `first` to `last` at which `follow` begins, from the end if greedy."""
    if not follow:
        yield from range(last, first - 1, -1) if greedy else range(first, last + 1)
        return
    at = data.rfind(follow, first, last + len(follow)) if greedy else data.find(follow, first, last + len(follow))
    while at >= 0:
        yield at
        if greedy:
            at = data.rfind(follow, first, at + len(follow) - 1)
        else:
            at = data.find(follow, at + 1, last + len(follow))


def _loop(node: Repeat, then: Step) -> Step:
    """A repetition of anything else: how often, and where the last time began, is kept in the run."""
    mark = object()

    def turn(run: Run, at: int, count: int) -> int:
        run.spend()
        if not node.greedy and count >= node.least and (found := then(run, at)) != FAIL:
            return found
        if count < node.most:
            run.loops[mark] = (count, at)
            found = inner(run, at)
            if found != FAIL:
                return found
        return then(run, at) if node.greedy and count >= node.least else FAIL

    def again(run: Run, at: int) -> int:
        count, begun = run.loops[mark]
        # A turn that took nothing would only be followed by others that take nothing.
        found = then(run, at) if at == begun else turn(run, at, count + 1)
        if found == FAIL:
            run.loops[mark] = (count, begun)
        return found

    def enter(run: Run, at: int) -> int:
        before = run.loops.get(mark, (0, at))
        found = turn(run, at, 0)
        if found == FAIL:
            run.loops[mark] = before
        return found

    inner = compile_node(node.item, again)
    return enter


def _group(node: Group, then: Step, follow: bytes) -> Step:
    number = node.number

    def leave(run: Run, at: int) -> int:
        before = run.groups[number]
        run.groups[number] = (run.begun[number], at)
        found = then(run, at)
        if found == FAIL:
            run.groups[number] = before
        return found

    def enter(run: Run, at: int) -> int:
        before = run.begun[number]
        run.begun[number] = at
        found = inner(run, at)
        if found == FAIL:
            run.begun[number] = before
        return found

    inner = compile_node(node.item, leave, follow)
    return enter


def _choice(ways: Sequence[Step]) -> Step:
    def choice(run: Run, at: int) -> int:
        for way in ways:
            run.spend()
            found = way(run, at)
            if found != FAIL:
                return found
        return FAIL

    return choice


def _back(number: int, then: Step) -> Step:
    def back(run: Run, at: int) -> int:
        begin, end = run.groups[number]
        if begin == FAIL or not run.data.startswith(run.data[begin:end], at):
            return FAIL
        return then(run, at + end - begin)

    return back


def _atomic(node: Atomic, then: Step) -> Step:
    inner = compile_node(node.item, finish)

    def atomic(run: Run, at: int) -> int:
        end = inner(run, at)
        return FAIL if end == FAIL else then(run, end)

    return atomic


def _ahead(node: Look, then: Step) -> Step:
    inner = compile_node(node.item, finish)

    def ahead(run: Run, at: int) -> int:
        before = run.groups[:]
        seen = inner(run, at) != FAIL
        if not (seen and node.wanted):
            run.groups[:] = before
        return then(run, at) if seen == node.wanted else FAIL

    return ahead


def _behind(node: Look, then: Step) -> Step:
    """Tried from every place that is as far behind as the part is long; `parse` lets none without bound through."""
    inner = compile_node(node.item, lambda run, at: at if at == run.stop else FAIL)
    shortest, longest = least(node.item), most(node.item)

    def behind(run: Run, at: int) -> int:
        before, run.stop = run.stop, at
        seen = any(inner(run, start) != FAIL for start in range(at - shortest, max(at - longest, 0) - 1, -1))
        run.stop = before
        return then(run, at) if seen == node.wanted else FAIL

    return behind


def _edge(edge: Node, then: Step) -> Step:
    assert isinstance(edge, Edge)

    def step(run: Run, at: int) -> int:
        return then(run, at) if _is_at(edge, run.data, at) else FAIL

    return step


def _is_at(edge: Edge, data: bytes, at: int) -> bool:
    if edge is Edge.START:
        return at == 0
    if edge is Edge.VERY_END:
        return at == len(data)
    if edge is Edge.END:
        return data[at:] in (b"", b"\n")
    if edge is Edge.LINE_START:
        return at == 0 or data[at - 1 : at] == b"\n"
    if edge is Edge.LINE_END:
        return at == len(data) or data[at : at + 1] == b"\n"
    within = (at > 0 and data[at - 1] in WORD) != (at < len(data) and data[at] in WORD)
    return within == (edge is Edge.WORD)
