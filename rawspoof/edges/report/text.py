"""A page for a terminal: aligned tables, and the time line as a row of blocks. Pure."""

from collections.abc import Iterator, Sequence
from typing import Final

from rawspoof.edges.report.page import Page, Table, TimeLine
from rawspoof.edges.report.plain import cut, moment

WIDTH: Final = 100
"""Of what is not a terminal."""
_BLOCKS: Final = " ▁▂▃▄▅▆▇█"
_GAP: Final = "  "


def text(page: Page, width: int = WIDTH) -> str:
    """The page, no line longer than `width`."""
    return "\n".join(cut(line.rstrip(), width) for line in _lines(page, width)) + "\n"


def _lines(page: Page, width: int) -> Iterator[str]:
    yield page.title
    yield page.period
    yield ""
    wide = max(len(name) for name, _ in page.facts)
    yield from (f"{name:<{wide}}  {value}" for name, value in page.facts)
    yield from _line(page.line, width)
    for table in page.tables:
        yield from ("", table.title)
        yield from _table(table, width) if table.rows else ["  nothing"]


def _table(table: Table, width: int) -> Iterator[str]:
    """Columns that do not fit stand below the others, with the first one again."""
    cells = [table.heads, *table.rows]
    widths = [max(len(row[column]) for row in cells) for column in range(len(table.heads))]
    left = range(1, len(widths))
    while left:
        taken = [0, left[0]]
        while (new := taken[-1] + 1) < len(widths) and sum(widths[c] + len(_GAP) for c in [*taken, new]) <= width:
            taken.append(new)
        for row in cells:
            yield _GAP + _GAP.join(_cell(row[c], widths[c], c in table.numbers) for c in taken)
        left = left[len(taken) - 1 :]
        if left:
            yield ""


def _cell(text: str, wide: int, number: bool) -> str:
    return text.rjust(wide) if number else text.ljust(wide)


def _line(line: TimeLine, width: int) -> Iterator[str]:
    """Each series as blocks, as many bins together as it takes to fit."""
    yield from ("", line.title)
    if not line.series:
        yield "  nothing"
        return
    name_wide = max(len(name) for name, _ in line.series)
    for name, values in line.series:
        bins = _fitting(values, max(width - name_wide - 24, 8))
        most = max(bins)
        blocks = "".join(_BLOCKS[-(-value * 8 // most) if most else 0] for value in bins)
        yield f"{_GAP}{name:<{name_wide}}  {blocks}  {sum(values):,}"
    yield f"{_GAP}{'from':<{name_wide}}  {moment(line.start_at)[:-3]} UTC"


def _fitting(values: Sequence[int], places: int) -> list[int]:
    each = -(-len(values) // places)
    return [sum(values[first : first + each]) for first in range(0, len(values), each)]
