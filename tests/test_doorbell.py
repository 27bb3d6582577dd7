"""A SYN's answer, and when it is repeated."""

from collections.abc import Iterator

import pytest

from rawspoof.core.doorbell import Doorbell
from rawspoof.core.event import DATA_MAX, SynData
from rawspoof.core.outcome import Verdict
from rawspoof.core.tally import Tally
from rawspoof.core.tcp.deadlines import Deadlines
from rawspoof.core.tcp.half_open import HalfOpen
from rawspoof.core.tcp.handshake import Cookies, Recent
from rawspoof.core.tcp.throttle import DELAY_MAX_S, Throttle
from rawspoof.core.wire.segment import ACK, SYN, Segment, parse
from tests.peers import DST, SECRET, SRC, T0, dress, segment

FULL = bytes.fromhex("020405b40402080a000000640000000001030307")


class Bell:
    """A doorbell and everything it rings."""

    def __init__(self, half_open_max: int = 10, per_s: float = 0.0) -> None:
        worn = dress()
        self.deadlines, self.half_open, self.tally = Deadlines(lambda *_: True), HalfOpen(half_open_max), Tally()
        self.recent, self.cookies = Recent(16), Cookies(SECRET)
        throttle = Throttle(per_s, self.deadlines) if per_s else None
        self.door = Doorbell(
            self.cookies, self.recent, lambda *_: worn, self.deadlines, self.half_open, self.tally, throttle
        )

    def repeats(self, until: float) -> Iterator[tuple[float, Segment]]:
        while (due := self.deadlines.pop_due(until)) is not None:
            packets: list[bytes] = []
            self.door.again(due[1], due[0], due[0], packets)
            yield from ((due[0], parse(raw)) for raw in packets)


def test_the_answer_carries_the_cookie() -> None:
    bell = Bell()
    seg = segment(SYN, 100, options=FULL)
    outcome = bell.door.ring(seg, T0)
    sent = parse(outcome.packets[0])
    assert (sent.flags, sent.ack, outcome.verdict, outcome.events) == (SYN | ACK, 101, Verdict.DROP, [])
    proofs = list(bell.cookies.proofs(segment(ACK, 101, sent.seq + 1), T0))
    assert [proof.fresh for proof in proofs] == [True]
    assert (proofs[0].mss, proofs[0].shift) == (1460, 7)


def test_repeats_are_the_same_packet_but_for_its_clock() -> None:
    bell = Bell()
    first = parse(bell.door.ring(segment(SYN, 100, options=FULL), T0).packets[0])
    again = list(bell.repeats(T0 + 100))
    assert [at - T0 for at, _ in again] == [1, 3]
    assert {(seg.seq, seg.ack, seg.flags, seg.wnd) for _, seg in again} == {
        (first.seq, first.ack, first.flags, first.wnd)
    }
    assert (bell.tally.synacks, bell.tally.synacks_again) == (1, 2)


def test_without_room_there_is_one_answer_and_no_repeat() -> None:
    bell = Bell(half_open_max=0)
    assert len(bell.door.ring(segment(SYN, 100), T0).packets) == 1
    assert list(bell.repeats(T0 + 100)) == []


def test_a_moment_of_somebody_elses_is_no_repeat() -> None:
    bell, packets = Bell(), []
    bell.door.ring(segment(SYN, 100), T0)
    bell.door.again(segment(SYN).key, T0 + 0.5, T0 + 0.5, packets)
    bell.door.again(segment(SYN, sport=9).key, T0 + 1, T0 + 1, packets)
    assert packets == []


@pytest.mark.parametrize("size", [1, DATA_MAX, 1400])
def test_text_on_a_syn_is_kept_as_evidence_up_to_a_limit(size: int) -> None:
    outcome = Bell().door.ring(segment(SYN, 100, data=b"x" * size), T0)
    assert parse(outcome.packets[0]).ack == 101
    assert outcome.events == [SynData(T0, SRC, 40000, DST, 22, b"x" * min(size, DATA_MAX), size)]


def test_a_new_syn_lets_its_4_tuple_open_again() -> None:
    bell = Bell()
    dice = bell.cookies.dice(segment(SYN).key, T0)
    assert bell.recent.add(dice)
    bell.door.ring(segment(SYN, 100), T0)
    assert bell.recent.add(dice)


def test_beyond_its_rate_a_source_is_answered_late_and_in_full() -> None:
    bell = Bell(half_open_max=0, per_s=8.0)
    asked = [segment(SYN, 100, options=FULL, sport=1024 + n) for n in range(40)]
    answered = [packet for seg in asked for packet in bell.door.ring(seg, T0).packets]
    assert len(answered) == 8
    late = list(bell.repeats(T0 + DELAY_MAX_S))
    assert {seg.dport for _, seg in late} | {parse(raw).dport for raw in answered} == {seg.sport for seg in asked}
    assert len(late) == 32
    assert (bell.tally.synacks, bell.tally.synacks_late, bell.tally.synacks_again) == (40, 32, 0)
    # A late answer is what it would have been, and proves as much.
    at, last = late[-1]
    proofs = list(bell.cookies.proofs(segment(ACK, 101, last.seq + 1, sport=last.dport), at))
    assert [(proof.fresh, proof.mss, proof.shift) for proof in proofs] == [(True, 1460, 7)]


def test_text_on_a_syn_is_told_of_when_it_comes() -> None:
    bell = Bell(per_s=1.0)
    events = [bell.door.ring(segment(SYN, 100, data=b"x", sport=n), T0).events for n in range(1024, 1028)]
    assert [len(told) for told in events] == [1] * 4
