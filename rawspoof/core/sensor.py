"""The hall: every arrival walks in here and an Outcome walks out. Calls rooms; computes nothing itself.

Time comes with the packet. The same Sensor serves a live queue and a pcap file.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from rawspoof.core.doorbell import Doorbell
from rawspoof.core.gate import Gate
from rawspoof.core.outcome import Outcome, Verdict, nothing
from rawspoof.core.parlour import NO_PROPS, Limits, Parlour
from rawspoof.core.personality.dress import Dress, DressOf
from rawspoof.core.talk import Props
from rawspoof.core.tally import Tally
from rawspoof.core.tcp.deadlines import Deadlines
from rawspoof.core.tcp.flows import Flows
from rawspoof.core.tcp.half_open import HalfOpen
from rawspoof.core.tcp.handshake import Cookies, Recent
from rawspoof.core.tcp.held import Holds
from rawspoof.core.tcp.throttle import Throttle
from rawspoof.core.watch.report import identify
from rawspoof.core.watch.watch import NOTHING_LOST, Hear, Lost, Report, Settings, Touch, Watch
from rawspoof.core.wire import options as tcp_options
from rawspoof.core.wire.segment import ACK, FIN, RST, SYN, Malformed, Segment, parse
from rawspoof.core.world.eras import AnyWorld
from rawspoof.core.world.kind import Door
from rawspoof.core.world.world import NEVER


class Fittings(NamedTuple):
    """What the configuration decides of a sensor, and may change while it runs."""

    world: AnyWorld
    dress_of: DressOf
    gate: Gate
    closed_ports: frozenset[int] = frozenset()
    doors: bool = False
    """Whether the world is asked which ports are open at all."""
    flows_max: int = 65536
    holds_max: int = 1_000_000
    half_open_max: int = 1024
    answers_per_s_max: float = 0.0
    limits: Limits = Limits()
    props: Props = NO_PROPS
    watch: tuple[Report, Settings, Hear] | None = None
    """What the watch is made of; None leaves the one that there is as it is."""
    dresses: Mapping[str, Dress] = MappingProxyType({})
    """What `dress_of` chooses from, by operating system family."""


class Sensor:
    """One packet process's whole mind."""

    def __init__(self, secret: bytes, fit: Fittings, watch: Watch | None = None, verify_checksums: bool = True) -> None:
        """`watch` is told of all that happens; None for nobody."""
        self.tally = Tally()
        self.fit = fit
        self._watch = watch
        self.flows, self.holds, self._deadlines = Flows(fit.flows_max), Holds(fit.holds_max), Deadlines(self._stands)
        self._half_open = HalfOpen(fit.half_open_max)
        self._cookies, recent = Cookies(secret), Recent()
        self._verify = verify_checksums
        self._throttle = Throttle(fit.answers_per_s_max, self._deadlines) if fit.answers_per_s_max else None
        self._doorbell = Doorbell(
            self._cookies, recent, fit.dress_of, self._deadlines, self._half_open, self.tally, self._throttle
        )
        self._parlour = Parlour(
            fit.world, self._cookies, recent, fit.dress_of, self._deadlines, self.flows, self.holds,
            fit.limits, self.tally, fit.props,
        )  # fmt: skip
        self._world, self._gate, self._dress_of = fit.world, fit.gate, fit.dress_of
        self._closed, self._doors = fit.closed_ports, fit.doors
        self._lasting = fit.world.turns_at == NEVER
        """Whether ports have always been dealt as they are now."""

    def refit(self, fit: Fittings, at: float) -> None:
        """Go on with these between two packets. Connections, SYNs that wait and sources that are known all stay."""
        self.fit = fit
        self._world, self._gate, self._dress_of = fit.world, fit.gate, fit.dress_of
        self._closed, self._doors, self._lasting = fit.closed_ports, fit.doors, False
        self.flows.limit(fit.flows_max)
        self.holds.limit(fit.holds_max)
        self._half_open.limit(fit.half_open_max)
        if self._throttle is not None:
            self._throttle.limit(fit.answers_per_s_max)
        elif fit.answers_per_s_max:
            self._throttle = Throttle(fit.answers_per_s_max, self._deadlines)
        self._doorbell.refit(fit.dress_of, self._throttle)
        self._parlour.refit(fit.world, fit.dress_of, fit.limits, fit.props, at)
        if self._watch is not None and fit.watch is not None:
            self._watch.refit(*fit.watch)

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
            return self._lingering(seg, at) or self._shut(seg, Door.CLOSED, at)
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

    def lost(self) -> Lost:
        """What the watch had no room for, since the start."""
        return NOTHING_LOST if self._watch is None else self._watch.lost

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
        packet = self._dress_of(seg.key, None).odd(seg, options, iss, at)
        if packet is not None:
            out.packets.append(packet)
        return out

    def _lingering(self, seg: Segment, at: float) -> Outcome | None:
        """What a connection is answered whose port was open when it began, None if this is none."""
        if self._lasting or seg.flags & SYN:
            return None
        out = nothing()
        self._half_open.answered(seg.key)
        return out if self._parlour.knock(seg, tcp_options.parse(seg.options), at, out) else None

    def _shut(self, seg: Segment, door: Door, at: float) -> Outcome:
        """RST from a closed port (none to a RST), nothing from a filtered one."""
        self._saw(seg, at)
        if seg.flags & RST or door is Door.FILTERED:
            return nothing()
        return Outcome(Verdict.DROP, [self._dress_of(seg.key, None).reset(seg)], [])

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
