"""Proven connections: opened by an ACK of our ISS, talked with, held, closed. Decides what becomes of each; TCP's own
rules are `tcp.receive` and `tcp.send`, the words are `conversation`'s, the looks `personality`'s.

A connection is in the flow table only while something of ours is unacknowledged, a conversation is under way or a
close is due. Held ones are frozen (`tcp.held`) or, without an end, not remembered at all.
"""

from dataclasses import dataclass
from typing import Final

from rawspoof.core import talk
from rawspoof.core.conversation.base import Refused, Request, Then
from rawspoof.core.event import DATA_MAX, SessionClosed, SessionData, SessionOpened
from rawspoof.core.evidence import evidence
from rawspoof.core.outcome import Outcome
from rawspoof.core.personality.dress import DressOf
from rawspoof.core.talk import Props, Talk
from rawspoof.core.tally import Tally
from rawspoof.core.tcp import persist, send
from rawspoof.core.tcp.deadlines import Deadlines
from rawspoof.core.tcp.flows import Flows
from rawspoof.core.tcp.handshake import Cookies, Proof, Recent
from rawspoof.core.tcp.held import Holds, Why
from rawspoof.core.tcp.receive import Heard, handshake_took, receive
from rawspoof.core.tcp.send import Wanted
from rawspoof.core.tcp.seqnum import add
from rawspoof.core.tcp.state import State
from rawspoof.core.tcp.tcb import NEVER, Tcb, opened
from rawspoof.core.wire.options import Options
from rawspoof.core.wire.segment import ACK, FIN, RST, SYN, Segment
from rawspoof.core.world.eras import AnyWorld, Eras
from rawspoof.core.world.kind import Door
from rawspoof.core.world.profile import Hold, Profile
from rawspoof.core.world.world import jitter

TIME_WAIT_S: Final = 60.0
"""Linux's TCP_TIMEWAIT_LEN; RFC 9293 §3.4.2 asks for 2 MSL, 240 s, which nobody keeps."""
FIN_WAIT_2_S: Final = 60.0
"""Linux's tcp_fin_timeout: how long we wait for a peer that never closes its side."""
NO_PROPS: Final = Props()
CHALLENGES_PER_S: Final = 100
"""RFC 5961 §7 asks for a limit over all connections and leaves its size open."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The parlour's part of the configuration."""

    idle_s: float = 30.0
    retries_max: int = 8


class Parlour:
    """Every connection that proved its address."""

    def __init__(
        self,
        world: AnyWorld,
        cookies: Cookies,
        recent: Recent,
        dress_of: DressOf,
        deadlines: Deadlines,
        flows: Flows,
        holds: Holds,
        limits: Limits,
        tally: Tally,
        props: Props = NO_PROPS,
    ) -> None:
        self._props = props
        self._world, self._cookies, self._recent, self._dress_of = world, cookies, recent, dress_of
        self._deadlines, self._flows, self._holds = deadlines, flows, holds
        self._limits, self._tally = limits, tally
        self._challenge_second, self._challenges = 0, 0

    def refit(self, world: AnyWorld, dress_of: DressOf, limits: Limits, props: Props, at: float) -> None:
        """Go on with these; conversations under way stay what they are."""
        if isinstance(world, Eras) and world is not self._world:
            world.begin(at, self._recent.copy())
        self._world, self._dress_of, self._limits, self._props = world, dress_of, limits, props

    def knock(self, seg: Segment, options: Options, at: float, out: Outcome) -> bool:
        """A segment of no connection in the table: opens, continues or refuses; False if it proves nothing."""
        if seg.key in self._holds:
            self.visit(self._holds.pop(seg.key, self._cookies.dice(seg.key, at)), seg, options, at, out)
            return True
        if seg.flags & (ACK | SYN) != ACK:
            return False
        for proof in self._cookies.proofs(seg, at):
            turn = self._met(seg, proof, at)
            if turn is not None:
                break
        else:
            return False
        if not proof.fresh or not self._recent.add(proof.dice):
            self._return(seg, options, proof, turn, at, out)
        elif seg.flags & RST:
            # Refused before it was ever open.
            self._recent.discard(proof.dice)
        else:
            self._open(seg, options, proof, turn, at, out)
        return True

    def _met(self, seg: Segment, proof: Proof, at: float) -> int | None:
        """The turn of the world in which this connection's port was open and had said so much, None for none."""
        world, src, dst, port = self._world, seg.src, seg.dst, seg.dport
        lately = proof.fresh or proof.dice in self._recent
        for turn in world.turns(at - proof.age_s, proof.dice if lately else None):
            open_ = world.door(src, dst, port, turn) is Door.OPEN
            if open_ and talk.said(world.profile(src, dst, port, turn), proof.sent):
                return turn
        return None

    def visit(self, tcb: Tcb, seg: Segment, options: Options, at: float, out: Outcome) -> None:
        """A segment of a connection climbs the ladder, and what it meant is acted on."""
        heard = receive(tcb, seg, options, at)
        if tcb.state is not State.FIN_WAIT_2:
            # It is not idle, whatever it said; a wait for the peer's FIN goes on.
            tcb.idle_at = NEVER
        if heard.reset:
            self._end(tcb, "peer-rst", at, out)
            return
        if heard.data:
            data = heard.data
            out.events.append(SessionData(at, *_names(tcb.key), data[:DATA_MAX], len(data)))
            if tcb.talk is None:
                tcb.talk = talk.resume(self._profile(tcb), self._props, seg.src, tcb.dice, at)
            if tcb.talk is not None:
                tcb.talk.hear(tcb, data, at)
        if heard.fin:
            if tcb.state is State.CLOSE_WAIT:
                # Else we closed first, and have said why.
                tcb.ending = tcb.ending and "peer-fin"
            self._leave(tcb)
        if tcb.talk is not None and tcb.say_at <= at:
            self._tally.octets_cut += tcb.talk.say(tcb, at)
        self._answer(tcb, heard, at, out)
        self._settle(tcb, at, out)

    def wake(self, key: bytes, moment: float, at: float, out: Outcome) -> None:
        """A deadline of this connection has come, if it still stands."""
        tcb = self._flows.peek(key)
        if tcb is not None and tcb.wake_at == moment:
            tcb.wake_at = NEVER
            self._wake(tcb, at, out)
        elif self._holds.due_at(key) == moment:
            why = self._holds.why(key)
            tcb = self._holds.pop(key, self._cookies.dice(key, at))
            if why is Why.HOLD:
                tcb.ending, tcb.hold_until = "hold-over", NEVER
                send.close(tcb)
                self._emit(tcb, send.new(tcb, at), at, out)
                self._settle(tcb, at, out)

    def stands(self, moment: float, key: bytes) -> bool:
        """Whether a deadline's entry still means something."""
        tcb = self._flows.peek(key)
        return (tcb is not None and tcb.wake_at == moment) or self._holds.due_at(key) == moment

    # Opening, and coming back

    def _open(self, seg: Segment, options: Options, proof: Proof, turn: int, at: float, out: Outcome) -> None:
        """The handshake is complete."""
        dress = self._dress_of(seg.key, turn)
        tcb = opened(seg, options, proof, dress.timestamps, at)
        tcb.turn = turn
        profile = self._profile(tcb)
        if tcb.ts_recent is not None:
            handshake_took(tcb, dress.since_s(seg.key, options.tsecr, at))
        greeting = b""
        tcb.talk = talk.begin(profile, self._props, seg.src, proof.dice, at)
        if tcb.talk is not None:
            reply = tcb.talk.conversation.opened(at)
            greeting = reply.data
            tcb.talk.queue(tcb, reply, at)
        self._tally.opened += 1
        service = profile.identity.service if profile.identity is not None else ""
        out.events.append(SessionOpened(at, *_names(seg.key), service, greeting))
        if seg.len or not proof.since_irs:
            self.visit(tcb, seg, options, at, out)
            return
        # A bare ACK has told all it had to tell.
        if tcb.talk is not None and tcb.say_at <= at:
            self._tally.octets_cut += tcb.talk.say(tcb, at)
            self._emit(tcb, send.new(tcb, at), at, out)
        self._settle(tcb, at, out)

    def _return(self, seg: Segment, options: Options, proof: Proof, turn: int, at: float, out: Outcome) -> None:
        """A segment of a connection held without state: all that is needed to answer it is in the segment."""
        tcb = opened(seg, options, proof, self._dress_of(seg.key, turn).timestamps, at)
        tcb.opened_at, tcb.turn = NEVER, turn
        profile = self._profile(tcb)
        leaving = seg.flags & RST or (seg.flags & FIN and proof.since_irs == persist.NOTHING_SENT and not seg.data)
        if profile.hold is Hold.PERSIST and talk.speechless(profile) and not leaving:
            self._persist(tcb, seg, proof, at, out)
        else:
            self.visit(tcb, seg, options, at, out)

    def _persist(self, tcb: Tcb, seg: Segment, proof: Proof, at: float, out: Outcome) -> None:
        """The window is closed: whatever comes is acknowledged as far as `persist` says, and forgotten."""
        if not persist.calls_for_answer(seg, proof):
            return
        if seg.data and proof.since_irs == persist.NOTHING_SENT:
            out.events.append(SessionData(at, *_names(seg.key), seg.data[:DATA_MAX], len(seg.data)))
        # Closed before the peer has sent anything, it would keep a peer's FIN from ever coming.
        tcb.wnd_closed = proof.since_irs != persist.KEEP_ALIVE
        tcb.rcv_nxt = add(seg.seq, persist.taken(seg, proof))
        self._emit(tcb, [Wanted(ACK, tcb.snd_nxt)], at, out)

    # Leaving, waking

    def _leave(self, tcb: Tcb) -> None:
        """The peer closed its side."""
        if tcb.talk is not None:
            tcb.talk.leave(tcb)
        else:
            send.close(tcb)

    def _wake(self, tcb: Tcb, at: float, out: Outcome) -> None:
        if tcb.talk is not None and tcb.say_at <= at:
            self._tally.octets_cut += tcb.talk.say(tcb, at)
        if tcb.rexmit_at <= at:
            self._tally.retransmissions += 1
            self._emit(tcb, send.again(tcb, at, self._limits.retries_max), at, out)
            if tcb.state is State.CLOSED:
                self._tally.gave_up += 1
                self._end(tcb, "gave-up", at, out)
                return
        if tcb.idle_at <= at:
            self._idle(tcb, at)
        self._emit(tcb, send.new(tcb, at), at, out)
        self._settle(tcb, at, out)

    def _idle(self, tcb: Tcb, at: float) -> None:
        tcb.idle_at = NEVER
        if tcb.state is State.FIN_WAIT_2:
            tcb.state = State.CLOSED
        elif tcb.talk is not None:
            self._tally.octets_cut += tcb.talk.idle(tcb, at)

    # Sending

    def _answer(self, tcb: Tcb, heard: Heard, at: float, out: Outcome) -> None:
        """What the segment calls for: new segments carry the ACK, else an ACK goes alone."""
        if heard.challenge:
            self._challenge(tcb, at, out)
            return
        wanted = send.new(tcb, at, heard.acked)
        if not wanted and heard.reply:
            wanted = [Wanted(ACK, tcb.snd_nxt)]
        self._emit(tcb, wanted, at, out)

    def _challenge(self, tcb: Tcb, at: float, out: Outcome) -> None:
        """RFC 5961 §7: challenge ACKs are limited over all connections together."""
        if int(at) != self._challenge_second:
            self._challenge_second, self._challenges = int(at), 0
        self._challenges += 1
        if self._challenges > CHALLENGES_PER_S:
            self._tally.challenges_saved += 1
            return
        self._tally.challenges += 1
        self._emit(tcb, [Wanted(ACK, tcb.snd_nxt)], at, out)

    def _emit(self, tcb: Tcb, wanted: list[Wanted], at: float, out: Outcome) -> None:
        if not wanted:
            return
        key, dress = tcb.key, self._dress_of(tcb.key, tcb.turn)
        tsval = None if tcb.ts_recent is None else dress.tsval(key, at)
        window = 0 if tcb.wnd_closed else dress.window(key, tsval is not None, tcb.shift is not None)
        for flags, seq, data in wanted:
            tcb.ident += 1
            out.packets.append(
                dress.segment(key, flags, seq, tcb.rcv_nxt, window, data, tsval, tcb.ts_recent or 0, tcb.ident)
            )

    # What becomes of a connection

    def _settle(self, tcb: Tcb, at: float, out: Outcome) -> None:
        """After anything happened: keep it in the table, freeze it, or forget it."""
        if tcb.talk is not None and tcb.talk.notes:
            self._note(tcb, tcb.talk, at, out)
        state = tcb.state
        if state is State.CLOSED:
            self._end(tcb, tcb.ending, at, out)
        elif state is State.TIME_WAIT:
            self._freeze(tcb, Why.TIME_WAIT, at + TIME_WAIT_S)
            self._report(tcb, tcb.ending, at, out)
        elif state is State.ESTABLISHED and not tcb.outbox and (tcb.talk is None or tcb.talk.quiet):
            self._hold(tcb, at)
        else:
            self._keep(tcb, at, out)

    def _keep(self, tcb: Tcb, at: float, out: Outcome) -> None:
        if tcb.state is State.FIN_WAIT_2:
            tcb.idle_at = min(tcb.idle_at, at + FIN_WAIT_2_S)
        else:
            tcb.idle_at = min(tcb.idle_at, at + self._patience_s(tcb.talk))
        soonest = min(tcb.rexmit_at, tcb.idle_at, tcb.say_at)
        # An entry that comes too early is put back when it comes (`_wake` settles again): one entry a connection.
        if soonest < tcb.wake_at:
            tcb.wake_at = soonest
            self._deadlines.push(soonest, tcb.key)
        evicted = self._flows.add(tcb)
        if evicted is not None:
            self._tally.flows_evicted += 1
            self._report(evicted, "evicted", at, out)

    def _patience_s(self, talk: Talk | None) -> float:
        """How long the peer may be quiet before its conversation is told so."""
        if talk is None or talk.then is not Then.LISTEN:
            return NEVER
        own = talk.conversation.patience_s
        return self._limits.idle_s if own is None else own

    def _hold(self, tcb: Tcb, at: float) -> None:
        """Nothing more to say: freeze it until its hold is over, or forget it.

        Of a peer that has sent nothing, and had no more than our greeting, all is known without us. One that has
        spoken is remembered, frozen, so that its keep-alives can be told from other segments; and one whose greeting
        took several segments, so that a late acknowledgment of the first of them is no stranger's.
        """
        profile = tcb.talk.profile if tcb.talk is not None else self._profile(tcb)
        if tcb.hold_until == NEVER and profile.hold is Hold.TIMED and tcb.opened_at != NEVER:
            tcb.hold_until = at + jitter(profile.hold_s, tcb.dice)
        much = tcb.bytes_in or tcb.bytes_out > tcb.mss
        if tcb.hold_until != NEVER or much or not talk.said(profile, tcb.bytes_out):
            self._freeze(tcb, Why.HOLD, tcb.hold_until)
        else:
            self._flows.remove(tcb.key)

    def _freeze(self, tcb: Tcb, why: Why, due_at: float) -> None:
        self._flows.remove(tcb.key)
        if not self._holds.freeze(tcb, why, due_at):
            self._tally.holds_refused += 1
        elif due_at != NEVER:
            self._deadlines.push(due_at, tcb.key)

    def _profile(self, tcb: Tcb) -> Profile:
        src, _, dst, port = _names(tcb.key)
        return self._world.profile(src, dst, port, tcb.turn)

    def _note(self, tcb: Tcb, talk: Talk, at: float, out: Outcome) -> None:
        """What the conversation learned becomes events."""
        names = _names(tcb.key)
        identity = talk.profile.identity
        service = "" if identity is None else identity.service
        for note in talk.notes:
            if isinstance(note, Refused):
                self._tally.handshakes_refused += 1
                continue
            tcb.exchanges += isinstance(note, Request)
            out.events.append(evidence(note, service, at, names))
        talk.notes.clear()

    def _end(self, tcb: Tcb, reason: str, at: float, out: Outcome) -> None:
        """The connection is over; its 4-tuple may open again."""
        self._flows.remove(tcb.key)
        self._recent.discard(tcb.dice)
        self._report(tcb, reason, at, out)

    def _report(self, tcb: Tcb, reason: str, at: float, out: Outcome) -> None:
        if not tcb.ending:
            return
        duration_s = at - tcb.opened_at if tcb.opened_at != NEVER else -1.0
        event = SessionClosed(at, *_names(tcb.key), reason, tcb.bytes_in, tcb.bytes_out, duration_s, tcb.exchanges)
        out.events.append(event)


def _names(key: bytes) -> tuple[bytes, int, bytes, int]:
    """Source, its port, destination, its port."""
    half = (len(key) - 4) // 2
    return key[:half], key[-4] << 8 | key[-3], key[half:-4], key[-2] << 8 | key[-1]
