"""A page in Markdown: tables with as many cells in each row, and no text of others that means anything."""

import re

import pytest

from rawspoof.edges.report.markdown import markdown, plain
from rawspoof.edges.report.page import page
from rawspoof.edges.report.summary import Found, summarise
from tests.edges.report.made import HOSTILE, hostile, usual
from tests.edges.sinks.samples import AT


def test_the_page():
    told = markdown(page(summarise(usual(), AT - 3600, AT + 7200)))
    assert told.startswith(
        "# rawspoof: who was here\n\n2025-06-01 13:32:07 to 2025-06-01 16:32:07 UTC\n\n- sources: 2\n"
    )
    assert (
        "## Credentials\n\n| user | secret | times |\n| :-- | :-- | --: |\n"
        "| root | 123456 | 2 |\n| root | (none) | 1 |\n"
    ) in told
    assert "| 2025-06-01 14:00 | 6 | 4 | 0 |\n| 2025-06-01 15:00 | 0 | 0 | 0 |\n" in told
    assert "## MITRE ATT&amp;CK" in told


def test_nothing_is_said_of_nothing():
    assert markdown(page(summarise(Found((), (), {}, {}), AT - 3600, AT))).count("\nnothing\n") == 9


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("<script>", "&lt;script&gt;"),
        ("a|b", "a\\|b"),
        ("[x](http://e.example)", "\\[x\\](http&#58;//e.example)"),
        ("WWW.e.example a@b.example", "WWW&#46;e.example a&#64;b.example"),
        ("\\ `x` *y* _z_ ~~w~~ $q$", "\\\\ \\`x\\` \\*y\\* \\_z\\_ \\~\\~w\\~\\~ &#36;q&#36;"),
        ("&lt;", "&amp;lt;"),
        ("198.51.100.7 syn", "198.51.100.7 syn"),
    ],
)
def test_text_stands_for_itself(text, written):
    assert plain(text) == written


def test_hostile_words_break_no_table():
    told = markdown(page(summarise(hostile(), AT - 3600, AT + 7200)))
    for block in re.findall(r"(?:^\|.*\n)+", told, re.MULTILINE):
        counts = {len(re.findall(r"(?<!\\)(?:\\\\)*\|", line)) for line in block.splitlines()}
        assert len(counts) == 1
    assert not re.search(r"<\w|://|(?<!\\)`|(?<!\\)\]\(|[\x00-\x09\x0b-\x1f\x7f-\x9f]", told)
    assert len(HOSTILE) < told.count("\n")
