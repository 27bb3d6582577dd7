"""A page says what the summary has, in words that are safe anywhere."""

from rawspoof.edges.report.page import page
from rawspoof.edges.report.summary import Found, summarise
from tests.edges.report.made import hostile, usual
from tests.edges.sinks.samples import AT

SINCE, UNTIL = AT - 3600, AT + 7200


def made(found):
    return page(summarise(found, SINCE, UNTIL))


def table(made, title):
    return next(table for table in made.tables if table.title == title)


def test_facts_and_tables():
    got = made(usual())
    assert got.period == "2025-06-01 13:32:07 to 2025-06-01 16:32:07 UTC"
    facts = dict(got.facts)
    assert (facts["sources"], facts["credentials tried"], facts["time they wasted"]) == ("2", "3", "38 s")
    first, second = table(got, "Sources").rows
    assert first == (
        "198.51.100.42", "300", "yes", "nmap 90%", "4,004", "4", "6", "25 s", "syn half-open brute-force",
        "T1110 T1595.001", "20-23", "linux", "2025-06-01 14:31:07", "2025-06-01 14:32:07",
    )  # fmt: skip
    assert second[3] == "–"
    assert table(got, "Ports").rows[0] == ("22", "2", "3")
    assert table(got, "Credentials").rows == (("root", "123456", "2"), ("root", "(none)", "1"))


def test_the_time_line_counts_by_hour():
    line = made(usual()).line
    assert line.series == (("all", (6, 0, 3)), ("connections", (4, 0, 0)), ("credentials", (0, 0, 3)))
    assert line.step_s == 3600


def test_a_long_time_is_told_by_day_and_a_wrong_clock_is_not_told():
    hour = int(AT) // 3600 * 3600
    hours = {(hour + day * 86400, "session.open"): 1 for day in range(30)} | {(4_000_000_000, "session.open"): 1}
    got = page(summarise(Found((), (), {}, hours), AT - 3600, AT + 40 * 86400)).line
    assert (got.step_s, got.title) == (86400, "Events per day")
    assert got.series[0] == ("all", (1,) * 30)
    assert len(page(summarise(Found((), (), {}, hours), 0.0, 5e9)).line.series[0][1]) == 2000


def test_an_empty_time_has_empty_tables():
    got = page(summarise(Found((), (), {}, {}), SINCE, UNTIL))
    assert got.line.series == ()
    assert all(table.rows == () for table in got.tables)


def test_hostile_words_are_printable_and_short():
    got = made(hostile())
    cells = [cell for table in got.tables for row in table.rows for cell in row]
    assert len(cells) > 300
    assert all(letter in "…–" or " " <= letter <= "~" for cell in cells for letter in cell)
    assert max(map(len, cells)) <= 2 * 49
    assert all(len(row) == len(table.heads) for table in got.tables for row in table.rows)
