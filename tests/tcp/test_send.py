"""What goes out: segmentation, windows, the timer, retransmission, probes, FIN."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from rawspoof.core.tcp import send
from rawspoof.core.tcp.receive import RTO_MAX_S, receive
from rawspoof.core.tcp.send import INITIAL_WINDOW, OUTBOX_MAX, Wanted
from rawspoof.core.tcp.state import State
from rawspoof.core.tcp.tcb import NEVER, Tcb
from rawspoof.core.wire.options import NONE
from rawspoof.core.wire.segment import ACK, FIN, PSH
from tests.peers import segment
from tests.tcp.tcbs import IRS, ISS, established

UNA = ISS + 1


def saying(text: bytes, **fields: Any) -> Tcb:
    tcb = established(**fields)
    send.queue(tcb, text)
    return tcb


def ack(tcb: Tcb, octets: int, now: float, wnd: int = 64240) -> list[Wanted]:
    """The peer acknowledges octets from our ISS + 1 on; what goes out then."""
    heard = receive(tcb, segment(ACK, IRS + 1, UNA + octets, wnd=wnd), NONE, now)
    return send.new(tcb, now, heard.acked)


def spans(wanted: list[Wanted]) -> list[tuple[int, int]]:
    """From which octet on, and how many."""
    return [(w.seq - UNA, len(w.data)) for w in wanted]


def test_text_is_cut_to_the_mss_and_the_last_is_pushed() -> None:
    tcb = saying(bytes(range(250)) * 10, mss=1000)
    wanted = send.new(tcb, 0.0)
    assert spans(wanted) == [(0, 1000), (1000, 1000), (2000, 500)]
    assert [w.flags for w in wanted] == [ACK, ACK, ACK | PSH]
    assert b"".join(w.data for w in wanted) == bytes(range(250)) * 10
    assert (tcb.in_flight, send.new(tcb, 0.0)) == (2500, [])


def test_text_waits_for_the_window() -> None:
    tcb = saying(b"x" * 3000, mss=1000, snd_wnd=2500)
    assert spans(send.new(tcb, 0.0)) == [(0, 1000), (1000, 1000)]
    assert spans(ack(tcb, 1000, 0.1, wnd=2500)) == [(2000, 1000)]


def test_a_small_window_is_filled_when_nothing_else_is_on_its_way() -> None:
    tcb = saying(b"x" * 3000, snd_wnd=5)
    assert spans(send.new(tcb, 0.0)) == [(0, 5)]
    assert spans(ack(tcb, 5, 0.1, wnd=5)) == [(5, 5)]


def test_no_more_than_the_initial_window_is_in_flight() -> None:
    tcb = saying(b"x" * 30_000, mss=1000)
    assert len(send.new(tcb, 0.0)) == INITIAL_WINDOW
    assert spans(ack(tcb, 2000, 0.1)) == [(10_000, 1000), (11_000, 1000)]


def test_the_outbox_is_bounded() -> None:
    tcb = established()
    assert send.queue(tcb, b"x" * OUTBOX_MAX) == 0
    assert send.queue(tcb, b"yz") == 2
    assert len(tcb.outbox) == OUTBOX_MAX


def test_a_fin_follows_the_last_octet_and_counts() -> None:
    tcb = saying(b"bye")
    send.close(tcb)
    assert send.new(tcb, 0.0) == [Wanted(ACK | PSH | FIN, UNA, b"bye")]
    assert (tcb.state, tcb.in_flight, tcb.fin_sent) == (State.FIN_WAIT_1, 4, True)
    send.close(tcb)
    assert send.new(tcb, 0.0) == []


def test_a_fin_with_nothing_to_say_goes_alone() -> None:
    tcb = established()
    send.close(tcb)
    assert send.new(tcb, 0.0) == [Wanted(ACK | FIN, UNA)]


def test_a_fin_waits_behind_text_that_waits() -> None:
    tcb = saying(b"x" * 20, snd_wnd=10)
    send.close(tcb)
    assert [w.flags for w in send.new(tcb, 0.0)] == [ACK]
    assert ack(tcb, 10, 0.1, wnd=10) == [Wanted(ACK | PSH | FIN, UNA + 10, b"x" * 10)]


def test_a_fin_needs_no_window() -> None:
    tcb = established(snd_wnd=0)
    send.close(tcb)
    assert send.new(tcb, 0.0) == [Wanted(ACK | FIN, UNA)]


# RFC 6298 §5


def test_the_timer_runs_while_something_is_unacknowledged() -> None:
    tcb = saying(b"abc")
    send.new(tcb, 10.0)
    assert tcb.rexmit_at == 11.0
    ack(tcb, 3, 10.1)
    assert tcb.rexmit_at == NEVER


def test_back_off_doubles_up_to_its_limit_and_gives_up_after_so_many() -> None:
    tcb = saying(b"abc")
    send.new(tcb, 0.0)
    waits, now = [], 0.0
    while tcb.state is not State.CLOSED:
        wait, now = tcb.rexmit_at - now, tcb.rexmit_at
        waits.append(wait)
        assert send.again(tcb, now, 8) in ([Wanted(ACK | PSH, UNA, b"abc")], [])
    assert waits == [1, 2, 4, 8, 16, 32, RTO_MAX_S, RTO_MAX_S, RTO_MAX_S]


def test_a_retransmission_is_never_timed() -> None:
    tcb = saying(b"abc")
    send.new(tcb, 0.0)
    send.again(tcb, 1.0, 6)
    ack(tcb, 3, 1.1)
    assert (tcb.srtt_s, tcb.rto_s) == (0.0, 2.0)


def test_an_ack_ends_the_count_of_retries() -> None:
    tcb = saying(b"abcdef", mss=3)
    send.new(tcb, 0.0)
    for at in (1.0, 3.0, 7.0):
        send.again(tcb, at, 6)
    assert tcb.retries == 3
    ack(tcb, 3, 7.1)
    assert tcb.retries == 0


def test_several_losses_are_mended_with_an_ack_each() -> None:
    tcb = saying(b"x" * 5000, mss=1000)
    send.new(tcb, 0.0)
    assert spans(send.again(tcb, 1.0, 6)) == [(0, 1000)]
    # The peer has the second segment, not the third and not the fourth.
    assert spans(ack(tcb, 2000, 1.1)) == [(2000, 1000)]
    assert spans(ack(tcb, 3000, 1.2)) == [(3000, 1000)]
    assert ack(tcb, 5000, 1.3) == []
    assert tcb.recover is None


def test_a_lost_fin_goes_out_again_with_its_text() -> None:
    tcb = saying(b"bye")
    send.close(tcb)
    send.new(tcb, 0.0)
    assert send.again(tcb, 1.0, 6) == [Wanted(ACK | PSH | FIN, UNA, b"bye")]
    ack(tcb, 3, 1.1)
    assert send.again(tcb, 2.0, 6) == [Wanted(ACK | FIN, UNA + 3)]
    ack(tcb, 4, 2.1)
    assert (tcb.state, tcb.rexmit_at) == (State.FIN_WAIT_2, NEVER)


def test_a_retransmission_is_no_longer_than_what_was_sent() -> None:
    tcb = saying(b"x" * 100, snd_wnd=10)
    send.new(tcb, 0.0)
    assert spans(send.again(tcb, 1.0, 6)) == [(0, 10)]


# RFC 9293 §3.8.6.1


def probed(text: bytes = b"x" * 100) -> Tcb:
    """A connection that has probed a closed window once, at second 1."""
    tcb = saying(text, snd_wnd=0)
    assert send.new(tcb, 0.0) == []
    assert tcb.rexmit_at == 1.0
    assert send.again(tcb, 1.0, 6) == [Wanted(ACK, UNA, text[:1])]
    return tcb


def test_a_closed_window_is_probed_as_long_as_it_answers() -> None:
    tcb = probed()
    for _ in range(50):
        ack(tcb, 0, tcb.rexmit_at - 0.01, wnd=0)
        assert spans(send.again(tcb, tcb.rexmit_at, 6)) == [(0, 1)]
    assert tcb.state is State.ESTABLISHED


def test_a_closed_window_that_falls_silent_is_given_up() -> None:
    tcb = probed()
    while tcb.state is not State.CLOSED:
        send.again(tcb, tcb.rexmit_at, 6)
    assert tcb.retries == 6


def test_an_opened_window_gets_everything_from_the_probed_octet_on() -> None:
    tcb = probed()
    for _ in range(4):
        ack(tcb, 0, tcb.rexmit_at - 0.01, wnd=0)
        send.again(tcb, tcb.rexmit_at, 6)
    assert spans(ack(tcb, 0, 100.0, wnd=5000)) == [(0, 100)]
    assert tcb.rexmit_at == 101.0


def test_a_probe_whose_octet_was_taken() -> None:
    tcb = probed()
    assert ack(tcb, 1, 1.1, wnd=0) == []
    assert tcb.rexmit_at < NEVER
    assert spans(ack(tcb, 1, 1.2, wnd=5000)) == [(1, 99)]


def test_the_last_octet_probes_with_the_fin() -> None:
    tcb = saying(b"x", snd_wnd=0)
    send.close(tcb)
    send.new(tcb, 0.0)
    assert send.again(tcb, 1.0, 6) == [Wanted(ACK | FIN, UNA, b"x")]
    assert send.new(tcb, 1.0) == []
    ack(tcb, 2, 1.1, wnd=0)
    assert tcb.state is State.FIN_WAIT_2


@given(
    st.binary(min_size=1, max_size=400), st.integers(1, 50), st.booleans(),
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 200)), max_size=40),
)  # fmt: skip
def test_every_octet_arrives_whatever_the_windows_and_losses(
    text: bytes, mss: int, fin: bool, steps: list[tuple[int, int]]
) -> None:
    """A peer that hears only some segments, in order, with any window; then one that hears all."""
    tcb = saying(text, mss=mss)
    if fin:
        send.close(tcb)
    heard, now, wanted = b"", 0.0, send.new(tcb, 0.0)
    for lost, wnd in [*steps, *[(0, 500)] * 700]:
        for w in wanted[lost:] if lost < len(wanted) else []:
            at = w.seq - UNA
            assert text[at : at + len(w.data)] == w.data
            if at <= len(heard):
                heard = heard[:at] + w.data if len(heard) < at + len(w.data) else heard
        now += 0.01
        wanted = ack(tcb, min(len(heard), tcb.snd_nxt - UNA), now, wnd)
        assert len(wanted) <= INITIAL_WINDOW + 1
        if not wanted and tcb.rexmit_at < NEVER:
            now = tcb.rexmit_at
            wanted = send.again(tcb, now, 1000)
    assert heard == text
