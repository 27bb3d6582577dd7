"""Ports as ranges: read from a report's text, put together, written again. Pure arithmetic."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

Spans = tuple[tuple[int, int], ...]
"""First and last port of each range, in rising order, apart from one another."""

MORE: Final = "…"
"""Stands in a text for ranges that are not told."""
PORT_MAX: Final = 65535
_RANGE: Final = re.compile(r"([0-9]{1,5})(?:-([0-9]{1,5}))?", re.ASCII)


def spans(text: str) -> Spans:
    """The ranges of `22,80,8000-8100,…`; what is none is passed over."""
    return union(_read(text))


def union(pairs: Iterable[tuple[int, int]]) -> Spans:
    """Ranges of any order, joined where they meet."""
    joined: list[tuple[int, int]] = []
    for first, last in sorted(pairs):
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(joined[-1][1], last))
        else:
            joined.append((first, last))
    return tuple(joined)


def count(ranges: Spans) -> int:
    """Ports in them."""
    return sum(last - first + 1 for first, last in ranges)


def written(ranges: Spans, most: int) -> str:
    """`22,80,8000-8100`; after `most` ranges `…` stands for the others."""
    parts = [str(first) if first == last else f"{first}-{last}" for first, last in ranges[:most]]
    return ",".join(parts + [MORE] * (len(ranges) > most))


def _read(text: str) -> Iterator[tuple[int, int]]:
    for part in text.split(","):
        if found := _RANGE.fullmatch(part):
            first, last = int(found[1]), int(found[2] or found[1])
            if first <= last <= PORT_MAX:
                yield first, last
