"""Plots as SVG (https://www.w3.org/TR/SVG11) that stands inside HTML: bars and a time line. Pure.

Colours are the page's variables, so that a plot is light or dark as the page is. Nothing in it moves or runs.
"""

from collections.abc import Iterator, Sequence
from html import escape
from typing import Final

from rawspoof.edges.report.page import Bars, TimeLine
from rawspoof.edges.report.plain import cut, moment

WIDTH: Final = 720
"""Of bars; the time line has a page's whole width."""
LINE_WIDTH: Final = 1120
_ROW: Final = 22
_NAME: Final = 170
_LETTERS: Final = 24
"""Of a name, what fits into its place."""
_VALUE: Final = 90
_HIGH: Final = 160
_LEFT: Final = 56
_FOOT: Final = 40
_TICKS: Final = 8
_DATE: Final = 70
"""Room that a tick's date takes."""


def bars(plot: Bars) -> str:
    """A bar for each name, the largest as long as there is room."""
    most = max((value for _, value in plot.items), default=0) or 1
    high = _ROW * len(plot.items)
    return _svg(WIDTH, high, f"Bars: {plot.unit}", _bars(plot, most))


def _bars(plot: Bars, most: int) -> Iterator[str]:
    for place, (name, value) in enumerate(plot.items):
        y, wide = place * _ROW, (WIDTH - _NAME - _VALUE) * value / most
        yield _text(_NAME - 8, y + 15, cut(name, _LETTERS), "end")
        yield f'<rect class="c0" x="{_NAME}" y="{y + 3}" width="{wide:.1f}" height="{_ROW - 6}" rx="2"/>'
        yield _text(_NAME + wide + 6, y + 15, f"{value:,}")


def time_line(line: TimeLine) -> str:
    """Every series as an area over time, the first behind the others."""
    most = max((max(values) for _, values in line.series), default=0) or 1
    return _svg(LINE_WIDTH, _HIGH + _FOOT, line.title, _time_line(line, most))


def _time_line(line: TimeLine, most: int) -> Iterator[str]:
    for share in (0, 0.5, 1):
        y = _HIGH - (_HIGH - 12) * share
        yield f'<line class="grid" x1="{_LEFT}" y1="{y:.1f}" x2="{LINE_WIDTH}" y2="{y:.1f}"/>'
        yield _text(_LEFT - 6, y + 4, f"{round(most * share):,}", "end")
    for number, (_, values) in enumerate(line.series):
        yield f'<path class="c{number}" d="{_area(values, most)}"/>'
    count = len(line.series[0][1]) if line.series else 0
    for place in range(0, count, max(-(-count // _TICKS), 1)):
        if _x(place, count) <= LINE_WIDTH - _DATE:
            yield _text(_x(place, count), _HIGH + 16, moment(line.start_at + place * line.step_s)[5:16])
    for number, (name, _) in enumerate(line.series):
        x = _LEFT + 120 * number
        yield f'<rect class="c{number}" x="{x}" y="{_HIGH + 26}" width="10" height="10"/>'
        yield _text(x + 15, _HIGH + 35, name)


def _area(values: Sequence[int], most: int) -> str:
    """Steps: each bin as wide as it is long, so that a single one shows as well."""
    heights = [_HIGH - (_HIGH - 12) * value / most for value in values]
    steps = (f"V{y:.1f}H{_x(place + 1, len(values)):.1f}" for place, y in enumerate(heights))
    return f"M{_LEFT} {_HIGH}{''.join(steps)}V{_HIGH}Z"


def _x(place: int, count: int) -> float:
    return _LEFT + (LINE_WIDTH - _LEFT) * place / count


def _text(x: float, y: float, text: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _svg(wide: int, high: int, title: str, parts: Iterator[str]) -> str:
    return (
        f'<svg role="img" viewBox="0 0 {wide} {high}" xmlns="http://www.w3.org/2000/svg">'
        f"<title>{escape(title)}</title>{''.join(parts)}</svg>"
    )
