"""The transmission control block: RFC 9293 §3.3.1's variables of one connection. No behaviour."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from rawspoof.core.tcp.handshake import Proof
from rawspoof.core.tcp.seqnum import add
from rawspoof.core.tcp.state import State
from rawspoof.core.wire.options import Options
from rawspoof.core.wire.segment import Segment

if TYPE_CHECKING:
    from rawspoof.core.talk import Talk

RTO_INITIAL_S: Final = 1.0
"""RFC 6298 §2.1."""
NEVER: Final = float("inf")


@dataclass
class Tcb:
    """One connection. `key` is the peer's: source first.

    Fields that start alike for all connections are class attributes until they change: one is made for every
    handshake, and most live for a round trip.
    """

    key: bytes
    state: State
    iss: int
    snd_una: int
    snd_nxt: int
    snd_wnd: int
    snd_wl1: int
    """SEG.SEQ of the last window update."""
    snd_wl2: int
    """SEG.ACK of the last window update."""
    rcv_nxt: int
    mss: int
    """Largest text we may send: the peer's MSS, less what timestamps take."""
    shift: int | None
    """Snd.Wind.Shift (RFC 7323 §2.2); None if window scaling is off, both ways."""
    ts_recent: int | None
    """TS.Recent (RFC 7323 §4.3); None if timestamps are off."""
    dice: int
    """64 bits of the connection's own, see `handshake.Proof`."""
    opened_at: float
    ident: int
    """Counts IPv4 identifications."""
    bytes_out: int
    """Octets of ours that were acknowledged."""
    wnd_closed: bool = field(init=False, default=False)
    """We announce a window of zero (a persist hold)."""
    bytes_in: int = field(init=False, default=0)
    exchanges: int = field(init=False, default=0)
    """Whole requests heard."""
    turn: int = field(init=False, default=0)
    """The dealing of ports in which it was opened, see `world.World`."""

    outbox: bytes = field(init=False, default=b"")
    """Octets from SND.UNA on: sent and unacknowledged ones first, then unsent ones."""
    fin_queued: bool = field(init=False, default=False)
    """A FIN follows the outbox's last octet."""
    rto_s: float = field(init=False, default=RTO_INITIAL_S)
    srtt_s: float = field(init=False, default=0.0)
    rttvar_s: float = field(init=False, default=0.0)
    timed_seq: int | None = field(init=False, default=None)
    """The number whose acknowledgment ends the running round-trip measure (RFC 6298 §3: never a retransmission)."""
    timed_at: float = field(init=False, default=0.0)
    retries: int = field(init=False, default=0)
    recover: int | None = field(init=False, default=None)
    """SND.NXT when the timer expired: acknowledgments below it call for the next retransmission at once."""
    rexmit_at: float = field(init=False, default=NEVER)
    probing: bool = field(init=False, default=False)
    """What is in flight went out into a closed window, to be heard of and most likely dropped."""

    idle_at: float = field(init=False, default=NEVER)
    say_at: float = field(init=False, default=NEVER)
    wake_at: float = field(init=False, default=NEVER)
    """The moment of this connection's live entry among the deadlines."""
    hold_until: float = field(init=False, default=NEVER)
    """When a timed hold ends, once it has begun."""
    ending: str = field(init=False, default="done")
    """What to report when it is over; "" once it was reported."""
    talk: "Talk | None" = field(init=False, default=None)
    """The conversation, None once it has nothing more to say."""

    @property
    def in_flight(self) -> int:
        """Sent and unacknowledged numbers, FIN counted."""
        return (self.snd_nxt - self.snd_una) & 0xFFFFFFFF

    @property
    def fin_sent(self) -> bool:
        """Whether our FIN has been sent at least once."""
        return self.fin_queued and self.in_flight > len(self.outbox)


def opened(seg: Segment, options: Options, proof: Proof, timestamps: bool, now: float) -> Tcb:
    """An ESTABLISHED connection as this segment and its proof know it."""
    ts_recent = options.tsval if timestamps else None
    snd_nxt = add(proof.iss, 1 + proof.sent)
    return Tcb(
        key=seg.key, state=State.ESTABLISHED, iss=proof.iss, snd_una=snd_nxt, snd_nxt=snd_nxt,
        snd_wnd=seg.wnd << (proof.shift or 0), snd_wl1=seg.seq, snd_wl2=seg.ack, rcv_nxt=proof.rcv_nxt,
        mss=proof.mss - (12 if ts_recent is not None else 0), shift=proof.shift, ts_recent=ts_recent,
        dice=proof.dice, ident=proof.dice & 0xFFFF, opened_at=now, bytes_out=proof.sent,
    )  # fmt: skip
