"""A summary as a page: facts, plots and tables of plain words, whatever they are then written in. Pure.

Every text in a page is printable ASCII but for our own `…` and `–`; it may still mean something to HTML or Markdown.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from rawspoof.edges.report import ports
from rawspoof.edges.report.plain import ip, moment, shown, size, span
from rawspoof.edges.report.sources import Source
from rawspoof.edges.report.summary import Summary

RANGES_MAX: Final = 6
"""Of ports, told of one source."""
BINS_MAX: Final = 200
"""Of a time line; with more hours, a bin is a day."""
HOUR_S: Final = 3600
NAME_MAX: Final = 48
"""Letters of what an attacker typed."""
NONE: Final = "–"


class Bars(NamedTuple):
    """A length for each name."""

    unit: str
    items: tuple[tuple[str, int], ...]


class TimeLine(NamedTuple):
    """Counts by time, a value for each bin, for every series."""

    title: str
    start_at: int
    step_s: int
    series: tuple[tuple[str, tuple[int, ...]], ...]


class Table(NamedTuple):
    """Rows under heads, and the same as bars where that helps."""

    title: str
    heads: tuple[str, ...]
    numbers: frozenset[int]
    """Columns that are numbers, and stand to the right."""
    rows: tuple[tuple[str, ...], ...]
    bars: Bars | None = None


class Page(NamedTuple):
    """All of it, in order."""

    title: str
    period: str
    facts: tuple[tuple[str, str], ...]
    line: TimeLine
    tables: tuple[Table, ...]


def page(summary: Summary) -> Page:
    """The page of a summary."""
    period = f"{moment(summary.since)} to {moment(summary.until)} UTC"
    return Page("rawspoof: who was here", period, tuple(_facts(summary)), _line(summary), tuple(_tables(summary)))


def _facts(summary: Summary) -> Iterator[tuple[str, str]]:
    yield "sources", f"{summary.source_count:,}"
    yield "proven by a handshake", f"{summary.proven_count:,}"
    yield "scans", f"{summary.scans:,}"
    yield "packets", f"{summary.packets:,}"
    yield "connections", f"{summary.connections:,}"
    yield "credentials tried", f"{summary.tried.times:,}"
    yield "time they wasted", span(summary.held_s)
    yield "heard of them", size(summary.bytes_in)
    yield "said to them", size(summary.bytes_out)
    yield "events", f"{summary.events:,}"


def _line(summary: Summary) -> TimeLine:
    """From the first hour with an event to the last; an event of a wrong clock must not make it endless."""
    hours = [hour for hour, _ in summary.hours if summary.since - HOUR_S < hour < summary.until]
    if not hours:
        return TimeLine("Events per hour", 0, HOUR_S, ())
    step = HOUR_S if (max(hours) - min(hours)) / HOUR_S < BINS_MAX else 24 * HOUR_S
    start = min(hours) // step * step
    count = min((max(hours) - start) // step + 1, 10 * BINS_MAX)
    series = {"all": [0] * count, "connections": [0] * count, "credentials": [0] * count}
    named = {"session.open": "connections", "service.credential": "credentials"}
    for (hour, kind), events in summary.hours.items():
        place = (hour - start) // step
        if 0 <= place < count:
            for name in ("all", named.get(kind)):
                if name:
                    series[name][place] += events
    title = "Events per hour" if step == HOUR_S else "Events per day"
    return TimeLine(title, start, step, tuple((name, tuple(values)) for name, values in series.items()))


def _tables(summary: Summary) -> Iterator[Table]:
    yield _sources(summary)
    rows = tuple((str(port), f"{sources:,}", f"{opened:,}") for port, sources, opened in summary.ports)
    bars = tuple((str(port), sources) for port, sources, _ in summary.ports)
    yield Table("Ports", ("port", "sources", "connections"), frozenset({0, 1, 2}), rows, Bars("sources", bars))
    yield _counted("Tools", "tool", summary.tools)
    yield _counted("Techniques", "technique", summary.techniques)
    yield _counted("MITRE ATT&CK", "id", summary.attack)
    tried = tuple((_typed(user), _typed(secret), f"{count:,}") for (user, secret), count in summary.tried.pairs)
    yield Table("Credentials", ("user", "secret", "times"), frozenset({2}), tried)
    yield _typed_often("Users", "user", summary.tried.users)
    yield _typed_often("Secrets", "secret", summary.tried.secrets)


def _sources(summary: Summary) -> Table:
    heads = ("source", "risk", "proven", "tool", "packets", "ports", "credentials", "wasted", "techniques", "ATT&CK",
             "which ports", "system", "first", "last")  # fmt: skip
    return Table("Sources", heads, frozenset({1, 4, 5, 6, 7}), tuple(map(_source, summary.sources)))


def _source(source: Source) -> tuple[str, ...]:
    tool = f"{shown(source.tool, NAME_MAX)} {source.confidence:.0%}" if source.tool else NONE
    on = f" on {source.target_count:,}" if source.target_count > 1 else ""
    return (
        ip(source.address), str(source.risk), "yes" if source.verified else "no", tool,
        f"{source.packets:,}", f"{source.port_count:,}{on}", f"{source.credentials:,}", span(source.held_s),
        _words(source.techniques), _words(source.attack), ports.written(source.ports, RANGES_MAX) or NONE,
        shown(source.system, NAME_MAX) or NONE, moment(source.first_at), moment(source.last_at),
    )  # fmt: skip


def _counted(title: str, head: str, counts: list[tuple[str, int]]) -> Table:
    named = tuple((shown(name, NAME_MAX), count) for name, count in counts)
    rows = tuple((name, f"{count:,}") for name, count in named)
    return Table(title, (head, "sources"), frozenset({1}), rows, Bars("sources", named))


def _typed_often(title: str, head: str, counts: list[tuple[bytes, int]]) -> Table:
    named = tuple((_typed(typed), count) for typed, count in counts)
    return Table(
        title, (head, "times"), frozenset({1}), tuple((name, f"{count:,}") for name, count in named),
        Bars("times", named),
    )  # fmt: skip


def _typed(text: bytes) -> str:
    return shown(text, NAME_MAX) if text else "(none)"


def _words(names: tuple[str, ...]) -> str:
    return " ".join(shown(name, NAME_MAX) for name in names[: RANGES_MAX * 2]) or NONE
