"""A page as one HTML file that needs nothing else: no script, no picture, no font from anywhere. Pure.

Well-formed as XML too. Light or dark as the reader's system is.
"""

from collections.abc import Iterator
from html import escape
from typing import Final

from rawspoof.edges.report.page import Page, Table
from rawspoof.edges.report.svg import bars, time_line

STYLE: Final = """
:root { color-scheme: light dark; --ink: #1c2430; --dim: #5b6675; --back: #f6f7f9; --card: #fff; --rule: #dfe3e8;
  --c0: #3b76c4; --c1: #d9822b; --c2: #c23b4b; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e8ee; --dim: #9aa5b4; --back: #14181e; --card: #1d232b;
  --rule: #323a45; --c0: #6aa2ea; --c1: #e8a154; --c2: #e8707e; } }
body { margin: 0; background: var(--back); color: var(--ink); font: 15px/1.45 system-ui, sans-serif; }
main { max-width: 1180px; margin: 0 auto; padding: 24px 20px 60px; }
h1 { font-size: 24px; margin: 0; } h2 { font-size: 17px; margin: 0 0 10px; }
.dim { color: var(--dim); }
section, dl div { background: var(--card); border: 1px solid var(--rule); border-radius: 8px; }
section { padding: 16px 18px; margin-top: 16px; }
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(190px, 1fr)); gap: 10px; margin: 18px 0 0; }
dl div { padding: 10px 14px; } dt { color: var(--dim); font-size: 13px; } dd { margin: 2px 0 0; font-size: 19px; }
.wide { overflow-x: auto; } .pair { display: grid; grid-template-columns: minmax(220px, 2fr) 3fr; gap: 24px; }
table { border-collapse: collapse; width: 100%; font-size: 13px; }
th { text-align: left; color: var(--dim); font-weight: 500; white-space: nowrap; }
th, td { padding: 4px 10px 4px 0; border-bottom: 1px solid var(--rule); vertical-align: top; }
td { font-family: ui-monospace, monospace; } .n { text-align: right; white-space: nowrap; }
svg { display: block; width: 100%; height: auto; } svg text { fill: var(--dim); font: 12px system-ui, sans-serif; }
.c0 { fill: var(--c0); } .c1 { fill: var(--c1); } .c2 { fill: var(--c2); } .grid { stroke: var(--rule); }
@media (max-width: 760px) { .pair { grid-template-columns: 1fr; } }
""".strip()


def html(page: Page) -> str:
    """The file."""
    return "\n".join(_lines(page)) + "\n"


def _lines(page: Page) -> Iterator[str]:
    yield "<!DOCTYPE html>"
    yield '<html lang="en" xmlns="http://www.w3.org/1999/xhtml"><head><meta charset="utf-8"/>'
    # Were anything of an attacker's ever to become a tag, the browser would neither run nor fetch it.
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    yield f'<meta http-equiv="Content-Security-Policy" content="{policy}"/>'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1"/>'
    yield f"<title>{escape(page.title)}</title><style>{STYLE}</style></head><body><main>"
    yield f'<h1>{escape(page.title)}</h1><p class="dim">{escape(page.period)}</p>'
    facts = (f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in page.facts)
    yield f"<dl>{''.join(facts)}</dl>"
    plot = time_line(page.line) if page.line.series else "<p>nothing</p>"
    yield f"<section><h2>{escape(page.line.title)}</h2>{plot}</section>"
    for table in page.tables:
        yield _section(table)
    yield "</main></body></html>"


def _section(table: Table) -> str:
    inside = f'<div class="wide">{_table(table)}</div>' if table.rows else "<p>nothing</p>"
    if table.rows and table.bars:
        inside = f'<div class="pair">{inside}<div>{bars(table.bars)}</div></div>'
    return f"<section><h2>{escape(table.title)}</h2>{inside}</section>"


def _table(table: Table) -> str:
    heads = "".join(f"<th{_side(table, column)}>{escape(head)}</th>" for column, head in enumerate(table.heads))
    rows = (
        "".join(f"<td{_side(table, column)}>{escape(cell)}</td>" for column, cell in enumerate(row))
        for row in table.rows
    )
    body = "\n".join(f"<tr>{row}</tr>" for row in rows)
    return f"<table><thead><tr>{heads}</tr></thead><tbody>\n{body}\n</tbody></table>"


def _side(table: Table, column: int) -> str:
    return ' class="n"' if column in table.numbers else ""
