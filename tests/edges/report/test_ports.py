"""Ranges of ports are read, joined, counted and written."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from rawspoof.edges.report.ports import count, spans, union, written


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("", ()),
        ("22", ((22, 22),)),
        ("80,22,23-25", ((22, 25), (80, 80))),
        ("1-65535,…", ((1, 65535),)),
        ("5-3,70000,-1,a,1-2-3, 7,٣,999999999999", ()),
        ("\x1b[2J,<b>,9", ((9, 9),)),
    ],
)
def test_reading(text, read):
    assert spans(text) == read


def test_writing():
    assert written(((22, 22), (80, 90), (443, 443)), 3) == "22,80-90,443"
    assert written(((22, 22), (80, 90), (443, 443)), 2) == "22,80-90,…"


@given(some.lists(some.tuples(some.integers(0, 300), some.integers(0, 20)), max_size=30))
def test_a_union_has_each_port_once(pairs):
    pairs = [(first, first + more) for first, more in pairs]
    ports = {port for first, last in pairs for port in range(first, last + 1)}
    joined = union(pairs)
    assert {port for first, last in joined for port in range(first, last + 1)} == ports
    assert count(joined) == len(ports)
    assert spans(written(joined, 100)) == joined
