"""Which events pass, how grave they are, and that no event has another's id."""

import math

import pytest
from msgspec.structs import replace

from rawspoof.edges.sinks.chosen import Chosen, kind, level, told

from .samples import CREDENTIAL, DATA, DETECTED, ENDED, EXAMPLES, HELLO, OPENED, REQUEST


@pytest.mark.parametrize(
    ("kinds", "least", "expected"),
    [
        ((), 0, EXAMPLES),
        (("scan.ended", "service."), 0, (REQUEST, CREDENTIAL, ENDED)),
        ((), 2, tuple(event for event in EXAMPLES if level(event) >= 2)),
        (("service.",), 2, (CREDENTIAL,)),
        (("tls.client_hello",), 0, (HELLO,)),
        (("scan.detected",), 2, ()),
    ],
)
def test_what_passes(kinds, least, expected):
    rows = Chosen("s", kinds, least)(EXAMPLES, 10)
    assert [row.event for row in rows] == list(expected)
    assert all(EXAMPLES[row.number - 10] is row.event for row in rows)


def test_levels_stay_in_their_bounds():
    assert [level(replace(DETECTED, level=n)) for n in (-5, 0, 2, 3, 99)] == [0, 0, 2, 3, 3]
    assert [level(event) for event in (OPENED, REQUEST, CREDENTIAL)] == [0, 1, 2]


def test_the_same_event_has_the_same_id_and_no_other_has_it():
    def ids(sensor, events, first):
        return [row.id for row in Chosen(sensor)(events, first)]

    later = replace(OPENED, at=OPENED.at + 1e-6)
    assert ids("s", [OPENED], 5) == ids("s", [OPENED], 5)
    # Another number, another moment (numbers begin anew without a store), another sensor.
    assert len({*ids("s", [OPENED, later], 5), *ids("s", [later], 5), *ids("t", [OPENED], 5)}) == 4
    assert ids("a b\r\n", [OPENED], 5)[0].startswith("a_b__-5-")


def test_what_cannot_be_told_is_lost_alone():
    lost = []

    def make(row):
        if row.event is DATA:
            raise ValueError("no")
        return b"" if row.event is ENDED else kind(row.event).encode()

    odd = [replace(OPENED, at=at) for at in (math.nan, math.inf, -1.0, 1e15)]
    rows = Chosen("s")([OPENED, DATA, ENDED, *odd, CREDENTIAL], 1)
    made = told(make, rows, lambda count, why: lost.append((count, why)))
    assert [(row.number, text) for row, text in made] == [(1, b"session.open"), (8, b"service.credential")]
    assert [count for count, _ in lost] == [1] * 5
