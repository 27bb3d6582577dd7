"""Rules are read, or refused in a line, and the surest that holds wins."""

import re

import pytest

from rawspoof.core.watch.rule import first, holds, parse

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
source = "here"
"""


def test_the_surest_comes_first():
    rules = parse([FILE])
    assert [rule.name for rule in rules.tools] == ["surer", "sure"]
    assert first(rules.tools, {"probes": 3, "window": 2, "ttl": 64, "sport": None}).name == "surer"
    assert first(rules.tools, {"probes": 2, "window": 2, "ttl": 64, "sport": None}).name == "sure"
    assert first(rules.tools, {"probes": 2, "window": 3, "ttl": 64}) is None
    assert first(rules.tools, {}) is None


def test_same_and_differs():
    (rule,) = [rule for rule in parse([FILE]).tools if rule.name == "surer"]
    assert not holds(rule, {"probes": 3, "sport": 5, "ttl": 64})
    assert not holds(rule, {"probes": 3, "sport": None, "ttl": None})


def test_words_are_bytes():
    ((pattern, rule),) = parse([FILE]).words
    assert pattern.search(b"GET /\0")
    assert rule.tool == "curl"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[[tool]]\nname = "x"\n', "missing required field"),
        ('[[tool]]\nname = "x"\nwhen = {}\nsource = "s"\nconfidence = 2', "<= 1"),
        ("[[words]]\nwhen = '('\nsource = 's'", "when = ("),
        ("[[rules]]", "unknown field"),
        ("x", "Expected '='"),
    ],
)
def test_what_is_no_rule_is_told_in_a_line(text, says):
    with pytest.raises(ValueError, match=rf"\A[^\n]*{re.escape(says)}[^\n]*\Z"):
        parse([text])
