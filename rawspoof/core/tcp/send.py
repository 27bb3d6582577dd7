"""What a connection has to send now: text within the peer's MSS and window, FIN, retransmissions, window probes.

RFC 9293 §3.8 (data communication), RFC 6298 §5 (the timer), RFC 6928 (initial window). Builds no packet: a `Wanted`
is flags, number and text; `personality.dress` makes it one.
"""

from typing import Final, NamedTuple

from rawspoof.core.tcp.receive import RTO_MAX_S, rto_s
from rawspoof.core.tcp.seqnum import add, le
from rawspoof.core.tcp.state import Cue, State, after
from rawspoof.core.tcp.tcb import NEVER, Tcb
from rawspoof.core.wire.segment import ACK, FIN, PSH

INITIAL_WINDOW: Final = 10
"""Segments in flight at most (RFC 6928). Ours: it never grows; a banner is shorter, and a slow one costs nobody."""
OUTBOX_MAX: Final = 1 << 16
"""Octets waiting to be sent or acknowledged; a conversation that says more is cut there."""


class Wanted(NamedTuple):
    """One segment to be sent."""

    flags: int
    seq: int
    data: bytes = b""


def queue(tcb: Tcb, data: bytes) -> int:
    """Put text into the outbox; what comes out is how many octets found no room."""
    room = max(OUTBOX_MAX - len(tcb.outbox), 0)
    tcb.outbox += data[:room]
    return max(len(data) - room, 0)


def close(tcb: Tcb) -> None:
    """Our side is done: a FIN follows what is queued. A second call changes nothing."""
    state = after(tcb.state, Cue.CLOSE)
    if state is not tcb.state:
        tcb.state = state
        tcb.fin_queued = True


def new(tcb: Tcb, now: float, acked: bool = False) -> list[Wanted]:
    """Everything that may go out now; arms the retransmission timer. `acked`: an ACK has just moved SND.UNA."""
    wanted: list[Wanted] = []
    if tcb.probing and tcb.snd_wnd:
        _reopen(tcb)
    in_flight = tcb.in_flight
    unsent = len(tcb.outbox) - in_flight
    while unsent > 0 or (unsent == 0 and tcb.fin_queued):
        size = _size(tcb, in_flight, unsent)
        if not size and unsent:
            break
        last = size == unsent
        fin = FIN if last and tcb.fin_queued else 0
        flags = ACK | fin | (PSH if last and size else 0)
        wanted.append(Wanted(flags, tcb.snd_nxt, tcb.outbox[in_flight : in_flight + size]))
        tcb.snd_nxt = add(tcb.snd_nxt, size + (1 if fin else 0))
        in_flight += size
        unsent -= size + (1 if fin else 0)
        if tcb.timed_seq is None:
            tcb.timed_seq, tcb.timed_at = tcb.snd_nxt, now
        if last:
            break
    if acked and tcb.recover is not None:
        wanted += _recover(tcb)
    _arm(tcb, now)
    return wanted


def _size(tcb: Tcb, in_flight: int, unsent: int) -> int:
    """How many of the unsent octets MSS and window let into the next segment."""
    room = min(tcb.snd_wnd, INITIAL_WINDOW * tcb.mss) - in_flight
    size = min(unsent, tcb.mss, room)
    # RFC 9293 §3.8.6.2.1: no small segments into a nearly full window while others are on their way.
    if size <= 0 or (size < min(unsent, tcb.mss) and in_flight):
        return 0
    return size


def _reopen(tcb: Tcb) -> None:
    """The window is open again: what probed it was dropped, so that goes out once more, and at once."""
    tcb.probing = False
    tcb.snd_nxt = tcb.snd_una
    tcb.rto_s, tcb.rexmit_at = rto_s(tcb), NEVER


def _recover(tcb: Tcb) -> list[Wanted]:
    """After a timeout, an ACK that covers part of what was lost calls for the next part at once."""
    if tcb.recover is None or le(tcb.recover, tcb.snd_una):
        tcb.recover = None
        return []
    return [_oldest(tcb)]


def _oldest(tcb: Tcb) -> Wanted:
    """The first unacknowledged segment, again."""
    in_flight = tcb.in_flight
    text = tcb.outbox[: min(tcb.mss, in_flight)]
    fin = FIN if tcb.fin_sent and len(text) == len(tcb.outbox) else 0
    return Wanted(ACK | (PSH if text else 0) | fin, tcb.snd_una, text)


def _arm(tcb: Tcb, now: float) -> None:
    """The timer runs while something is unacknowledged, or waits for a window (RFC 6298 §5.1, RFC 9293 §3.8.6.1)."""
    if not (tcb.outbox or tcb.fin_queued):
        tcb.rexmit_at = NEVER
    elif tcb.rexmit_at == NEVER:
        tcb.rexmit_at = now + tcb.rto_s


def again(tcb: Tcb, now: float, retries_max: int) -> list[Wanted]:
    """The timer expired: the oldest segment or a window probe, with back-off; gives up after `retries_max` (CLOSED)."""
    if tcb.retries >= retries_max:
        tcb.state = State.CLOSED
        return []
    tcb.retries += 1
    tcb.rto_s = min(tcb.rto_s * 2, RTO_MAX_S)
    tcb.rexmit_at = now + tcb.rto_s
    tcb.timed_seq = None
    if not tcb.in_flight:
        return _probe(tcb)
    tcb.recover = tcb.snd_nxt
    return [_oldest(tcb)]


def _probe(tcb: Tcb) -> list[Wanted]:
    """One octet beyond a closed window (RFC 9293 §3.8.6.1), or a FIN that waits behind nothing."""
    text = tcb.outbox[:1]
    fin = FIN if tcb.fin_queued and len(text) == len(tcb.outbox) else 0
    wanted = Wanted(ACK | fin, tcb.snd_nxt, text)
    tcb.probing = True
    tcb.snd_nxt = add(tcb.snd_nxt, len(text) + (1 if fin else 0))
    return [wanted]
