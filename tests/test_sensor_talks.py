"""Whole conversations with the sensor, arrow by arrow, as the RFCs have them. The notation is in `tests.talk`."""

import pytest

from rawspoof.core.event import SessionClosed, SessionData, SessionOpened, SynData
from rawspoof.core.world.profile import Hold
from tests.peers import SILENT, exactly, profile, sensor
from tests.talk import play

BANNER = profile(r"220 mail.lab ESMTP\r\n")
ECHO = profile(answers={"HELLO": r"hello yourself\r\n"})
QUIT = profile(r"hi\r\n", {"QUIT": r"bye\r\n"}, close=True)
PERSIST = profile(hold=Hold.PERSIST)


# Opening


def test_a_handshake_and_a_banner() -> None:
    events = play(
        r"""
        +0.000 < S  0:0(0) win 64240 <mss 1460,sackOK,TS val 100 ecr 0,nop,wscale 7>
        +0.000 > S. 0:0(0) ack 1 win 65160 ttl 64 df <mss 1460,sackOK,TS val 0 ecr 100,nop,wscale 7>
        +0.010 < .  1:1(0) ack 1 win 502 <nop,nop,TS val 110 ecr 0>
        +0.010 ! session.open
        +0.010 > P. 1:21(20) ack 1 ttl 64 df <nop,nop,TS val 10 ecr 110> "220 mail.lab ESMTP\r\n"
        +0.020 < .  1:1(0) ack 21 win 502 <nop,nop,TS val 120 ecr 10>
        """,
        sensor(BANNER),
    )
    assert [type(event) for event in events] == [SessionOpened]
    assert events[0].greeting == b"220 mail.lab ESMTP\r\n"


def test_a_delayed_banner() -> None:
    play(
        """
        +0.000 < S  0:0(0) <mss 1460>
        +0.000 > S. 0:0(0) ack 1
        +0.010 < .  1:1(0) ack 1
        +0.010 ! session.open
        +2.010 > P. 1:21(20) ack 1
        +2.100 < .  1:1(0) ack 21
        """,
        sensor(BANNER._replace(delay_s=exactly(2.0))),
    )


def test_a_lost_banner_comes_again_ever_later_and_is_given_up() -> None:
    events = play(
        """
        +0.000 < S  0:0(0) <mss 1460>
        +0.000 > S. 0:0(0) ack 1
        +0.010 < .  1:1(0) ack 1
        +0.010 ! session.open
        +0.010 > P. 1:21(20) ack 1
        +1.010 > P. 1:21(20) ack 1
        +3.010 > P. 1:21(20) ack 1
        +7.010 > P. 1:21(20) ack 1
        +15.010 ! session.close
        +20.000 < .  1:1(0) ack 21
        """,
        sensor(BANNER, retries_max=3),
    )
    assert isinstance(events[-1], SessionClosed)
    assert events[-1].reason == "gave-up"


def test_timestamps_tell_how_soon_to_send_again() -> None:
    play(
        """
        +0.000 < S  0:0(0) <mss 1460,sackOK,TS val 5 ecr 0>
        +0.000 > S. 0:0(0) ack 1
        # "ecr 0" is not ours in this notation; 1 is a thousandth of a second later.
        +0.050 < .  1:1(0) ack 1 <nop,nop,TS val 55 ecr 1>
        +0.050 ! session.open
        +0.050 > P. 1:21(20) ack 1
        +0.250 > P. 1:21(20) ack 1
        +0.650 > P. 1:21(20) ack 1
        +0.700 < .  1:1(0) ack 21 <nop,nop,TS val 705 ecr 650>
        """,
        sensor(BANNER),
    )


def test_a_lost_ack_of_the_handshake_is_made_up_for_by_the_request() -> None:
    play(
        r"""
        +0.000 < S  0:0(0) <mss 1460>
        +0.000 > S. 0:0(0) ack 1
        +0.200 < P. 1:8(7) ack 1 "HELLO\r\n"
        +0.200 ! session.open
        +0.200 ! session.data
        +0.200 ! service.request
        +0.200 > P. 1:17(16) ack 8 "hello yourself\r\n"
        """,
        sensor(ECHO),
    )


def test_a_syn_asked_again_is_answered_again() -> None:
    play(
        """
        +0.000 < S  0:0(0) <mss 1460>
        +0.000 > S. 0:0(0) ack 1
        +0.900 < S  0:0(0) <mss 1460>
        +0.900 > S. 0:0(0) ack 1
        +0.950 < .  1:1(0) ack 1
        +0.950 ! session.open
        +9.000 < .  1:1(0) ack 1
        """,
        sensor(),
    )


def test_a_syn_ack_that_nobody_answers_comes_again_by_itself() -> None:
    play(
        """
        +0.000 < S  0:0(0) <mss 1460,sackOK,TS val 100 ecr 0,nop,wscale 7>
        +0.000 > S. 0:0(0) ack 1
        +1.000 > S. 0:0(0) ack 1 <mss 1460,sackOK,TS val 0 ecr 100,nop,wscale 7>
        +3.000 > S. 0:0(0) ack 1
        +60.000 < .  1:1(0) ack 1 <nop,nop,TS val 9 ecr 0>
        +60.000 ! session.open
        """,
        sensor(),
    )


def test_a_refused_syn_ack_is_not_repeated() -> None:
    assert play(
        """
        +0.000 < S  0:0(0) win 1024 <mss 1460>
        +0.000 > S. 0:0(0) ack 1
        +0.001 < R  1:1(0) win 0
        +9.000 < R  1:1(0) win 0
        """,
        sensor(),
    ) == []  # fmt: skip


def test_text_on_a_syn_is_evidence_and_asked_for_again() -> None:
    events = play(
        r"""
        +0.000 < S  0:7(7) <mss 1460> "HELLO\r\n"
        +0.000 ! syn.data
        +0.000 > S. 0:0(0) ack 1
        +0.010 < P. 1:8(7) ack 1 "HELLO\r\n"
        +0.010 ! session.open
        +0.010 ! session.data
        +0.010 ! service.request
        +0.010 > P. 1:17(16) ack 8
        """,
        sensor(ECHO),
    )
    assert isinstance(events[0], SynData)
    assert (events[0].data, events[0].size) == (b"HELLO\r\n", 7)


# Talking


def test_a_service_that_waits_to_be_asked() -> None:
    events = play(
        r"""
        +0.000 < S  0:0(0) <mss 1460>
        +0.000 > S. 0:0(0) ack 1
        +0.010 < .  1:1(0) ack 1
        +0.010 ! session.open
        +0.500 < P. 1:4(3) ack 1 "HEL"
        +0.500 ! session.data
        +0.500 > .  1:1(0) ack 4
        +0.600 < P. 4:8(4) ack 1 "LO\r\n"
        +0.600 ! session.data
        +0.600 ! service.request
        +0.600 > P. 1:17(16) ack 8 "hello yourself\r\n"
        +0.610 < .  8:8(0) ack 17
        +0.700 < P. 4:8(4) ack 17 "LO\r\n"
        +0.700 > .  17:17(0) ack 8
        """,
        sensor(ECHO),
    )
    assert [event.data for event in events if isinstance(event, SessionData)] == [b"HEL", b"LO\r\n"]


def test_text_out_of_order_is_asked_for() -> None:
    play(
        r"""
        +0.000 < S  0:0(0) <mss 1460>
        +0.000 > S. 0:0(0) ack 1
        +0.010 < .  1:1(0) ack 1
        +0.010 ! session.open
        +0.020 < P. 4:8(4) ack 1 "LO\r\n"
        +0.020 > .  1:1(0) ack 1
        +0.030 < .  1:4(3) ack 1 "HEL"
        +0.030 ! session.data
        +0.030 > .  1:1(0) ack 4
        +0.040 < P. 4:8(4) ack 1 "LO\r\n"
        +0.040 ! session.data
        +0.040 ! service.request
        +0.040 > P. 1:17(16) ack 8
        """,
        sensor(ECHO),
    )


def test_a_half_closed_peer_still_gets_its_answer() -> None:
    events = play(
        r"""
        # nc -N: the request, and then FIN at once
        +0.000 < S  0:0(0) <mss 1460>
        +0.000 > S. 0:0(0) ack 1
        +0.010 < .  1:1(0) ack 1
        +0.010 ! session.open
        +0.010 < P. 1:8(7) ack 1 "HELLO\r\n"
        +0.010 ! session.data
        +0.010 ! service.request
        +0.010 > .  1:1(0) ack 8
        +0.011 < F. 8:8(0) ack 1
        +0.011 > .  1:1(0) ack 9
        +1.010 > FP. 1:17(16) ack 9 "hello yourself\r\n"
        +1.040 < .  9:9(0) ack 18
        +1.040 ! session.close
        """,
        sensor(ECHO._replace(delay_s=exactly(1.0))),
    )
    assert isinstance(events[-1], SessionClosed)
    assert (events[-1].reason, events[-1].bytes_in, events[-1].bytes_out) == ("peer-fin", 7, 16)


def test_a_service_that_closes_after_its_answer() -> None:
    events = play(
        r"""
        +0.000 < S  0:0(0) <mss 1460>
        +0.000 > S. 0:0(0) ack 1
        +0.010 < .  1:1(0) ack 1
        +0.010 ! session.open
        +0.010 > P. 1:5(4) ack 1
        +0.020 < P. 1:7(6) ack 5 "QUIT\r\n"
        +0.020 ! session.data
        +0.020 ! service.request
        +0.020 > FP. 5:10(5) ack 7 "bye\r\n"
        +0.030 < .  7:7(0) ack 11
        +0.040 < F. 7:7(0) ack 11
        +0.040 ! session.close
        +0.040 > .  11:11(0) ack 8
        """,
        sensor(QUIT),
    )
    assert isinstance(events[-1], SessionClosed)
    assert events[-1].reason == "done"


def test_a_peer_that_was_served_and_falls_silent_is_closed() -> None:
    play(
        r"""
        +0.000 < S  0:0(0) <mss 1460>
        +0.000 > S. 0:0(0) ack 1
        +0.010 < P. 1:8(7) ack 1 "HELLO\r\n"
        +0.010 ! session.open
        +0.010 ! session.data
        +0.010 ! service.request
        +0.010 > P. 1:17(16) ack 8
        +0.020 < .  8:8(0) ack 17
        +10.020 > F. 17:17(0) ack 8
        +10.030 < .  8:8(0) ack 18
        # it never closes its side: after a minute it is forgotten
        +70.030 ! session.close
        +99.000 < .  8:8(0) ack 18
        +99.000 > R  18:18(0)
        """,
        sensor(ECHO, idle_s=10.0),
    )


# Windows


def test_a_closed_window_is_probed_and_then_filled() -> None:
    play(
        r"""
        +0.000 < S  0:0(0) <mss 1460>
        +0.000 > S. 0:0(0) ack 1
        +0.010 < .  1:1(0) ack 1 win 0
        +0.010 ! session.open
        +1.010 > .  1:2(1) ack 1 "2"
        +1.020 < .  1:1(0) ack 1 win 0
        +3.010 > P. 1:2(1) ack 1 "2"
        +3.020 < .  1:1(0) ack 1 win 0
        +3.500 < .  1:1(0) ack 1 win 8
        +3.500 > .  1:9(8) ack 1 "220 mail"
        +3.600 < .  1:1(0) ack 9 win 100
        +3.600 > P. 9:21(12) ack 1 ".lab ESMTP\r\n"
        +3.700 < .  1:1(0) ack 21 win 100
        """,
        sensor(BANNER),
    )


def test_a_tiny_mss_and_every_segment_lost_once() -> None:
    play(
        """
        +0.000 < S  0:0(0) <mss 8>
        +0.000 > S. 0:0(0) ack 1
        +0.010 < .  1:1(0) ack 1
        +0.010 ! session.open
        +0.010 > .  1:49(48) ack 1
        +0.010 > .  49:97(48) ack 1
        +0.010 > P. 97:101(4) ack 1
        +1.010 > P. 1:49(48) ack 1
        +1.020 < .  1:1(0) ack 49
        +1.020 > P. 49:97(48) ack 1
        +1.030 < .  1:1(0) ack 97
        +1.030 > P. 97:101(4) ack 1
        +1.040 < .  1:1(0) ack 101
        """,
        sensor(profile("x" * 100)),
    )


@pytest.mark.parametrize(
    ("offered", "answered", "win", "sent"),
    [
        ("wscale 7,nop", "mss 1460,nop,wscale 7", 1, "P. 1:101(100)"),
        ("wscale 2,nop", "mss 1460,nop,wscale 7", 1, ". 1:5(4)"),
        ("nop,nop", "mss 1460", 64, ". 1:65(64)"),
    ],
)
def test_windows_are_scaled_where_both_sides_agree(offered: str, answered: str, win: int, sent: str) -> None:
    play(
        f"""
        +0.000 < S  0:0(0) <mss 1460,{offered}>
        +0.000 > S. 0:0(0) ack 1 <{answered}>
        +0.010 < .  1:1(0) ack 1 win {win}
        +0.010 ! session.open
        +0.010 > {sent} ack 1
        """,
        sensor(profile("x" * 100)),
    )


def test_timestamps_are_ours_only_if_they_are_the_peers() -> None:
    play(
        """
        +0.000 < S  0:0(0) <mss 1460,sackOK>
        +0.000 > S. 0:0(0) ack 1 <mss 1460,nop,nop,sackOK>
        +0.010 < .  1:1(0) ack 1
        +0.010 ! session.open
        +0.010 > P. 1:1461(1460) ack 1
        +0.020 40001-22 < S 0:0(0) <mss 1460,sackOK,TS val 5 ecr 0>
        +0.020 40001-22 > S. 0:0(0) ack 1 <mss 1460,sackOK,TS val 0 ecr 5>
        +0.030 40001-22 < . 1:1(0) ack 1 <nop,nop,TS val 15 ecr 0>
        +0.030 ! session.open
        +0.030 40001-22 > . 1:1449(1448) ack 1 <nop,nop,TS val 10 ecr 15>
        +0.030 40001-22 > P. 1449:1461(12) ack 1 <nop,nop,TS val 10 ecr 15>
        """,
        sensor(profile("x" * 1460)),
    )


# Held connections


@pytest.mark.parametrize("everywhere", [SILENT, BANNER], ids=["silent", "banner"])
@pytest.mark.parametrize("stamped", [False, True])
def test_a_keep_alive_is_answered_though_the_connection_was_forgotten(everywhere: object, stamped: bool) -> None:
    syn = ",sackOK,TS val 9 ecr 0" if stamped else ""
    ack = "<nop,nop,TS val 10 ecr 0>" if stamped else ""
    out = " <nop,nop,TS val 7200000 ecr 10>" if stamped else ""
    said = 20 if everywhere is BANNER else 0
    banner = f"+0.010 > P. 1:21(20) ack 1\n+0.020 < . 1:1(0) ack 21 {ack}" if said else ""
    mind = sensor(everywhere)
    play(
        f"""
        +0.000 < S  0:0(0) <mss 1460{syn}>
        +0.000 > S. 0:0(0) ack 1
        +0.010 < .  1:1(0) ack 1 {ack}
        +0.010 ! session.open
        {banner}
        +7200 < . 0:0(0) ack {said + 1} {ack}
        +7200 > . {said + 1}:{said + 1}(0) ack 1{out}
        +7200 < . 0:1(1) ack {said + 1} {ack}
        +7200 > . {said + 1}:{said + 1}(0) ack 1
        """,
        mind,
    )
    assert (len(mind.flows), len(mind.holds)) == (0, 0)


def test_text_to_a_held_port_is_heard_long_after() -> None:
    mind = sensor()
    events = play(
        """
        +0.000 < S  0:0(0) <mss 1460>
        +0.000 > S. 0:0(0) ack 1
        +0.010 < .  1:1(0) ack 1
        +0.010 ! session.open
        +3600 < P. 1:6(5) ack 1
        +3600 ! session.data
        +3600 > .  1:1(0) ack 6
        +3601 < .  5:5(0) ack 1
        +3601 > .  1:1(0) ack 6
        +3602 < F. 6:6(0) ack 1
        +3602 > F. 1:1(0) ack 7
        +3602.1 < . 7:7(0) ack 2
        +3602.1 ! session.close
        """,
        mind,
    )
    assert isinstance(events[-1], SessionClosed)
    assert (events[-1].reason, events[-1].bytes_in, events[-1].duration_s) == ("peer-fin", 5, -1.0)


def test_a_fin_to_a_held_port_is_answered_with_ours() -> None:
    play(
        """
        +0.000 < S  0:0(0) <mss 1460>
        +0.000 > S. 0:0(0) ack 1
        +0.010 < .  1:1(0) ack 1
        +0.010 ! session.open
        +900 < F. 1:1(0) ack 1
        +900 > F. 1:1(0) ack 2
        +901 > F. 1:1(0) ack 2
        +901.5 < . 2:2(0) ack 2
        +901.5 ! session.close
        +902 < . 2:2(0) ack 2
        +902 > R 2:2(0)
        """,
        sensor(),
    )


def test_the_end_of_a_timed_hold_and_time_wait() -> None:
    events = play(
        """
        +0.000 < S  0:0(0) <mss 1460>
        +0.000 > S. 0:0(0) ack 1
        +0.000 < .  1:1(0) ack 1
        +0.000 ! session.open
        +5.000 < .  0:0(0) ack 1
        +5.000 > .  1:1(0) ack 1
        +30.000 > F. 1:1(0) ack 1
        +30.100 < . 1:1(0) ack 2
        +31.000 < F. 1:1(0) ack 2
        +31.000 ! session.close
        +31.000 > . 2:2(0) ack 2
        # our ACK was lost: the peer's FIN comes again, and TIME-WAIT begins again
        +32.000 < F. 1:1(0) ack 2
        +32.000 > . 2:2(0) ack 2
        # an old SYN is challenged, a newer one begins a new connection
        +33.000 < S 1:1(0)
        +33.000 > . 2:2(0) ack 2
        +80.000 < S 100:100(0)
        +80.000 > S. 0:0(0) ack 101
        +80.100 < . 101:101(0) ack 1
        +80.100 ! session.open
        """,
        sensor(profile(hold=Hold.TIMED, hold_s=exactly(30.0))),
    )
    closed = next(event for event in events if isinstance(event, SessionClosed))
    assert (closed.reason, closed.duration_s) == ("hold-over", 31.0)


def test_time_wait_is_over_after_a_minute() -> None:
    mind = sensor(profile(hold=Hold.TIMED, hold_s=exactly(30.0)))
    play(
        """
        +0.000 < S  0:0(0)
        +0.000 > S. 0:0(0) ack 1
        +0.000 < .  1:1(0) ack 1
        +0.000 ! session.open
        +30.000 > F. 1:1(0) ack 1
        +30.100 < F. 1:1(0) ack 2
        +30.100 ! session.close
        +30.100 > . 2:2(0) ack 2
        +91.000 < F. 1:1(0) ack 2
        +91.000 > R 2:2(0)
        """,
        mind,
    )
    assert (len(mind.flows), len(mind.holds)) == (0, 0)


@pytest.mark.parametrize(("probe", "size"), [(".  12:12(0)", 0), (".  13:14(1)", 1)], ids=["linux", "windows"])
def test_a_persist_hold_answers_probes_for_ever_and_remembers_nothing(probe: str, size: int) -> None:
    mind = sensor(PERSIST)
    play(
        f"""
        +0.000 < S  0:0(0) <mss 1460>
        +0.000 > S. 0:0(0) ack 1
        +0.010 < .  1:1(0) ack 1
        +0.010 ! session.open
        +0.020 < P. 1:19(18) ack 1
        +0.020 ! session.data
        +0.020 > .  1:1(0) ack 13 win 0
        +5.000 < {probe} ack 1
        +5.000 > .  1:1(0) ack 13 win 0
        +100000 < {probe} ack 1
        +100000 > .  1:1(0) ack 13 win 0
        +100001 < R. 13:13(0) ack 1
        +100001 ! session.close
        """,
        mind,
    )
    assert (len(mind.flows), len(mind.holds)) == (0, 0)


def test_a_persist_hold_leaves_its_window_open_to_a_peer_that_has_sent_nothing() -> None:
    play(
        """
        +0.000 < S  0:0(0) <mss 1460>
        +0.000 > S. 0:0(0) ack 1
        +0.010 < .  1:1(0) ack 1
        +0.010 ! session.open
        +1.000 < .  0:0(0) ack 1
        +1.000 > .  1:1(0) ack 1 win 64240
        +2.000 < F. 1:1(0) ack 1
        +2.000 > F. 1:1(0) ack 2
        +2.010 < .  2:2(0) ack 2
        +2.010 ! session.close
        """,
        sensor(PERSIST),
    )


# Resets and challenges


def test_a_reset_counts_only_with_the_exact_number() -> None:
    events = play(
        """
        +0.000 < S  0:0(0) <mss 1460>
        +0.000 > S. 0:0(0) ack 1
        +0.010 < .  1:1(0) ack 1
        +0.010 ! session.open
        +0.010 > P. 1:21(20) ack 1
        +0.020 < R  0:0(0)
        +0.030 < R  70000:70000(0)
        +0.040 < R  2:2(0)
        +0.040 > .  21:21(0) ack 1
        +0.050 < S  5000:5000(0)
        +0.050 > .  21:21(0) ack 1
        +0.060 < R  1:1(0)
        +0.060 ! session.close
        +0.070 < .  1:1(0) ack 21
        """,
        sensor(BANNER),
    )
    assert isinstance(events[-1], SessionClosed)
    assert events[-1].reason == "peer-rst"


def test_challenges_are_limited_over_all_connections() -> None:
    mind = sensor(ECHO)
    opening = """
        +0.000 < S  0:0(0)
        +0.000 > S. 0:0(0) ack 1
        +0.000 < .  1:1(0) ack 1
        +0.000 ! session.open
        """
    asked = [f"+0.{i:03} < R 5:5(0)" for i in range(1, 200)]
    answered = [line for ask in asked[:100] for line in (ask, ask[:6] + " > . 1:1(0) ack 1")]
    play(opening + "\n".join(answered + asked[100:]) + "\n+1.500 < R 5:5(0)\n+1.500 > . 1:1(0) ack 1", mind)
    assert (mind.tally.challenges, mind.tally.challenges_saved) == (101, 99)


def test_a_closed_port() -> None:
    play(
        """
        +0.000 < S  0:0(0) <mss 1460>
        +0.000 > R. 0:0(0) ack 1 win 0
        +0.100 < .  1:1(0) ack 7
        +0.100 > R  7:7(0)
        +0.200 < R  1:1(0)
        +0.300 < FPU 5:5(0)
        +0.300 > R. 0:0(0) ack 6
        """,
        sensor(BANNER, closed_ports=[22]),
    )


def test_all_of_it_over_ipv6() -> None:
    play(
        r"""
        +0.000 < S  0:0(0) <mss 1440,sackOK,TS val 100 ecr 0,nop,wscale 7>
        +0.000 > S. 0:0(0) ack 1 win 64260 ttl 64 df <mss 1440,sackOK,TS val 0 ecr 100,nop,wscale 7>
        +0.010 < .  1:1(0) ack 1 <nop,nop,TS val 110 ecr 0>
        +0.010 ! session.open
        +0.020 < FP. 1:8(7) ack 1 <nop,nop,TS val 120 ecr 0> "HELLO\r\n"
        +0.020 ! session.data
        +0.020 ! service.request
        +0.020 > FP. 1:17(16) ack 9 <nop,nop,TS val 20 ecr 120> "hello yourself\r\n"
        +0.030 < .  9:9(0) ack 18 <nop,nop,TS val 130 ecr 20>
        +0.030 ! session.close
        """,
        sensor(ECHO),
        ip6=True,
    )
