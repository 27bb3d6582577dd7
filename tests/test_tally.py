"""Counters by name."""

from rawspoof.core.tally import Tally


def test_a_snapshot_has_every_counter_and_does_not_move() -> None:
    tally = Tally()
    before = tally.snapshot()
    tally.packets += 3
    assert set(before.values()) == {0}
    assert before.keys() == set(Tally.__slots__)
    assert tally.snapshot() == before | {"packets": 3}
