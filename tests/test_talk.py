"""What a connection says and when, without a segment in sight."""

from rawspoof.core import talk
from rawspoof.core.conversation.base import Reply, Then
from rawspoof.core.tcp.state import State
from rawspoof.core.tcp.tcb import NEVER, Tcb
from rawspoof.core.world.profile import Delivery, Hold, Mode, Profile

PEER = bytes(4)
SILENT = Profile(None, Mode.SILENT, 0.0, Hold.FOREVER, 0.0)


class Echo:
    """Greets nothing, answers what it hears after a second, says good-bye when it idles."""

    patience_s = None

    def opened(self, at: float) -> Reply:
        return Reply(b"", Then.LISTEN)

    def heard(self, data: bytes, at: float) -> Reply:
        return Reply(data, Then.LISTEN, 1.0)

    def idled(self, at: float) -> Reply:
        return Reply(b"bye", Then.CLOSE)


def tcb() -> Tcb:
    return Tcb(
        key=bytes(12), state=State.ESTABLISHED, iss=0, snd_una=1, snd_nxt=1, snd_wnd=1000, snd_wl1=1, snd_wl2=1,
        rcv_nxt=1, mss=1460, shift=None, ts_recent=None, dice=5, opened_at=0.0, ident=0, bytes_out=0,
    )  # fmt: skip


def test_replies_that_come_together_are_said_together_at_the_first_one_s_moment():
    flow, said = tcb(), talk.Talk(Echo(), SILENT)
    said.hear(flow, b"one ", 10.0)
    said.hear(flow, b"two", 10.5)
    assert (flow.say_at, flow.outbox) == (11.0, b"")
    assert said.say(flow, 11.0) == 0
    assert (flow.say_at, flow.outbox) == (NEVER, b"one two")


def test_a_half_closed_peer_still_gets_its_answer():
    flow, said = tcb(), talk.Talk(Echo(), SILENT)
    said.hear(flow, b"date", 10.0)
    said.leave(flow)
    assert not flow.fin_queued
    said.say(flow, 11.0)
    assert (flow.outbox, flow.fin_queued, flow.state) == (b"date", True, State.FIN_WAIT_1)


def test_who_asked_nothing_is_left_at_once():
    flow, said = tcb(), talk.Talk(Echo(), SILENT)
    said.leave(flow)
    assert flow.fin_queued
    said.hear(flow, b"more", 12.0)
    assert flow.say_at == NEVER


def test_idling_is_answered_at_once():
    flow, said = tcb(), talk.Talk(Echo(), SILENT)
    said.idle(flow, 40.0)
    assert (flow.outbox, flow.fin_queued) == (b"bye", True)


def test_endless_lines_ask_for_their_next_moment_by_themselves():
    flow = tcb()
    said = talk.begin(SILENT._replace(delivery=Delivery.LINES), talk.Props(), PEER, 5, 100.0)
    assert said is not None
    said.queue(flow, said.conversation.opened(0.0), 100.0)
    for line in range(1, 4):
        assert flow.say_at == 100.0 + 10.0 * line
        said.say(flow, flow.say_at)
        assert flow.outbox.count(b"\r\n") == line
    assert not said.quiet


def test_lines_do_not_hold_up_a_peer_that_leaves():
    flow = tcb()
    said = talk.begin(SILENT._replace(delivery=Delivery.LINES), talk.Props(), PEER, 5, 100.0)
    assert said is not None
    said.queue(flow, said.conversation.opened(0.0), 100.0)
    said.say(flow, 110.0)
    said.leave(flow)
    assert flow.fin_queued
    assert flow.say_at == NEVER


def test_a_port_that_never_speaks_has_no_talk():
    assert talk.begin(SILENT, talk.Props(), PEER, 5, 0.0) is None
    assert talk.resume(SILENT, talk.Props(), PEER, 5, 0.0) is None
    assert talk.said(SILENT, 0)
    assert not talk.said(SILENT, 7)
