"""Matching: Python's own matcher agrees, and a search that explodes ends."""

import re

import pytest
from hypothesis import given

from rawspoof.core.signature.pattern.match import Matcher
from rawspoof.core.signature.pattern.parse import parse
from rawspoof.core.signature.pattern.steps import Exhausted
from tests.signature.pattern.dialect import patterns, texts


def search(pattern, data):
    return Matcher(parse(pattern)).search(data)


@given(patterns, texts)
def test_python_finds_the_same(pattern, data):
    source = pattern.encode("latin-1")
    try:
        found = search(source, data)
    except Exhausted:
        return
    theirs = re.search(source, data)
    assert (found and found[0]) == (theirs and theirs[0])


@given(patterns, texts)
def test_python_fits_the_same(pattern, data):
    source = pattern.encode("latin-1")
    try:
        fits = Matcher(parse(source)).fits(data)
    except Exhausted:
        return
    assert fits == (re.fullmatch(source, data) is not None)


@pytest.mark.parametrize(
    ("pattern", "data", "groups"),
    [
        (b"(a+)(b)?", b"xaay", [b"aa", b"aa", None]),
        (b"(?:(a)|b)*", b"ab", [b"ab", b"a"]),
        (b"(..)-\\1", b"ab-ab", [b"ab-ab", b"ab"]),
        (b"(?<=a)b", b"bab", [b"b"]),
        (b"(?<!a)b", b"abcb", [b"b"]),
        (b"a*+a", b"aaa", None),
        (b"(?!(a)x)ay", b"ay", [b"ay", None]),
        (b"\\R", b"\r\n", [b"\r\n"]),
        (b"x$", b"x\n", [b"x"]),
        (b"x\\z", b"x\n", None),
        (b"(?m)^b$", b"a\nb\nc", [b"b"]),
        (b"(?i)AbC", b"aBc", [b"aBc"]),
        (b".*?(\\d+)\\r\\n", b"v 12\r\n", [b"v 12\r\n", b"12"]),
    ],
)
def test_groups(pattern, data, groups):
    assert search(pattern, data) == groups


@pytest.mark.parametrize("pattern", [b"(x+x+)+[yz]", b"(?:x|x)*[yz]", b"(?:x*)*[yz]", b"(?:[^y]*x)*?[yz]"])
def test_a_search_that_explodes_ends_with_a_reason(pattern):
    with pytest.raises(Exhausted, match="takes too"):
        search(pattern, b"x" * 5000)


@pytest.mark.parametrize(
    ("pattern", "data"),
    [(b"(x+x+)+y", b"x" * 5000), (b"^(?:b|c)(x+x+)+[yz]", b"x" * 5000), (b"(x+x+)+a(b)+c", b"x" * 99 + b"cba")],
)
def test_what_is_plainly_not_there_costs_no_search(pattern, data):
    assert Matcher(parse(pattern)).search(data, steps_max=0) is None


def test_the_caller_says_how_many_steps():
    matcher = Matcher(parse(b"a*a*[bc]"))
    assert matcher.search(b"a" * 30) is None
    with pytest.raises(Exhausted):
        matcher.search(b"a" * 30, steps_max=100)
