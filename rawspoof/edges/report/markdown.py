"""A page in Markdown (GitHub's, https://github.github.com/gfm). Pure; no text of others becomes a link or a tag."""

import re
from collections.abc import Iterator
from typing import Final

from rawspoof.edges.report.page import Page, Table, TimeLine
from rawspoof.edges.report.plain import moment

_MEANING: Final = re.compile(r"[\\`*_\[\]|~]")
_LINKS: Final = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("://", "&#58;//"), ("@", "&#64;"), ("$", "&#36;"))
_WWW: Final = re.compile(r"(www)\.", re.IGNORECASE)


def markdown(page: Page) -> str:
    """The page."""
    return "\n".join(_lines(page)) + "\n"


def plain(text: str) -> str:
    """Text that stands for itself in Markdown."""
    for sign, instead in _LINKS:
        text = text.replace(sign, instead)
    return _MEANING.sub(r"\\\g<0>", _WWW.sub(r"\1&#46;", text))


def _lines(page: Page) -> Iterator[str]:
    yield from (f"# {plain(page.title)}", "", plain(page.period), "")
    yield from (f"- {plain(name)}: {plain(value)}" for name, value in page.facts)
    yield from _line(page.line)
    for table in page.tables:
        yield from ("", f"## {plain(table.title)}", "")
        yield from _table(table) if table.rows else ["nothing"]


def _table(table: Table) -> Iterator[str]:
    yield _row(table.heads)
    yield _row(["--:" if column in table.numbers else ":--" for column in range(len(table.heads))])
    yield from (_row([plain(cell) for cell in row]) for row in table.rows)


def _line(line: TimeLine) -> Iterator[str]:
    yield from ("", f"## {line.title}", "")
    if not line.series:
        yield "nothing"
        return
    yield _row(["from (UTC)", *(name for name, _ in line.series)])
    yield _row([":--", *("--:" for _ in line.series)])
    for place in range(len(line.series[0][1])):
        start = moment(line.start_at + place * line.step_s)[:-3]
        yield _row([start, *(f"{values[place]:,}" for _, values in line.series)])


def _row(cells: tuple[str, ...] | list[str]) -> str:
    return f"| {' | '.join(cells)} |"
