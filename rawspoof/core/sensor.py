"""The hall: every arrival walks in here and an Outcome walks out. Calls rooms; computes nothing itself.

Time comes with the packet. The same Sensor serves a live queue and a pcap file.
"""

from collections.abc import Callable, Collection

from rawspoof.core.doorbell import Doorbell
from rawspoof.core.gate import Gate
from rawspoof.core.outcome import Outcome, Verdict, nothing
from rawspoof.core.parlour import NO_PROPS, Limits, Parlour
from rawspoof.core.personality.dress import Dress
from rawspoof.core.talk import Props
from rawspoof.core.tally import Tally
from rawspoof.core.tcp.deadlines import Deadlines
from rawspoof.core.tcp.flows import Flows
from rawspoof.core.tcp.half_open import HalfOpen
from rawspoof.core.tcp.handshake import Cookies, Recent
from rawspoof.core.tcp.held import Holds
from rawspoof.core.tcp.throttle import Throttle
from rawspoof.core.watch.report import identify
from rawspoof.core.watch.watch import Touch, Watch
from rawspoof.core.wire import options as tcp_options
from rawspoof.core.wire.segment import ACK, FIN, RST, SYN, Malformed, Segment, parse
from rawspoof.core.world.kind import Door
from rawspoof.core.world.world import NEVER, World


class Sensor:
    """One packet process's whole mind. `dress_of` gives the personality for a segment's key; with `doors` the world is
    asked which ports are open at all."""

    def __init__(
        self,
        secret: bytes,
        world: World,
        dress_of: Callable[[bytes], Dress],
        gate: Gate,
        *,
        closed_ports: Collection[int] = (),
        doors: bool = False,
        flows_max: int = 65536,
        holds_max: int = 1_000_000,
        half_open_max: int = 1024,
        answers_per_s_max: float = 0.0,
        limits: Limits | None = None,
        props: Props = NO_PROPS,
        watch: Watch | None = None,
        verify_checksums: bool = True,
    ) -> None:
        self.tally = Tally()
        self._watch = watch
        self.flows, self.holds, self._deadlines = Flows(flows_max), Holds(holds_max), Deadlines(self._stands)
        self._half_open = HalfOpen(half_open_max)
        self._cookies, recent = Cookies(secret), Recent()
        self._dress_of, self._gate, self._verify = dress_of, gate, verify_checksums
        self._closed = frozenset(closed_ports)
        self._world, self._doors = world, doors
        self._throttle = Throttle(answers_per_s_max, self._deadlines) if answers_per_s_max else None
        self._doorbell = Doorbell(
            self._cookies, recent, dress_of, self._deadlines, self._half_open, self.tally, self._throttle
        )
        self._parlour = Parlour(
            world, self._cookies, recent, dress_of, self._deadlines, self.flows, self.holds,
            limits or Limits(), self.tally, props,
        )  # fmt: skip

    def on_packet(self, at: float, raw: bytes) -> Outcome:
        """What one IP packet causes. `at` is seconds since the epoch; never raises for any bytes."""
        self.tally.packets += 1
        if at >= self._world.turns_at:
            self._world.pass_time(at)
        try:
            seg = parse(raw, verify=self._verify)
        except Malformed:
            self.tally.malformed += 1
            self._broken(at, raw)
            return nothing()
        if not self._gate.ours(seg):
            self.tally.not_ours += 1
            return nothing(Verdict.ACCEPT)
        out = self._walk(at, seg)
        if self._watch is not None and out.events:
            for event in out.events:
                self._watch.told(event)
        return out

    def _walk(self, at: float, seg: Segment) -> Outcome:
        """A segment of ours, through the rooms."""
        tcb = self.flows.find(seg.key)
        if tcb is not None:
            out = Outcome(Verdict.DROP, [], [])
            self._parlour.visit(tcb, seg, tcp_options.parse(seg.options), at, out)
            return out
        if seg.dport in self._closed:
            return self._shut(seg, Door.CLOSED, at)
        if self._doors:
            door = self._world.door(seg.src, seg.dst, seg.dport)
            if door is not Door.OPEN:
                return self._lingering(seg, at) or self._shut(seg, door, at)
        if seg.flags & (SYN | ACK | RST | FIN) == SYN and (
            seg.key not in self.holds or self.holds.reopen(seg.key, seg.seq)
        ):
            self._saw(seg, at)
            return self._doorbell.ring(seg, at)
        return self._stranger(seg, at)

    def on_time(self, at: float) -> Outcome:
        """What is due by `at`: repeats, delayed replies, ends of holds. Bounded: one call does at most 256 of them."""
        out = nothing()
        if at >= self._world.turns_at:
            self._world.pass_time(at)
        for _ in range(256):
            due = self._deadlines.pop_due(at)
            if due is None:
                break
            moment, key = due
            self._doorbell.again(key, moment, at, out.packets)
            self._parlour.wake(key, moment, at, out)
        if self._watch is not None:
            for event in out.events:
                self._watch.told(event)
            out.events.extend(self._watch.due(at))
        return out

    def next_deadline(self) -> float | None:
        """When `on_time` next has something to do, seconds since the epoch; None for never."""
        soonest = self._deadlines.next()
        watch = None if self._watch is None else self._watch.next_due()
        if watch is None or soonest is None:
            return soonest if watch is None else watch
        return min(soonest, watch)

    def fresh(self) -> list[Touch]:
        """Ports that sources touched for the first time since this was last asked, as many as the watch keeps."""
        return [] if self._watch is None else self._watch.fresh()

    def scan_of(self, address: bytes) -> str | None:
        """The id of the scan that a source (its packed address) is at, None if it is not known."""
        source = None if self._watch is None else self._watch.source(address)
        return None if source is None else identify(source)

    def _stranger(self, seg: Segment, at: float) -> Outcome:
        """A segment of no connection in the table, and no plain SYN."""
        out = nothing()
        self._half_open.answered(seg.key)
        if seg.flags & (RST | ACK) == RST and seg.key not in self.holds:
            # How a half-open scan's kernel refuses our SYN-ACK: every other packet of one.
            self._saw(seg, at)
            return out
        options = tcp_options.parse(seg.options)
        if self._parlour.knock(seg, options, at, out):
            return out
        self._saw(seg, at)
        if seg.flags & RST:
            return out
        # Probes of `nmap -O` for closed ports (T5 to T7) will be told apart here, by their constants.
        self.tally.odd_probes += 1
        iss, _ = self._cookies.iss(seg, options, at)
        packet = self._dress_of(seg.key).odd(seg, options, iss, at)
        if packet is not None:
            out.packets.append(packet)
        return out

    def _lingering(self, seg: Segment, at: float) -> Outcome | None:
        """What a connection is answered whose port was open when it began, None if this is none."""
        if self._world.turns_at == NEVER or seg.flags & SYN:
            return None
        out = nothing()
        self._half_open.answered(seg.key)
        return out if self._parlour.knock(seg, tcp_options.parse(seg.options), at, out) else None

    def _shut(self, seg: Segment, door: Door, at: float) -> Outcome:
        """RST from a closed port (none to a RST), nothing from a filtered one."""
        self._saw(seg, at)
        if seg.flags & RST or door is Door.FILTERED:
            return nothing()
        return Outcome(Verdict.DROP, [self._dress_of(seg.key).reset(seg)], [])

    def _saw(self, seg: Segment, at: float) -> None:
        if self._watch is not None:
            self._watch.saw(seg, at)

    def _broken(self, at: float, raw: bytes) -> None:
        """What would be a segment of ours but for its checksum is of interest to the watch."""
        if self._watch is None:
            return
        try:
            seg = parse(raw, verify=False)
        except Malformed:
            return
        if self._gate.ours(seg):
            self._watch.broken(seg, at)

    def _stands(self, moment: float, key: bytes) -> bool:
        late = self._throttle is not None and self._throttle.due_at(key) == moment
        return late or self._half_open.due_at(key) == moment or self._parlour.stands(moment, key)
