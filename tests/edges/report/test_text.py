"""A page on a terminal: aligned, no wider than it, nothing lost."""

import pytest

from rawspoof.edges.report.page import page
from rawspoof.edges.report.summary import Found, summarise
from rawspoof.edges.report.text import text
from tests.edges.report.made import hostile, usual
from tests.edges.sinks.samples import AT

PAGE = page(summarise(usual(), AT - 3600, AT + 7200))


def test_the_beginning_and_a_table():
    lines = text(PAGE, 100).splitlines()
    assert lines[:4] == [
        "rawspoof: who was here",
        "2025-06-01 13:32:07 to 2025-06-01 16:32:07 UTC",
        "",
        "sources                2",
    ]
    place = lines.index("Ports")
    assert lines[place : place + 3] == [
        "Ports",
        "  port  sources  connections",
        "    22        2            3",
    ]  # fmt: skip
    place = lines.index("Events per hour")
    assert lines[place + 1 : place + 5] == [
        "  all          █ ▄  9",
        "  connections  █    4",
        "  credentials    █  3",
        "  from         2025-06-01 14:00 UTC",
    ]


@pytest.mark.parametrize("width", [20, 40, 80, 200])
def test_no_line_is_wider_and_columns_that_do_not_fit_stand_below(width):
    told = text(PAGE, width)
    assert max(map(len, told.splitlines())) <= width
    if width > 40:
        assert told.count("T1110 T1595.001") == 1
        assert told.count("20-23") == 1


def test_nothing_is_said_of_nothing():
    told = text(page(summarise(Found((), (), {}, {}), AT - 3600, AT)), 80)
    assert told.count("  nothing\n") == 9


def test_hostile_words_reach_no_terminal():
    told = text(page(summarise(hostile(), AT - 3600, AT + 7200)), 100)
    assert not set(told) - {*map(chr, range(32, 127)), *"\n…–▁▂▃▄▅▆▇█"}
