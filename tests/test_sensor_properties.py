"""What is true of the sensor whatever comes: a crowd of peers with bent packets, and plain noise."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rawspoof.core.outcome import Outcome
from rawspoof.core.sensor import Sensor
from rawspoof.core.tcp.seqnum import le
from rawspoof.core.wire.segment import ACK, RST, Malformed, Segment, parse, reply_key
from rawspoof.core.world.profile import Hold, Profile
from tests.crowd import Crowd
from tests.peers import PERSONALITIES, T0, Still, profile, said, sensor, wait

PROFILES = (
    profile(),
    profile(hold=Hold.PERSIST),
    profile(hold=Hold.TIMED, hold_s=20.0),
    profile(r"220 hi\r\n", {"QUIT": r"bye\r\n"}, close=True, delay_s=0.3),
    profile(answers={"GET": "x" * 3000, "HELLO": r"hello\r\n"}, hold=Hold.TIMED, hold_s=5.0),
    profile("b" * 5000, {".*": "."}),
)


class EveryKind(Still):
    """A world with a profile for each port in turn."""

    def profile(self, src: bytes, dst: bytes, port: int, turn: int = 0) -> Profile:
        return PROFILES[port % len(PROFILES)]


def mind(name: str = "linux", **how: int) -> Sensor:
    limits = {"flows_max": 60, "holds_max": 40, "half_open_max": 20, "idle_s": 3.0, "verify_checksums": False} | how
    return sensor(world=EveryKind(), name=name, **limits)


def segment_of(raw: bytes) -> Segment | None:
    try:
        return parse(raw, verify=False)
    except Malformed:
        return None


def visits(crowd: Crowd, who: Sensor, count: int) -> list[tuple[float, bytes | None, Outcome]]:
    """Every arrival and what it caused, deadlines too, as a link would bring them."""
    done: list[tuple[float, bytes | None, Outcome]] = []
    for at, raw in crowd.arrivals(count):
        for outcome in wait(who, at):
            done.append((at, None, outcome))
            crowd.hear(outcome)
        outcome = who.on_packet(at, raw)
        crowd.hear(outcome)
        done.append((at, raw, outcome))
    return done


@pytest.mark.parametrize("name", PERSONALITIES)
def test_a_crowd_leaves_the_sensor_in_order(name: str) -> None:
    who, crowd = mind(name), Crowd(seed=1)
    resets = 0
    for at, raw in crowd.arrivals(6000):
        for outcome in wait(who, at):
            crowd.hear(outcome)
        challenges = who.tally.challenges
        outcome = who.on_packet(at, raw)
        crowd.hear(outcome)
        seg = segment_of(raw)
        if seg is not None and seg.flags & RST:
            resets += 1
            # A connection may challenge it (RFC 5961 §3.2); nothing else is ever said to a RST.
            assert [p.flags for p in said(outcome)] == [ACK] * (who.tally.challenges - challenges)
        tcb = who.flows.peek(seg.key) if seg is not None else None
        assert tcb is None or le(tcb.snd_una, tcb.snd_nxt)
        assert len(who.flows) <= 60
        assert len(who.holds) <= 40
        assert len(who._half_open) <= 20
    assert who.tally.opened > 300, "the crowd got deep"
    assert resets > 50
    assert len(who._deadlines) <= 4096
    assert who.tally.flows_evicted
    assert who.tally.holds_refused
    assert who.tally.malformed


@pytest.mark.parametrize("name", PERSONALITIES)
def test_the_same_input_gives_the_same_output(name: str) -> None:
    """What one sensor heard, another that never saw the crowd hears too."""
    done = visits(Crowd(seed=2), mind(name), 3000)
    again = mind(name)
    for at, raw, outcome in done:
        if raw is None:
            due = again.next_deadline()
            assert due is not None
            assert again.on_time(due) == outcome
        else:
            assert again.on_packet(at, raw) == outcome


def test_what_is_sent_is_whole_and_goes_where_something_came_from() -> None:
    """`parse` reads every packet of ours with its checksums."""
    heard: set[bytes] = set()
    for _, raw, outcome in visits(Crowd(seed=3), mind(), 3000):
        seg = segment_of(raw) if raw is not None else None
        if seg is not None:
            heard.add(seg.key)
        assert {reply_key(sent.key) for sent in said(outcome)} <= heard


NOISY = mind()
HEADS = (b"", b"\x45\0\0\x50", b"\x45\0\0\x28\0\0\0\0\x40\6\0\0", b"\x60\0\0\0\0\x20\6\x40")


@settings(max_examples=300)
@given(st.sampled_from(HEADS), st.binary(max_size=90))
def test_no_bytes_raise(head: bytes, raw: bytes) -> None:
    assert len(NOISY.on_packet(T0, head + raw).packets) <= 1


def test_time_that_goes_backwards_harms_nothing() -> None:
    who, crowd, chance = mind(), Crowd(seed=4), Random(4)
    for at, raw in crowd.arrivals(2000):
        crowd.hear(who.on_packet(at - chance.choice((0, 0, 0, 100, 1e6, T0)), raw))
        if chance.random() < 0.1:
            crowd.hear(who.on_time(at - 50))
    assert who.tally.opened > 50
