"""Peers that talk to a sensor as real ones do, and whose packets are then bent: endless, seeded, deep.

A peer follows what it hears, so most of its segments carry valid cookies and numbers; then bits flip, fields change,
packets are cut, repeated and put out of order.
"""

from collections.abc import Iterator
from random import Random
from typing import Final

from rawspoof.core.outcome import Outcome
from rawspoof.core.tcp.seqnum import add
from rawspoof.core.wire.segment import ACK, FIN, PSH, RST, SYN, Segment, build, parse
from tests.peers import T0, segment

SAID: Final = (
    b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    b"SSH-2.0-Go\r\n",
    b"EHLO x\r\n",
    b"QUIT\r\n",
    b"HELLO\r\n",
    b"\r\n\r\n",
    b"USER root\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"\0" * 40,
    b"x" * 1400,
    b"a",
    b"%00..%ff{}\\",
)
SYN_OPTIONS: Final = (
    b"",
    bytes.fromhex("020405b4"),
    bytes.fromhex("020405b40402080a000000640000000001030307"),
    bytes.fromhex("02040109"),
    bytes.fromhex("01030302"),
    bytes.fromhex("020405b401030308"),
)
FLAGS: Final = (0, FIN, SYN, RST, PSH | ACK, ACK, FIN | ACK, RST | ACK, SYN | ACK, SYN | FIN, 0x3F, 0xFFF)
PORTS: Final = (21, 22, 23, 25, 80, 443, 3306, 8080, 12345)


class Peer:
    """One client, that opens a connection, talks, and begins anew."""

    def __init__(self, chance: Random, sport: int) -> None:
        self._chance, self._sport = chance, sport
        self._ip6 = chance.random() < 0.3
        self._begin()

    def _begin(self) -> None:
        self._dport = self._chance.choice(PORTS)
        self._options = self._chance.choice(SYN_OPTIONS)
        self._seq, self._ack, self._open = self._chance.getrandbits(32), 0, False

    def next(self) -> Segment:
        """What this client sends next."""
        if not self._open:
            return self._segment(SYN, b"x" if self._chance.random() < 0.02 else b"", self._options)
        step = self._chance.random()
        if step < 0.35:
            return self._segment(ACK)
        if step < 0.75:
            return self._segment(ACK | PSH, self._chance.choice(SAID))
        if step < 0.85:
            return self._segment(ACK | FIN)
        if step < 0.92:
            return self._segment(ACK)._replace(seq=add(self._seq, -1))
        if step < 0.96:
            return self._segment(ACK)._replace(wnd=0)
        dying = self._segment(self._chance.choice((RST, RST | ACK)))
        self._begin()
        return dying

    def hear(self, seg: Segment) -> None:
        """Follow the numbers of a segment to us; a RST ends it, and so does now and then a FIN."""
        if seg.flags & RST or (seg.flags & FIN and self._chance.random() < 0.5):
            self._begin()
        elif seg.flags & ACK:
            self._seq, self._open = seg.ack, True
            self._ack = add(seg.seq, seg.len)

    def _segment(self, flags: int, data: bytes = b"", options: bytes = b"") -> Segment:
        return segment(
            flags, self._seq, self._ack, data, sport=self._sport, dport=self._dport, ip6=self._ip6, options=options,
            wnd=self._chance.choice((5, 502, 64240)),
        )  # fmt: skip


class Crowd:
    """Many peers at once. Take an arrival, and tell what came of it by `hear`, before you take the next."""

    def __init__(self, seed: int, peers: int = 200) -> None:
        self._chance = Random(seed)
        self._peers = {sport: Peer(self._chance, sport) for sport in range(20_000, 20_000 + peers)}
        self._sports = tuple(self._peers)
        self._waiting: list[bytes] = []
        self._at = T0

    def arrivals(self, count: int) -> Iterator[tuple[float, bytes]]:
        """So many packets with their times, which mostly pass quickly."""
        for _ in range(count):
            pause = self._chance.random()
            self._at += self._chance.expovariate(1000) if pause < 0.999 else self._chance.choice((0.5, 5, 70, 3600))
            yield self._at, self._packet()

    def hear(self, outcome: Outcome) -> None:
        """Bring packets to the peers they are for."""
        for raw in outcome.packets:
            seg = parse(raw)
            peer = self._peers.get(seg.dport)
            if peer is not None:
                peer.hear(seg)

    def _packet(self) -> bytes:
        chance = self._chance
        if self._waiting and chance.random() < 0.1:
            return self._waiting.pop(chance.randrange(len(self._waiting)))
        raw = self._bent(self._peers[chance.choice(self._sports)].next())
        if chance.random() < 0.1:
            # Kept, to come again later and out of order.
            self._waiting = [*self._waiting[-50:], raw]
        return raw

    def _bent(self, seg: Segment) -> bytes:
        """The packet of a segment: three of four as they are, else a wrong field, wrong bits, or the end cut off."""
        chance = self._chance
        how = chance.random()
        if how < 0.75:
            return build(seg)
        if how < 0.9:
            return build(seg._replace(**self._wrong(seg)))
        raw = bytearray(build(seg))
        if how < 0.98:
            for _ in range(chance.randint(1, 4)):
                raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
            return bytes(raw)
        return bytes(raw[: chance.randrange(len(raw))])

    def _wrong(self, seg: Segment) -> dict[str, object]:
        """A field with another value, the checksum right."""
        chance = self._chance
        near = chance.choice((-70_000, -1461, -4, -1, 1, 4, 1460, 65_535, 1 << 31))
        return chance.choice(
            (
                {"flags": chance.choice(FLAGS)},
                {"flags": seg.flags ^ 1 << chance.randrange(12)},
                {"seq": add(seg.seq, near)},
                {"ack": add(seg.ack, near)},
                {"ack": chance.getrandbits(32)},
                {"wnd": chance.choice((0, 1, 65_535))},
                {"urp": chance.getrandbits(16)},
                {"options": chance.randbytes(4 * chance.randrange(11))},
                {"data": chance.randbytes(chance.randrange(1461))},
                {"ttl": chance.randrange(256), "ident": chance.randrange(65_536)},
            )
        )
