"""SYNs that wait for their answer: which, how long, and how many."""

from rawspoof.core.tcp import throttle
from rawspoof.core.tcp.deadlines import Deadlines
from rawspoof.core.tcp.throttle import BURST_S, DELAY_MAX_S, Throttle
from rawspoof.core.wire.segment import SYN, Segment
from tests.peers import DST, SRC, segment

AT = 1000.0


def syn(number: int, src: bytes = SRC, seq: int = 0) -> Segment:
    return segment(SYN, seq, sport=1024 + number, src=src)


class Gate:
    """A throttle and its deadlines."""

    def __init__(self, per_s: float = 8.0) -> None:
        self.deadlines = Deadlines(lambda *_: True)
        self.throttle = Throttle(per_s, self.deadlines)

    def moments(self, count: int, every_s: float, src: bytes = SRC) -> list[float]:
        """How long each of so many SYNs waits."""
        waits = []
        for number in range(count):
            at = AT + number * every_s
            seg = syn(number, src)
            due_at = self.throttle.due_at(seg.key) if self.throttle.waits(seg, at) else at
            assert due_at is not None
            waits.append(round(due_at - at, 9))
        return waits


def test_a_burst_is_answered_at_once_and_what_follows_in_its_turn():
    gate = Gate()
    waits = gate.moments(30, 0.0)
    assert waits[: int(8 * BURST_S)] == [0.0] * 8
    assert waits[8:15] == [n / 8 for n in range(1, 8)]
    assert waits[15:] == [DELAY_MAX_S] * 15


def test_who_asks_slowly_never_waits():
    assert Gate().moments(100, 0.125) == [0.0] * 100


def test_each_source_has_its_own_turn():
    gate = Gate()
    gate.moments(100, 0.0)
    assert gate.moments(5, 0.0, DST) == [0.0] * 5


def test_after_a_while_there_is_a_burst_again():
    gate = Gate()
    gate.moments(100, 0.0)
    assert not gate.throttle.waits(syn(200), AT + DELAY_MAX_S + 0.2)


def test_each_that_waits_has_one_deadline_and_is_given_back_at_it():
    gate = Gate()
    gate.moments(10, 0.0)
    assert len(gate.throttle) == len(gate.deadlines) == 2
    # Asked once more, it waits no longer, and the answer is to the latest number.
    assert gate.throttle.waits(syn(9, seq=7), AT + 0.15)
    assert len(gate.deadlines) == 2
    found = []
    while (due := gate.deadlines.pop_due(AT + 1)) is not None:
        moment, key = due
        assert gate.throttle.due(key, moment + 0.01) is None
        seg = gate.throttle.due(key, moment)
        assert seg is not None
        assert gate.throttle.due(key, moment) is None
        found.append((round(moment - AT, 9), seg.sport - 1024, seg.seq))
    assert found == [(0.125, 8, 0), (0.25, 9, 7)]
    assert len(gate.throttle) == 0


def test_without_room_to_wait_it_is_answered_and_counted(monkeypatch):
    monkeypatch.setattr(throttle, "WAITING_MAX", 3)
    gate = Gate()
    waits = gate.moments(20, 0.0)
    assert sum(wait > 0 for wait in waits) == 3
    assert gate.throttle.unheld == 9


def test_a_flood_of_sources_is_remembered_up_to_a_number(monkeypatch):
    monkeypatch.setattr(throttle, "SOURCES_MAX", 10)
    gate = Gate()
    for number in range(100):
        assert not gate.throttle.waits(syn(0, number.to_bytes(4, "big")), AT)
    assert len(gate.throttle._spent) == 10
