"""A segment arrives on a synchronized connection: the ladder of RFC 9293 §3.10.7.4, in its order and its words.

Also RFC 5961 (challenge ACKs), RFC 7323 §5 (PAWS), RFC 6298 (round-trip time). Changes the Tcb; builds no packet.
"""

from typing import Final, NamedTuple

from rawspoof.core.tcp.seqnum import add, diff, in_window, le, lt
from rawspoof.core.tcp.state import RECEIVES_TEXT, Cue, State, after
from rawspoof.core.tcp.tcb import NEVER, RTO_INITIAL_S, Tcb
from rawspoof.core.wire.options import Options
from rawspoof.core.wire.segment import ACK, FIN, RST, SYN, Segment

RCV_WND: Final = 65535
"""What we accept; text is taken as it comes, so the window never fills."""
RTO_MIN_S: Final = 0.2
"""RFC 6298 §2.4 says 1 s; every system we dress as uses about this."""
RTO_MAX_S: Final = 60.0
"""RFC 6298 §2.5."""
CLOCK_S: Final = 0.001
"""RFC 6298's G: no round trip counts as shorter."""


class Heard(NamedTuple):
    """What a segment meant."""

    data: bytes = b""
    """New text, in order."""
    reply: bool = False
    """An ACK is due at once (it may ride on anything that is sent anyway)."""
    challenge: bool = False
    """A challenge ACK is due (RFC 5961), if its rate allows."""
    reset: bool = False
    """The connection was reset; the Tcb is CLOSED."""
    fin: bool = False
    """The peer closed its side with this segment."""
    acked: bool = False
    """Octets of ours were acknowledged for the first time."""


NOTHING: Final = Heard()
REPLY: Final = Heard(reply=True)
CHALLENGE: Final = Heard(challenge=True)
RESET: Final = Heard(reset=True)


def receive(tcb: Tcb, seg: Segment, options: Options, now: float) -> Heard:
    """What this segment means to the connection. `now` is in seconds and only measures round trips."""
    flags = seg.flags
    # RFC 7323 §5.3 R1 (PAWS) comes before everything and spares RST.
    if _is_old_duplicate(tcb, options) and not flags & RST:
        return REPLY
    # first, check sequence number
    if not _acceptable(tcb, seg):
        return NOTHING if flags & RST else _before_window(tcb, seg, now)
    # second, check the RST bit. RFC 5961 §3.2: only the exact number resets.
    if flags & RST:
        if seg.seq != tcb.rcv_nxt:
            return CHALLENGE
        tcb.state = after(tcb.state, Cue.RESET)
        return RESET
    # third, check security: there is none here.
    # fourth, check the SYN bit. RFC 5961 §4.2: challenge it, whatever its number.
    if flags & SYN:
        return CHALLENGE
    # fifth, check the ACK field
    if not flags & ACK:
        return NOTHING
    if not _ack_in_range(tcb, seg):
        return CHALLENGE
    acked = lt(tcb.snd_una, seg.ack)
    _take_ack(tcb, seg, now)
    if tcb.ts_recent is not None and options.tsval is not None and le(seg.seq, tcb.rcv_nxt):
        tcb.ts_recent = options.tsval
    if tcb.state is State.CLOSED:
        return NOTHING
    # sixth, check the URG bit. Ours: urgent text is text; nothing here treats it apart.
    # seventh, process the segment text; eighth, check the FIN bit
    heard = _take_text(tcb, seg)
    return heard._replace(acked=True) if acked else heard


def _is_old_duplicate(tcb: Tcb, options: Options) -> bool:
    return tcb.ts_recent is not None and options.tsval is not None and lt(options.tsval, tcb.ts_recent)


def _acceptable(tcb: Tcb, seg: Segment) -> bool:
    """The four cases of RFC 9293 §3.4, table 6, with our window never zero in truth."""
    if in_window(seg.seq, tcb.rcv_nxt, RCV_WND):
        return True
    return seg.len > 0 and in_window(add(seg.seq, seg.len - 1), tcb.rcv_nxt, RCV_WND)


def _before_window(tcb: Tcb, seg: Segment, now: float) -> Heard:
    """An ACK is due. Ours, as BSD has it: what a keep-alive acknowledges holds; after a loss nothing else may come."""
    keep_alive = seg.flags & (ACK | SYN) == ACK and add(seg.seq, 1) == tcb.rcv_nxt
    if not keep_alive or not lt(tcb.snd_una, seg.ack) or not _ack_in_range(tcb, seg):
        return REPLY
    _advance(tcb, seg.ack, now)
    return NOTHING if tcb.state is State.CLOSED else Heard(reply=True, acked=True)


def _ack_in_range(tcb: Tcb, seg: Segment) -> bool:
    """RFC 5961 §5.2: SND.UNA - MAX.SND.WND <= SEG.ACK <= SND.NXT; the largest window there is stands for the peer's."""
    return le(seg.ack, tcb.snd_nxt) and diff(tcb.snd_una, seg.ack) <= 65535


def _take_ack(tcb: Tcb, seg: Segment, now: float) -> None:
    if lt(tcb.snd_una, seg.ack):
        _advance(tcb, seg.ack, now)
    # RFC 9293: the window, unless an older segment comes late.
    if lt(tcb.snd_wl1, seg.seq) or (tcb.snd_wl1 == seg.seq and le(tcb.snd_wl2, seg.ack)):
        tcb.snd_wnd = seg.wnd << (tcb.shift or 0)
        tcb.snd_wl1, tcb.snd_wl2 = seg.seq, seg.ack
        if not tcb.snd_wnd:
            # RFC 9293 §3.8.6.1: a peer that answers our window probes is not given up.
            tcb.retries = 0


def _advance(tcb: Tcb, ack: int, now: float) -> None:
    """SND.UNA moves up to `ack`."""
    fin_acked = tcb.fin_sent and ack == tcb.snd_nxt
    octets = diff(ack, tcb.snd_una) - (1 if fin_acked else 0)
    tcb.outbox = tcb.outbox[octets:]
    tcb.bytes_out += octets
    tcb.snd_una = ack
    _measure(tcb, ack, now)
    if tcb.ts_recent is not None:
        # RFC 6298 §5 keeps the back-off until there is a new measure; with timestamps each ACK is one (RFC 7323 §4).
        tcb.rto_s = rto_s(tcb)
    tcb.retries = 0
    tcb.rexmit_at = NEVER if tcb.snd_nxt == ack else now + tcb.rto_s
    if fin_acked:
        tcb.fin_queued = False
        tcb.state = after(tcb.state, Cue.FIN_ACKED)


def _measure(tcb: Tcb, ack: int, now: float) -> None:
    """RFC 6298 §2.2 and §2.3, when the timed number is acknowledged."""
    if tcb.timed_seq is None or lt(ack, tcb.timed_seq):
        return
    tcb.timed_seq = None
    _took(tcb, now - tcb.timed_at)


def handshake_took(tcb: Tcb, seconds: float) -> None:
    """Measure our SYN-ACK and its ACK by their timestamps (RFC 7323 §4); an ACK that waited is no measure."""
    if 3 * seconds < RTO_INITIAL_S:
        _took(tcb, seconds)


def _took(tcb: Tcb, seconds: float) -> None:
    rtt = max(seconds, CLOCK_S)
    if tcb.srtt_s:
        tcb.rttvar_s += (abs(tcb.srtt_s - rtt) - tcb.rttvar_s) / 4
        tcb.srtt_s += (rtt - tcb.srtt_s) / 8
    else:
        tcb.srtt_s, tcb.rttvar_s = rtt, rtt / 2
    tcb.rto_s = rto_s(tcb)


def rto_s(tcb: Tcb) -> float:
    """The retransmission timeout that was measured, without back-off (RFC 6298 §2)."""
    if not tcb.srtt_s:
        return RTO_INITIAL_S
    return min(max(tcb.srtt_s + 4 * tcb.rttvar_s, RTO_MIN_S), RTO_MAX_S)


def _take_text(tcb: Tcb, seg: Segment) -> Heard:
    """Text and FIN, if they are the next ones: what comes out of order is asked for again by a duplicate ACK.

    Ours: no reassembly queue. A peer of ours sends requests of a segment or two; what is lost of them comes again.
    """
    if not seg.data and not seg.flags & FIN:
        return NOTHING
    skip = diff(tcb.rcv_nxt, seg.seq)
    if skip < 0 or tcb.state not in RECEIVES_TEXT:
        return REPLY
    data = seg.data[skip:]
    tcb.rcv_nxt = add(tcb.rcv_nxt, len(data))
    tcb.bytes_in += len(data)
    if not seg.flags & FIN or skip > len(seg.data):
        return Heard(data, reply=True)
    tcb.rcv_nxt = add(tcb.rcv_nxt, 1)
    tcb.state = after(tcb.state, Cue.RCV_FIN)
    return Heard(data, reply=True, fin=True)
