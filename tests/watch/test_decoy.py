"""Copies of one first packet from several addresses: nmap's decoys, and nobody else's packets."""

from random import Random

from rawspoof.core.watch.decoy import Marks
from tests.peers import segment

PROBE = segment(2, 0x12345678, 0, wnd=1024, sport=50000)


def test_copies_are_counted_and_forgotten():
    marks = Marks()
    entered = [marks.enter(PROBE) for _ in range(3)]
    assert [marks.twins(mark) for mark in entered] == [2, 2, 2]
    marks.leave(entered.pop())
    marks.leave(entered.pop())
    assert marks.twins(entered[0]) == 0
    marks.leave(entered.pop())
    # Nothing is kept of whom nobody knows.
    assert marks.twins(marks.enter(PROBE)) == 0


def test_a_probe_with_ack_hides_its_number_there():
    marks = Marks()
    asking = segment(16, 0, 0x12345678, wnd=1024, sport=50000)
    assert marks.enter(asking) == marks.enter(asking) != 0


def test_others_have_no_mark():
    marks = Marks()
    # naabu counts from 0; another window is another tool.
    for seg in (PROBE._replace(seq=0), PROBE._replace(wnd=64240)):
        assert marks.enter(seg) == 0
        assert marks.twins(0) == 0
        marks.leave(0)


def test_scans_of_their_own_share_nothing():
    marks, rng = Marks(), Random(5)
    entered = [
        marks.enter(PROBE._replace(seq=rng.getrandbits(32) | 1 << 16, sport=61000, dport=rng.choice((22, 80, 443))))
        for _ in range(1000)
    ]
    assert {marks.twins(mark) for mark in entered} == {0}
