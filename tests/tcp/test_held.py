"""Frozen connections: what comes out of the ice is what went in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rawspoof.core.tcp.held import Holds, Why
from rawspoof.core.tcp.seqnum import add
from rawspoof.core.tcp.state import State
from rawspoof.core.tcp.tcb import NEVER
from tests.tcp.tcbs import established

NUMBER = st.integers(0, 0xFFFFFFFF)


@given(
    NUMBER, st.integers(0, 4095), NUMBER, NUMBER | st.none(), st.sampled_from([None, 0, 2, 7, 10]),
    st.sampled_from([48, 536, 1448, 8940]), st.integers(0, 1 << 40), st.floats(1e9, 2e9),
)  # fmt: skip
def test_a_thawed_connection_is_the_one_that_was_frozen(
    iss: int, sent: int, rcv_nxt: int, ts: int | None, shift: int | None, mss: int, heard: int, due_at: float
) -> None:
    snd_nxt = add(iss, 1 + sent)
    tcb = established(
        iss=iss, snd_una=snd_nxt, snd_nxt=snd_nxt, rcv_nxt=rcv_nxt, ts_recent=ts, shift=shift, mss=mss, bytes_in=heard
    )
    tcb.turn = 0xBEEF
    holds = Holds(10)
    assert holds.freeze(tcb, Why.HOLD, due_at)
    assert holds.due_at(tcb.key) == due_at
    assert holds.why(tcb.key) is Why.HOLD
    again = holds.pop(tcb.key, tcb.dice)
    for name in (
        "key",
        "state",
        "iss",
        "snd_una",
        "snd_nxt",
        "rcv_nxt",
        "ts_recent",
        "shift",
        "mss",
        "dice",
        "opened_at",
    ):
        assert getattr(again, name) == getattr(tcb, name), name
    assert again.turn == tcb.turn == 0xBEEF
    assert (again.bytes_in, again.bytes_out, again.hold_until) == (min(heard, 0xFFFFFFFF), sent, due_at)
    assert len(holds) == 0


def test_time_wait_comes_back_as_time_wait_and_reports_nothing() -> None:
    holds, tcb = Holds(10), established(state=State.TIME_WAIT)
    holds.freeze(tcb, Why.TIME_WAIT, 1060.0)
    again = holds.pop(tcb.key, tcb.dice)
    assert (again.state, again.ending) == (State.TIME_WAIT, "")


def test_at_the_limit_a_new_one_is_refused_and_counted_and_an_old_one_is_renewed() -> None:
    holds = Holds(2)
    first, second, third = (established(key=bytes(11) + bytes([i])) for i in range(3))
    assert holds.freeze(first, Why.HOLD, 5.0)
    assert holds.freeze(second, Why.HOLD, NEVER)
    assert not holds.freeze(third, Why.HOLD, 5.0)
    assert holds.freeze(first, Why.HOLD, 6.0)
    assert (len(holds), holds.refused, holds.due_at(first.key), holds.due_at(third.key)) == (2, 1, 6.0, None)


@pytest.mark.parametrize(("why", "seq", "reopens"), [
    (Why.TIME_WAIT, 501, True), (Why.TIME_WAIT, 500, False), (Why.TIME_WAIT, 400, False), (Why.HOLD, 501, False),
])  # fmt: skip
def test_only_a_newer_syn_takes_the_place_of_time_wait(why: Why, seq: int, reopens: bool) -> None:
    holds, tcb = Holds(10), established(rcv_nxt=500)
    holds.freeze(tcb, why, 1060.0)
    assert holds.reopen(tcb.key, seq) is reopens
    assert (tcb.key in holds) is not reopens


def test_nobody_reopens_what_is_not_there() -> None:
    assert not Holds(10).reopen(bytes(12), 5)
