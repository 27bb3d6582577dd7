"""A careful peer behind a bad wire: whatever is lost, doubled or out of order, in the end both sides have heard all."""

from collections.abc import Iterator
from heapq import heappop, heappush
from random import Random
from typing import Final

import pytest

from rawspoof.core.event import AnyEvent, SessionClosed, SessionData, SessionOpened
from rawspoof.core.sensor import Sensor
from rawspoof.core.tcp.seqnum import add, diff
from rawspoof.core.wire.segment import ACK, FIN, PSH, RST, SYN, Segment, build, parse
from rawspoof.core.world.profile import Profile
from tests.peers import T0, profile, segment, sensor

END_S: Final = 3000.0
TRIES_S: Final = 0.7
"""How often the peer sends again what nobody acknowledged; it never tires."""
MSS: Final = 536
IRS: Final = 0xFFFFFF00

QUESTIONS: Final = [b"ASK %d " % i + b"x" * (300 * i) + b"\n" for i in range(5)]
ANSWER: Final = "y" * 1700
PORTS: Final = {
    "greets": (profile("g" * 1300), [], b"g" * 1300),
    "answers": (profile(answers={"ASK": ANSWER}), QUESTIONS, ANSWER.encode() * 5),
    "both": (profile("g" * 900, {"ASK": ANSWER}, delay_s=0.4), QUESTIONS, b"g" * 900 + ANSWER.encode() * 5),
    "hangs up": (profile("hi", {"ASK": ANSWER}, close=True), QUESTIONS[:1], b"hi" + ANSWER.encode()),
}


class Peer:
    """The other side: asks, listens, closes; sends everything outstanding again and again."""

    def __init__(self, questions: list[bytes], wanted: int, scaled: bool) -> None:
        self._text, self._wanted = b"".join(questions), wanted
        self._options = bytes.fromhex("020402180101080a0000000100000000" + "01030302" * scaled)
        self._una = 0
        """Of our numbers, SYN included, what the sensor has acknowledged."""
        self._iss: int | None = None
        self.heard = b""
        self._parts: dict[int, bytes] = {}
        self._fin_at: int | None = None
        self.done = self.reset = False

    def outstanding(self, now: float) -> Iterator[Segment]:
        """What is to be sent: one segment until the sensor has heard us (see `Proof.fresh`), then three."""
        if self._iss is None:
            yield segment(SYN, IRS, options=self._options, wnd=4000)
            return
        text = self._text[max(self._una - 1, 0) :]
        for at in range(0, min(len(text), 3 * MSS if self._una > 1 else MSS), MSS):
            yield self._segment(ACK | PSH, max(self._una, 1) + at, now, text[at : at + MSS])
        if not text and len(self.heard) >= self._wanted and self._una <= 1 + len(self._text):
            yield self._segment(ACK | FIN, 1 + len(self._text), now)
        elif not text:
            yield self._segment(ACK, max(self._una, 1), now)

    def hear(self, seg: Segment, now: float) -> list[Segment]:
        """What the peer sends at once when it hears a segment."""
        if seg.flags & RST:
            self.reset = True
            return []
        if seg.flags & SYN:
            if self._iss is None and seg.ack == add(IRS, 1):
                self._iss, self._una = seg.seq, 1
            return [self._segment(ACK, 1, now)]
        if self._iss is None:
            return []
        self._una = max(self._una, min(diff(seg.ack, IRS), 2 + len(self._text)))
        at = diff(seg.seq, self._iss) - 1
        if seg.data:
            self._parts[at] = max(self._parts.get(at, b""), seg.data, key=len)
        if seg.flags & FIN:
            self._fin_at = at + len(seg.data)
        self._assemble()
        self.done = self._una == 2 + len(self._text) and self._fin_at == len(self.heard)
        return [self._segment(ACK, self._una, now)] if seg.len else []

    def _assemble(self) -> None:
        for at in sorted(self._parts):
            if at <= len(self.heard):
                part = self._parts.pop(at)
                self.heard += part[len(self.heard) - at :]

    def _segment(self, flags: int, number: int, now: float, data: bytes = b"") -> Segment:
        assert self._iss is not None
        taken = len(self.heard) + (1 if self._fin_at == len(self.heard) else 0)
        stamp = b"\1\1\x08\n" + (int((now - T0) * 1000) + 10).to_bytes(4, "big") + bytes(4)
        return segment(flags, IRS + number, add(self._iss, 1 + taken), data, options=stamp, wnd=4000)


class Wire:
    """Loses, doubles and delays; both ways."""

    def __init__(self, mind: Sensor, peer: Peer, seed: int, loss: float) -> None:
        self._mind, self._peer, self._chance, self._loss = mind, peer, Random(seed), loss
        self._agenda: list[tuple[float, int, str, bytes]] = []
        self._count = 0
        self.events: list[AnyEvent] = []

    def run(self) -> float:
        """When the peer was done, seconds from the start; it has END_S."""
        self._add(0.0, "try", b"")
        now = 0.0
        while now < END_S and not self._peer.done and not self._peer.reset:
            due = self._mind.next_deadline()
            if due is not None and due - T0 <= self._agenda[0][0]:
                now = due - T0
                self._leave(now, self._mind.on_time(due))
                continue
            now, _, what, raw = heappop(self._agenda)
            if what == "try":
                self._send(now, list(self._peer.outstanding(T0 + now)))
                self._add(now + TRIES_S, "try", b"")
            elif what == "in":
                self._leave(now, self._mind.on_packet(T0 + now, raw))
            else:
                self._send(now, self._peer.hear(parse(raw), T0 + now))
        return now

    def _leave(self, now: float, outcome) -> None:
        self.events += outcome.events
        for raw in outcome.packets:
            self._carry(now, "out", raw)

    def _send(self, now: float, segments: list[Segment]) -> None:
        for seg in segments:
            self._carry(now, "in", build(seg))

    def _carry(self, now: float, way: str, raw: bytes) -> None:
        for _ in range(2 if self._chance.random() < 0.1 else 1):
            if self._chance.random() >= self._loss:
                self._add(now + self._chance.choice((0.01, 0.01, 0.012, 0.05, 0.3)), way, raw)

    def _add(self, at: float, what: str, raw: bytes) -> None:
        self._count += 1
        heappush(self._agenda, (at, self._count, what, raw))


@pytest.mark.parametrize("loss", [0.0, 0.2, 0.5])
@pytest.mark.parametrize(("everywhere", "questions", "answer"), PORTS.values(), ids=PORTS)
def test_both_sides_hear_all_of_it(everywhere: Profile, questions: list[bytes], answer: bytes, loss: float) -> None:
    for seed in range(25):
        peer = Peer(questions, len(answer), scaled=seed % 2 == 0)
        wire = Wire(sensor(everywhere, retries_max=1000, idle_s=1e5), peer, seed, loss)
        seconds = wire.run()
        assert (peer.heard, peer.reset) == (answer, False), seed
        assert seconds < END_S, seed
        said = b"".join(event.data for event in wire.events if isinstance(event, SessionData))
        assert said == b"".join(questions), seed
        assert next(type(event) for event in wire.events if not isinstance(event, SessionData)) is SessionOpened
        assert sum(isinstance(event, SessionOpened) for event in wire.events) == 1
        assert sum(isinstance(event, SessionClosed) for event in wire.events) <= 1
