"""A Tcb as an ACK and its proof make it."""

import pytest

from rawspoof.core.tcp.handshake import Proof
from rawspoof.core.tcp.state import State
from rawspoof.core.tcp.tcb import opened
from rawspoof.core.wire.options import NONE, Options
from rawspoof.core.wire.segment import ACK
from tests.peers import segment
from tests.tcp.tcbs import established

PROOF = Proof(fresh=True, iss=0xFFFFFFFF, rcv_nxt=1001, since_irs=1, mss=1460, shift=7, sent=0, dice=0xABCD1234)


def test_a_fresh_connection_begins_at_iss_plus_one() -> None:
    tcb = opened(segment(ACK, 1001, 0, wnd=100), NONE, PROOF, True, 5.0)
    assert (tcb.state, tcb.iss, tcb.snd_una, tcb.snd_nxt) == (State.ESTABLISHED, 0xFFFFFFFF, 0, 0)
    assert (tcb.rcv_nxt, tcb.snd_wnd, tcb.ident, tcb.opened_at) == (1001, 12_800, 0x1234, 5.0)


def test_what_was_sent_before_counts() -> None:
    tcb = opened(segment(ACK, 1001, 20), NONE, PROOF._replace(sent=20), True, 5.0)
    assert (tcb.snd_nxt, tcb.bytes_out, tcb.in_flight) == (20, 20, 0)


@pytest.mark.parametrize(("offered", "agreed", "mss"), [(True, True, 1448), (True, False, 1460), (False, True, 1460)])
def test_timestamps_take_room_where_both_sides_use_them(offered: bool, agreed: bool, mss: int) -> None:
    tcb = opened(segment(ACK, 1001, 0), Options(tsval=7) if offered else NONE, PROOF, agreed, 5.0)
    assert tcb.mss == mss
    assert tcb.ts_recent == (7 if offered and agreed else None)


def test_a_fin_in_flight_is_one_more_than_the_outbox() -> None:
    tcb = established(outbox=b"abc", snd_nxt=5001 + 3, fin_queued=True)
    assert not tcb.fin_sent
    tcb.snd_nxt += 1
    assert (tcb.fin_sent, tcb.in_flight) == (True, 4)


def test_fields_with_a_default_are_each_connections_own() -> None:
    one, other = established(), established()
    one.outbox, one.retries = b"x", 3
    assert (other.outbox, other.retries) == (b"", 0)
