"""What a pattern is made of, once read. Knows what each part can say at least, not how it is written or matched."""

from enum import Enum
from typing import Final, NamedTuple, TypeAlias

UNBOUNDED: Final = 2**32
"""Stands for the upper bound that `*` and `+` do not have."""


class Edge(Enum):
    """A place between bytes. The names are those of the escapes; START and END are `^` and `$`."""

    START = "start of the text"
    END = "end of the text, or before a last newline"
    VERY_END = "end of the text"
    LINE_START = "start of a line"
    LINE_END = "end of a line"
    WORD = "between a word and no word"
    NO_WORD = "not between a word and no word"


class Text(NamedTuple):
    """These bytes."""

    data: bytes


class OneOf(NamedTuple):
    """Any one of these bytes."""

    members: bytes


class Series(NamedTuple):
    """One after the other."""

    items: tuple["Node", ...]


class Choice(NamedTuple):
    """Any one of these, the first that fits."""

    ways: tuple["Node", ...]


class Repeat(NamedTuple):
    """The same part several times."""

    item: "Node"
    least: int
    most: int
    greedy: bool


class Group(NamedTuple):
    """A part whose text is remembered by number."""

    number: int
    item: "Node"


class Back(NamedTuple):
    """The text that a group remembers."""

    number: int


class Atomic(NamedTuple):
    """A part that is never matched in another way once it has been in one."""

    item: "Node"


class Look(NamedTuple):
    """What comes next (or came before) fits, or does not; nothing is taken."""

    item: "Node"
    ahead: bool
    wanted: bool


Node: TypeAlias = Text | OneOf | Series | Choice | Repeat | Group | Back | Atomic | Look | Edge


class Pattern(NamedTuple):
    """A pattern that was read."""

    root: Node
    groups: int
    """Number of the last capture group."""


def least(node: Node) -> int:
    """Bytes that any text of this part has at least; a back-reference counts none."""
    if isinstance(node, Text):
        return len(node.data)
    if isinstance(node, OneOf):
        return 1
    if isinstance(node, Series):
        return sum(map(least, node.items))
    if isinstance(node, Choice):
        return min(map(least, node.ways))
    if isinstance(node, Repeat):
        return node.least * least(node.item)
    return least(node.item) if isinstance(node, Group | Atomic) else 0


def most(node: Node) -> int:
    """Bytes that any text of this part has at most, UNBOUNDED or more where nothing bounds it."""
    if isinstance(node, Series):
        return sum(map(most, node.items))
    if isinstance(node, Choice):
        return max(map(most, node.ways))
    if isinstance(node, Repeat):
        return node.most * most(node.item)
    if isinstance(node, Back):
        return UNBOUNDED
    return most(node.item) if isinstance(node, Group | Atomic) else least(node)
