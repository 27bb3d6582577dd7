"""Trouble is told at powers of ten."""

import logging

from rawspoof.edges.sinks.base import Tally


def test_a_tally_speaks_at_one_ten_a_hundred(caplog):
    tally = Tally("things lost")
    with caplog.at_level(logging.WARNING):
        for _ in range(150):
            tally.add(1, "why")
    assert caplog.messages == [f"things lost: {count} so far (why)" for count in (1, 10, 100)]
    assert tally.count == 150


def test_a_big_step_speaks_once(caplog):
    tally = Tally("things lost")
    tally.add(5000)
    tally.add(4999)
    tally.add(0)
    assert caplog.messages == ["things lost: 5000 so far"]
    tally.add(1)
    assert caplog.messages[1:] == ["things lost: 10000 so far"]
