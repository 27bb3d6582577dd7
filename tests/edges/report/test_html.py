"""A page as an HTML file: well-formed, complete in itself, and no text of others is a tag."""

from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from rawspoof.edges.report.html import html
from rawspoof.edges.report.page import page
from rawspoof.edges.report.summary import Found, summarise
from tests.edges.report.made import hostile, usual
from tests.edges.sinks.samples import AT

VOID = {"meta"}
TAGS = {
    "html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "p", "dl", "div", "dt", "dd", "section",
    "table", "thead", "tbody", "tr", "th", "td", "svg", "rect", "text", "path", "line",
}  # fmt: skip
PAGES = {name: html(page(summarise(found, AT - 3600, AT + 7200))) for name, found in (
    ("usual", usual()), ("hostile", hostile()), ("empty", Found((), (), {}, {})),
)}  # fmt: skip


class Checked(HTMLParser):
    """Reads as a browser does, and remembers what was open."""

    def __init__(self, text):
        super().__init__()
        self.open, self.seen, self.attributes, self.words = [], set(), [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.seen.add(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.seen.add(tag)
        self.attributes += attrs

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


@pytest.mark.parametrize("name", PAGES)
def test_it_is_well_formed_and_has_only_our_tags(name):
    text = PAGES[name]
    assert text.startswith("<!DOCTYPE html>\n")
    read = Checked(text)
    assert read.open == []
    assert read.seen <= TAGS
    ElementTree.fromstring(text.partition("\n")[2])


@pytest.mark.parametrize("name", PAGES)
def test_it_fetches_and_runs_nothing(name):
    read = Checked(PAGES[name])
    names = {key for key, _ in read.attributes}
    assert not names & {"src", "href", "srcset", "style", "action", "data"}
    assert not [key for key in names if key.startswith("on")]
    assert "url(" not in PAGES[name]
    assert "default-src 'none'; style-src 'unsafe-inline'" in PAGES[name]
    assert "prefers-color-scheme: dark" in PAGES[name]


def test_it_says_what_there_was():
    words = Checked(PAGES["usual"]).words
    for told in (
        "198.51.100.42",
        "nmap 90%",
        "20-23",
        "123456",
        "38 s",
        "2025-06-01 13:32:07 to 2025-06-01 16:32:07 UTC",
    ):
        assert told in words
    assert Checked(PAGES["empty"]).words.count("nothing") == 9


def test_hostile_words_are_told_as_words():
    words = Checked(PAGES["hostile"]).words
    assert "<script>alert(1)</script>" in words
    assert "\\x1b[2J\\x1b]0;owned\\x07" in words
    assert not set(PAGES["hostile"]) - {*map(chr, range(32, 127)), *"\n…–"}
