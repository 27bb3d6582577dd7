"""The ladder of RFC 9293 §3.10.7.4, rung by rung."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rawspoof.core.tcp.receive import CHALLENGE, NOTHING, RCV_WND, REPLY, RESET, Heard, handshake_took, receive
from rawspoof.core.tcp.seqnum import add, diff, le
from rawspoof.core.tcp.state import State
from rawspoof.core.tcp.tcb import NEVER, Tcb
from rawspoof.core.wire.options import NONE, Options
from rawspoof.core.wire.segment import ACK, FIN, PSH, RST, SYN, URG
from tests.peers import segment
from tests.tcp.tcbs import IRS, ISS, established

NXT = IRS + 1
UNA = ISS + 1


def heard(tcb: Tcb, flags: int = ACK, seq: int = NXT, ack: int = UNA, data: bytes = b"", **how: Any) -> Heard:
    """What a segment means to the connection, at second 1001."""
    options, now = how.pop("options", NONE), how.pop("now", 1001.0)
    return receive(tcb, segment(flags, seq, ack, data, **how), options, now)


def sending(octets: int, **fields: Any) -> Tcb:
    """A connection with this many octets in flight."""
    return established(outbox=b"x" * octets, snd_nxt=UNA + octets, rexmit_at=1002.0, **fields)


def closing(state: State) -> Tcb:
    """A connection whose FIN is in flight."""
    return established(state=state, snd_nxt=UNA + 1, fin_queued=True)


# First, the sequence number.


@pytest.mark.parametrize("seq", [NXT - 1, NXT - 70_000, NXT + RCV_WND, NXT + (1 << 31)])
def test_an_empty_segment_outside_the_window_is_acknowledged_and_dropped(seq: int) -> None:
    tcb = established()
    assert heard(tcb, seq=seq, wnd=77) == REPLY
    assert tcb.snd_wnd == 64240


@pytest.mark.parametrize(("seq", "size"), [(NXT - 10, 10), (NXT - 11, 10), (NXT + RCV_WND, 10)])
def test_text_outside_the_window_is_acknowledged_and_dropped(seq: int, size: int) -> None:
    tcb = established()
    assert heard(tcb, seq=seq, data=b"a" * size) == REPLY
    assert tcb.rcv_nxt == NXT


def test_what_a_keep_alive_acknowledges_holds() -> None:
    tcb = sending(10, timed_seq=UNA + 10, timed_at=1000.5)
    assert heard(tcb, seq=NXT - 1, ack=UNA + 4, wnd=77) == Heard(reply=True, acked=True)
    assert (tcb.snd_una, tcb.outbox, tcb.snd_wnd, tcb.rcv_nxt) == (UNA + 4, b"x" * 6, 64240, NXT)


@pytest.mark.parametrize(("seq", "ack"), [(NXT - 1, UNA + 11), (NXT - 1, UNA - 1), (NXT - 2, UNA + 4)])
def test_of_other_segments_before_the_window_nothing_holds(seq: int, ack: int) -> None:
    tcb = sending(10)
    assert heard(tcb, seq=seq, ack=ack) == REPLY
    assert tcb.snd_una == UNA


def test_a_keep_alive_can_be_the_end() -> None:
    tcb = closing(State.LAST_ACK)
    assert heard(tcb, seq=NXT - 1, ack=UNA + 1) == NOTHING
    assert tcb.state is State.CLOSED


@pytest.mark.parametrize("seq", [NXT - 1, NXT - 70_000, NXT + RCV_WND])
def test_a_reset_outside_the_window_is_nothing(seq: int) -> None:
    tcb = established()
    assert heard(tcb, RST, seq=seq) == NOTHING
    assert tcb.state is State.ESTABLISHED


# Before it, PAWS (RFC 7323 §5.3).


def test_an_old_timestamp_makes_a_segment_a_duplicate() -> None:
    tcb = established(ts_recent=500)
    assert heard(tcb, data=b"old", options=Options(tsval=499)) == REPLY
    assert (tcb.rcv_nxt, tcb.ts_recent) == (NXT, 500)


@pytest.mark.parametrize(("recent", "tsval"), [(500, 500), (500, 501), (0xFFFFFFF0, 5)])
def test_a_timestamp_not_older_is_taken_and_remembered(recent: int, tsval: int) -> None:
    tcb = established(ts_recent=recent)
    assert heard(tcb, data=b"new", options=Options(tsval=tsval)).data == b"new"
    assert tcb.ts_recent == tsval


def test_an_old_timestamp_does_not_save_from_a_reset() -> None:
    assert heard(established(ts_recent=500), RST, options=Options(tsval=1)) == RESET


def test_a_timestamp_out_of_order_is_not_remembered() -> None:
    tcb = established(ts_recent=500)
    assert heard(tcb, seq=NXT + 5, data=b"later", options=Options(tsval=900)) == REPLY
    assert tcb.ts_recent == 500


def test_timestamps_that_were_not_agreed_on_mean_nothing() -> None:
    tcb = established()
    assert heard(tcb, data=b"a", options=Options(tsval=1)).data == b"a"
    assert tcb.ts_recent is None


# Second, the RST bit (RFC 5961 §3.2).


def test_a_reset_with_the_exact_number_resets() -> None:
    tcb = established()
    assert heard(tcb, RST) == RESET
    assert tcb.state is State.CLOSED


@pytest.mark.parametrize("seq", [NXT + 1, NXT + RCV_WND - 1])
def test_a_reset_elsewhere_in_the_window_is_challenged(seq: int) -> None:
    tcb = established()
    assert heard(tcb, RST | ACK, seq=seq) == CHALLENGE
    assert tcb.state is State.ESTABLISHED


# Fourth, the SYN bit (RFC 5961 §4.2).


@pytest.mark.parametrize("flags", [SYN, SYN | ACK, SYN | FIN])
def test_a_syn_in_the_window_is_challenged(flags: int) -> None:
    assert heard(established(), flags) == CHALLENGE


def test_a_syn_outside_the_window_is_acknowledged() -> None:
    assert heard(established(), SYN, seq=NXT - 1000) == REPLY


# Fifth, the ACK field (RFC 5961 §5.2).


@pytest.mark.parametrize("flags", [0, FIN, PSH, URG])
def test_without_ack_a_segment_is_nothing(flags: int) -> None:
    tcb = established()
    assert heard(tcb, flags, data=b"text") == NOTHING
    assert (tcb.rcv_nxt, tcb.state) == (NXT, State.ESTABLISHED)


@pytest.mark.parametrize("ack", [UNA + 11, UNA + 70_000, UNA - 65_536])
def test_an_ack_of_what_was_never_sent_or_is_too_old_is_challenged(ack: int) -> None:
    tcb = sending(10)
    assert heard(tcb, ack=ack, data=b"text") == CHALLENGE
    assert (tcb.rcv_nxt, tcb.snd_una) == (NXT, UNA)


def test_an_ack_takes_octets_out_of_the_outbox() -> None:
    tcb = sending(10)
    assert heard(tcb, ack=UNA + 4) == Heard(acked=True)
    assert (tcb.snd_una, tcb.outbox, tcb.bytes_out) == (UNA + 4, b"x" * 6, 4)
    assert tcb.rexmit_at == 1001.0 + tcb.rto_s
    assert heard(tcb, ack=UNA + 10).acked
    assert (tcb.in_flight, tcb.bytes_out, tcb.rexmit_at) == (0, 10, NEVER)


def test_an_ack_twice_is_no_news() -> None:
    tcb = sending(10)
    heard(tcb, ack=UNA + 10)
    assert not heard(tcb, ack=UNA + 10).acked
    assert not heard(tcb, ack=UNA + 5).acked
    assert tcb.snd_una == UNA + 10


def test_the_window_is_scaled_and_older_segments_do_not_change_it() -> None:
    tcb = established(shift=7)
    heard(tcb, wnd=100)
    assert tcb.snd_wnd == 12_800
    heard(tcb, data=b"a" * 10, wnd=99)
    heard(tcb, data=b"a" * 10, seq=NXT + 10, wnd=50)
    heard(tcb, data=b"a" * 30, seq=NXT, wnd=99)
    assert (tcb.snd_wnd, tcb.rcv_nxt) == (6_400, NXT + 30)


def test_a_closed_window_that_answers_is_not_given_up() -> None:
    tcb = sending(10, retries=5)
    heard(tcb, wnd=0)
    assert tcb.retries == 0


# RFC 6298 §2: the round trip.


def test_the_first_measure_and_the_next() -> None:
    tcb = sending(10, timed_seq=UNA + 10, timed_at=1000.0)
    heard(tcb, ack=UNA + 10, now=1001.0)
    assert (tcb.srtt_s, tcb.rttvar_s, tcb.rto_s, tcb.timed_seq) == (1.0, 0.5, 3.0, None)
    tcb.outbox, tcb.snd_nxt, tcb.timed_seq, tcb.timed_at = b"y", UNA + 11, UNA + 11, 1001.0
    heard(tcb, ack=UNA + 11, now=1003.0)
    assert (tcb.srtt_s, tcb.rttvar_s) == (1.125, 0.625)
    assert tcb.rto_s == pytest.approx(1.125 + 4 * 0.625)


@pytest.mark.parametrize(("took_s", "rto_s"), [(0.0, 0.2), (0.1, 0.3), (0.33, 0.99), (0.34, 1.0), (3.0, 1.0)])
def test_the_handshake_is_a_measure_unless_its_ack_waited(took_s: float, rto_s: float) -> None:
    tcb = established()
    handshake_took(tcb, took_s)
    assert tcb.rto_s == pytest.approx(rto_s)


@pytest.mark.parametrize(("ts_recent", "rto_s"), [(None, 8.0), (7, 1.0)])
def test_back_off_ends_with_an_ack_where_timestamps_make_it_a_measure(ts_recent: int | None, rto_s: float) -> None:
    tcb = sending(10, ts_recent=ts_recent, rto_s=8.0)
    heard(tcb, ack=UNA + 4, options=NONE._replace(tsval=ts_recent))
    assert (tcb.rto_s, tcb.rexmit_at) == (rto_s, 1001.0 + rto_s)


@pytest.mark.parametrize(("rtt_s", "rto_s"), [(0.0, 0.2), (0.01, 0.2), (30.0, 60.0)])
def test_the_timeout_has_bounds(rtt_s: float, rto_s: float) -> None:
    tcb = sending(10, timed_seq=UNA + 10, timed_at=1000.0)
    heard(tcb, ack=UNA + 10, now=1000.0 + rtt_s)
    assert tcb.rto_s == rto_s


def test_an_ack_below_the_timed_number_measures_nothing() -> None:
    tcb = sending(10, timed_seq=UNA + 10, timed_at=1000.0)
    heard(tcb, ack=UNA + 9)
    assert (tcb.srtt_s, tcb.timed_seq) == (0.0, UNA + 10)


# Sixth, URG: text like any other.


def test_urgent_text_is_text() -> None:
    assert heard(established(), ACK | URG, data=b"now", urp=3).data == b"now"


# Seventh, the text.


def test_text_in_order_is_heard_and_acknowledged() -> None:
    tcb = established()
    assert heard(tcb, ACK | PSH, data=b"hello") == Heard(b"hello", reply=True)
    assert (tcb.rcv_nxt, tcb.bytes_in) == (NXT + 5, 5)


def test_of_an_overlap_only_the_new_is_heard() -> None:
    tcb = established()
    heard(tcb, data=b"hello")
    assert heard(tcb, seq=NXT + 3, data=b"lo world").data == b" world"
    assert tcb.rcv_nxt == NXT + 11


def test_text_out_of_order_calls_for_the_missing_with_a_duplicate_ack() -> None:
    tcb = established()
    assert heard(tcb, seq=NXT + 5, data=b"world") == REPLY
    assert heard(tcb, data=b"hello").data == b"hello"
    assert heard(tcb, seq=NXT + 5, data=b"world").data == b"world"


def test_text_may_begin_before_and_wrap_around() -> None:
    tcb = established(rcv_nxt=2, snd_wl1=2)
    assert heard(tcb, seq=0xFFFFFFFE, data=b"123456").data == b"56"
    assert tcb.rcv_nxt == 4


@pytest.mark.parametrize("state", [State.CLOSE_WAIT, State.CLOSING, State.LAST_ACK, State.TIME_WAIT])
def test_after_the_peers_fin_there_is_no_more_text(state: State) -> None:
    tcb = established(state=state)
    assert heard(tcb, data=b"more") == REPLY
    assert (tcb.rcv_nxt, tcb.bytes_in) == (NXT, 0)


# Eighth, the FIN bit, in every order.


def test_a_fin_closes_the_peers_side() -> None:
    tcb = established()
    assert heard(tcb, ACK | FIN, data=b"bye") == Heard(b"bye", reply=True, fin=True)
    assert (tcb.state, tcb.rcv_nxt) == (State.CLOSE_WAIT, NXT + 4)


def test_a_fin_before_its_text_is_not_taken() -> None:
    tcb = established()
    assert heard(tcb, ACK | FIN, seq=NXT + 3) == REPLY
    assert tcb.state is State.ESTABLISHED
    heard(tcb, data=b"bye")
    assert heard(tcb, ACK | FIN, seq=NXT + 3).fin


def test_a_fin_with_text_already_heard_is_taken() -> None:
    tcb = established()
    heard(tcb, data=b"bye")
    assert heard(tcb, ACK | FIN, data=b"bye") == Heard(b"", reply=True, fin=True)
    assert tcb.rcv_nxt == NXT + 4


def test_a_fin_twice_is_acknowledged_twice_and_meant_once() -> None:
    tcb = established()
    heard(tcb, ACK | FIN)
    assert heard(tcb, ACK | FIN) == REPLY
    assert (tcb.state, tcb.rcv_nxt) == (State.CLOSE_WAIT, NXT + 1)


def test_our_fin_acknowledged_then_theirs() -> None:
    tcb = closing(State.FIN_WAIT_1)
    assert heard(tcb, ack=UNA + 1).acked
    assert (tcb.state, tcb.fin_queued) == (State.FIN_WAIT_2, False)
    assert heard(tcb, data=b"late", ack=UNA + 1).data == b"late"
    assert heard(tcb, ACK | FIN, seq=NXT + 4, ack=UNA + 1).fin
    assert tcb.state is State.TIME_WAIT


def test_one_segment_acknowledges_our_fin_and_brings_theirs() -> None:
    tcb = closing(State.FIN_WAIT_1)
    assert heard(tcb, ACK | FIN, ack=UNA + 1) == Heard(reply=True, fin=True, acked=True)
    assert tcb.state is State.TIME_WAIT


def test_a_simultaneous_close() -> None:
    tcb = closing(State.FIN_WAIT_1)
    heard(tcb, ACK | FIN)
    assert tcb.state is State.CLOSING
    heard(tcb, seq=NXT + 1, ack=UNA + 1)
    assert tcb.state is State.TIME_WAIT


def test_the_last_ack() -> None:
    tcb = closing(State.LAST_ACK)
    heard(tcb, ack=UNA + 1)
    assert tcb.state is State.CLOSED


def test_text_is_acknowledged_but_not_the_fin_behind_it() -> None:
    tcb = established(state=State.FIN_WAIT_1, outbox=b"abc", fin_queued=True, snd_nxt=UNA + 4)
    heard(tcb, ack=UNA + 3)
    assert (tcb.state, tcb.fin_sent, tcb.outbox) == (State.FIN_WAIT_1, True, b"")
    heard(tcb, ack=UNA + 4)
    assert tcb.state is State.FIN_WAIT_2


NUMBER = st.integers(0, 0xFFFFFFFF)
NEAR = st.integers(-200, 200)


SEGMENTS = st.lists(
    st.tuples(st.integers(0, 63), NEAR | NUMBER, NEAR | NUMBER, st.binary(max_size=20), NUMBER | st.none()),
    max_size=8,
)


@given(st.sampled_from([s for s in State if s is not State.CLOSED]), st.integers(0, 40), st.booleans(), SEGMENTS)
def test_whatever_comes_snd_una_stays_behind_snd_nxt(
    state: State, octets: int, stamped: bool, segments: list[tuple[int, int, int, bytes, int | None]]
) -> None:
    fin = state in (State.FIN_WAIT_1, State.CLOSING, State.LAST_ACK)
    tcb = sending(octets, state=state, fin_queued=fin, ts_recent=500 if stamped else None)
    tcb.snd_nxt = add(tcb.snd_nxt, 1 if fin else 0)
    for flags, seq, ack, data, tsval in segments:
        before = tcb.rcv_nxt
        heard(tcb, flags, add(NXT, seq), add(UNA, ack), data, options=Options(tsval=tsval))
        assert le(tcb.snd_una, tcb.snd_nxt)
        assert tcb.in_flight <= len(tcb.outbox) + (1 if tcb.fin_queued else 0)
        assert 0 <= diff(tcb.rcv_nxt, before) <= len(data) + 1
