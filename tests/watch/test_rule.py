"""Rules are read, or refused in a line, and the surest that holds wins."""

import re

import pytest

from rawspoof.core.watch.rule import WORDS_MAX, first, parse, plain
from tests.watch.test_facts import ONE

FILE = """
[[tool]]
name = "sure"
when = { window = [1, 2], ttl = 64 }
confidence = 0.9
source = "here"

[[tool]]
name = "surer"
when = { sport = "differs", ttl = "same" }
probes = 3
confidence = 0.95
source = "here"

[[words]]
when = '^GET /\\x00'
tool = "curl"
example = "x"
source = "here"

[[words]]
has = ["Wget/", "nothing"]
when = 'W[a-z]+/\\d'
tool = "wget"
confidence = 0.95
example = "x"
source = "here"
"""
TWO = ONE._replace(wnd=2)


def name(*probes):
    rule = first(parse([FILE]).tools, probes)
    return rule and rule.name


def test_the_surest_comes_first():
    assert [rule.name for rule in parse([FILE]).tools] == ["surer", "sure"]
    assert name(TWO, TWO._replace(sport=1), TWO._replace(sport=2)) == "surer"
    assert name(TWO, TWO._replace(sport=1)) == "sure"
    assert name(TWO._replace(wnd=3)) is None
    assert name() is None


def test_same_and_differs():
    assert name(ONE, ONE, ONE) is None
    assert name(ONE, ONE._replace(sport=1), ONE._replace(ttl=255)) is None


def test_words_are_bytes():
    wget, curl = parse([FILE]).words
    assert (wget.rule.tool, curl.rule.tool) == ("wget", "curl")
    assert curl.found(b"GET /\0", b"get /\0")
    assert not curl.found(b"GET /", b"get /")
    # The word in any case, the expression as it stands.
    assert wget.found(b"Wget/1", b"wget/1")
    assert not wget.found(b"wget/1", b"wget/1")
    assert not wget.found(b"Xget/1 Wxx/1", b"xget/1 wxx/1")


def test_percent_signs_are_decoded_twice_and_no_more():
    assert plain(b"a%2fb") == b"a%2fb\na/b"
    assert plain(b"%25252f") == b"%25252f\n%252f\n%2f"
    assert plain(b"x" * 9999) == b"x" * WORDS_MAX
    assert len(plain(b"%25" * 9999)) < 3 * WORDS_MAX


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[[tool]]\nname = "x"\n', "missing required field"),
        ('[[tool]]\nname = "x"\nwhen = {}\nsource = "s"\nconfidence = 2', "<= 1"),
        ('[[tool]]\nname = "x"\nwhen = { windows = 1 }\nsource = "s"', "`windows` is no fact (rule for x)"),
        ("[[words]]\nwhen = '('\nexample = 'e'\nsource = 's'", "when = ("),
        ("[[words]]\nexample = 'e'\nsource = 's'", "neither `has` nor `when`: s"),
        ("[[rules]]", "unknown field"),
        ("x", "Expected '='"),
    ],
)
def test_what_is_no_rule_is_told_in_a_line(text, says):
    with pytest.raises(ValueError, match=rf"\A[^\n]*{re.escape(says)}[^\n]*\Z"):
        parse([text])
