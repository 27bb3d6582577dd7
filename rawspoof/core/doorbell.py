"""A SYN rings, a SYN-ACK answers, and nothing is remembered but the few that may be repeated (`tcp.half_open`)."""

from rawspoof.core.event import DATA_MAX, SynData
from rawspoof.core.outcome import Outcome, Verdict
from rawspoof.core.personality.dress import DressOf
from rawspoof.core.tally import Tally
from rawspoof.core.tcp.deadlines import Deadlines
from rawspoof.core.tcp.half_open import HalfOpen
from rawspoof.core.tcp.handshake import Cookies, Recent
from rawspoof.core.tcp.throttle import Throttle
from rawspoof.core.wire import options as tcp_options
from rawspoof.core.wire.segment import Segment


class Doorbell:
    """Answers plain SYNs for every port."""

    def __init__(
        self,
        cookies: Cookies,
        recent: Recent,
        dress_of: DressOf,
        deadlines: Deadlines,
        half_open: HalfOpen,
        tally: Tally,
        throttle: Throttle | None = None,
    ) -> None:
        self._throttle = throttle
        self._cookies, self._recent, self._dress_of = cookies, recent, dress_of
        self._deadlines, self._half_open, self._tally = deadlines, half_open, tally

    def refit(self, dress_of: DressOf, throttle: Throttle | None) -> None:
        """Go on with these."""
        self._dress_of, self._throttle = dress_of, throttle

    def ring(self, seg: Segment, at: float) -> Outcome:
        """The SYN-ACK for a SYN, unless it is to come later.

        Its text, if it has any, is evidence and not acknowledged (RFC 9293 §3.10.7.2).
        """
        packets = []
        if self._throttle is not None and self._throttle.waits(seg, at):
            self._tally.synacks_late += 1
        else:
            packets.append(self._answer(seg, at))
        if not seg.data:
            return Outcome(Verdict.DROP, packets, [])
        event = SynData(at, seg.src, seg.sport, seg.dst, seg.dport, seg.data[:DATA_MAX], len(seg.data))
        return Outcome(Verdict.DROP, packets, [event])

    def _answer(self, seg: Segment, at: float) -> bytes:
        options = tcp_options.parse(seg.options)
        iss, dice = self._cookies.iss(seg, options, at)
        # A new SYN from the same 4-tuple begins a new connection, which may be opened again.
        self._recent.discard(dice)
        packet = self._dress_of(seg.key, None).synack(seg, options, iss, at)
        due_at = self._half_open.add(seg, options, iss, len(packet), at)
        if due_at is not None:
            self._deadlines.push(due_at, seg.key)
        self._tally.synacks += 1
        return packet

    def again(self, key: bytes, moment: float, at: float, packets: list[bytes]) -> None:
        """A moment of this connection has come: that of its SYN-ACK, or, if nobody answered, of sending that again."""
        late = None if self._throttle is None else self._throttle.due(key, moment)
        if late is not None:
            packets.append(self._answer(late, at))
        waiting = self._half_open.due(key, moment)
        if waiting is None:
            return
        packet = self._dress_of(key, None).synack(waiting.seg, waiting.options, waiting.iss, at)
        packets.append(packet)
        self._tally.synacks_again += 1
        due_at = self._half_open.again(waiting, len(packet), at)
        if due_at is not None:
            self._deadlines.push(due_at, key)
