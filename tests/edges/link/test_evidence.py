"""Which packets become evidence: those of proven sources, with what came before the proof; nobody else's."""

import socket
from collections.abc import Iterator, Sequence

import pytest

from rawspoof.core.event import AnyEvent, ScanEnded, SessionOpened
from rawspoof.core.outcome import Outcome, Verdict
from rawspoof.edges.evidence import message
from rawspoof.edges.evidence.message import Message, packets, parse
from rawspoof.edges.link import evidence
from rawspoof.edges.link.base import Arrival
from rawspoof.edges.link.evidence import EvidenceLink
from tests.edges.sinks.samples import SCAN
from tests.test_loop import ListLink

AT = 1748788327.0
OURS, OURS6 = bytes([192, 0, 2, 1]), bytes(15) + b"\1"
PEER, OTHER, PEER6 = bytes([198, 51, 100, 42]), bytes([198, 51, 100, 43]), bytes(15) + b"\2"
DIGITS = "0123456789abcdef"


def packet(src: bytes, dst: bytes, text: bytes = b"") -> bytes:
    """An IP header as far as anybody looks at it."""
    return (b"\x45" + bytes(11) if len(src) == 4 else b"\x60" + bytes(7)) + src + dst + text


def opened(src: bytes, at: float = AT) -> SessionOpened:
    return SessionOpened(at, src, 54312, OURS if len(src) == 4 else OURS6, 22, "", b"")


def ended(src: bytes) -> ScanEnded:
    return ScanEnded(**SCAN | {"src": src})


class Door:
    """An EvidenceLink that things come through one by one, and what it sent."""

    def __init__(self) -> None:
        self._far, near = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._near = near
        self._far.setblocking(False)
        self.inner = ListLink([])
        self.link = EvidenceLink(self.inner, near, lambda source: None if source == OTHER else DIGITS)
        assert [said.kind for said in self.said()] == [message.BEGUN]

    def comes(
        self, at: float, raw: bytes | None, sent: Sequence[bytes] = (), events: Sequence[AnyEvent] = (),
        verdict: Verdict = Verdict.DROP,
    ) -> list[Message]:  # fmt: skip
        """What is sent when this comes, causes that, and is left."""
        self.inner._arrivals = [Arrival(at, raw)]
        self.inner.left.clear()
        outcome = Outcome(verdict, list(sent), list(events))
        for _ in self.link.arrivals(lambda: None):
            self.link.leave(outcome)
        assert self.inner.left == [outcome]
        return self.said()

    def said(self) -> list[Message]:
        messages = []
        while True:
            try:
                messages.append(parse(self._far.recv(1 << 20)))
            except BlockingIOError:
                return messages

    def deadline(self, due: float | None) -> float | None:
        """The deadline of the wrapped link, when the sensor's is this."""
        self.inner._arrivals = [Arrival(AT, None)]
        self.inner.left.clear()
        for _ in self.link.arrivals(lambda: due):
            self.link.leave(Outcome(Verdict.DROP, [], []))
        return self.inner.deadlines[-1]

    def close(self) -> None:
        self._near.close()
        self._far.close()


@pytest.fixture
def door() -> Iterator[Door]:
    made = Door()
    yield made
    made.close()


SYN, SYNACK, ACK = packet(PEER, OURS, b"syn"), packet(OURS, PEER, b"synack"), packet(PEER, OURS, b"ack")


@pytest.mark.parametrize(("peer", "ours"), [(PEER, OURS), (PEER6, OURS6)])
def test_a_proven_source_has_its_handshake_written_down(door, peer, ours):
    syn, synack, ack, banner = packet(peer, ours, b"s"), packet(ours, peer, b"sa"), packet(peer, ours, b"a"), None
    assert door.comes(AT, syn, [synack]) == []
    assert door.comes(AT + 0.125, ack, events=[opened(peer)]) == []
    banner = packet(ours, peer, b"220 ready")
    (said,) = door.comes(AT + 1, None, [banner])
    assert said[:7] == (message.PACKETS, 0, bytes.fromhex(DIGITS), peer, 54312, ours, 22)
    assert list(packets(said.entries)) == [(AT, syn), (AT, synack), (AT + 0.125, ack), (AT + 1, banner)]


def test_who_proves_nothing_is_not_written_down(door):
    door.comes(AT, packet(OTHER, OURS), [packet(OURS, OTHER)])
    door.comes(AT, SYN, [SYNACK])
    door.comes(AT, ACK, events=[opened(PEER)])
    # The watch does not know this one any more.
    door.comes(AT, packet(OTHER, OURS), events=[opened(OTHER)])
    (said,) = door.comes(AT + 1, packet(OTHER, OURS))
    assert [raw for _, raw in packets(said.entries)] == [SYN, SYNACK, ACK]


def test_what_is_not_ours_is_not_written_down(door):
    door.comes(AT, SYN, events=[opened(PEER)])
    (said,) = door.comes(AT + 1, ACK, verdict=Verdict.ACCEPT)
    assert [raw for _, raw in packets(said.entries)] == [SYN]


@pytest.mark.parametrize("raw", [b"", b"\x45", b"\x60" + bytes(20), bytes(40)])
def test_what_is_no_packet_does_no_harm(door, raw):
    assert door.comes(AT, raw) == []


def test_packets_wait_for_others_but_not_for_long(door):
    door.comes(AT, SYN, events=[opened(PEER)])
    assert door.deadline(None) == AT + evidence.SEND_AFTER_S
    assert door.deadline(AT + 0.1) == AT + 0.1
    assert door.deadline(AT + 9) == AT + evidence.SEND_AFTER_S
    assert len(door.comes(AT + evidence.SEND_AFTER_S, None)) == 1
    assert door.deadline(None) is None


def test_much_is_sent_at_once(door):
    door.comes(AT, SYN, events=[opened(PEER)])
    large = packet(PEER, OURS, bytes(4000))
    said = [one for _ in range(20) for one in door.comes(AT, large)]
    assert len(said) == 2
    assert all(evidence.SEND_BYTES <= len(one.entries) < 2 * evidence.SEND_BYTES for one in said)


def test_the_end_of_a_scan_is_told_after_its_packets(door):
    door.comes(AT, SYN, events=[opened(PEER)])
    said = door.comes(AT, None, events=[ended(PEER), ended(OTHER)])
    assert [one.kind for one in said] == [message.PACKETS, message.ENDED]
    assert said[1].scan.hex() == DIGITS
    # From here on it has to prove itself again.
    assert door.comes(AT + 1, ACK) == []


def test_what_waits_is_sent_before_the_link_closes(door):
    door.comes(AT, SYN, events=[opened(PEER)])
    door.link.close()
    assert [raw for _, raw in packets(door.said()[0].entries)] == [SYN]


def test_of_a_long_scan_before_the_proof_the_latest_packets_are_there(door):
    scan = [packet(PEER, OURS, b"%04d" % n + bytes(30)) for n in range(2000)]
    for raw in scan:
        door.comes(AT, raw)
    door.comes(AT, ACK, events=[opened(PEER)])
    (said,) = door.comes(AT + 1, None)
    *before, last = (raw for _, raw in packets(said.entries))
    assert last == ACK
    assert 200 < len(before) < 600
    assert before == scan[-len(before) :]


def put_aside(link: EvidenceLink) -> int:
    """Bytes that its sources take, counted one by one."""
    packets_kept = [*link._unproven.values(), *link._older.values()]
    return sum(map(len, packets_kept)) + len(link._unproven) * evidence.OVERHEAD_BYTES


def test_a_flood_of_sources_takes_only_so_much(door, monkeypatch):
    monkeypatch.setattr(evidence, "UNPROVEN_BYTES_MAX", 100 * 1024)
    sources = [b"\x0a" + n.to_bytes(3) for n in range(2000)]
    for source in sources:
        door.comes(AT, packet(source, OURS, bytes(20)), [packet(OURS, source, bytes(20))])
    held = door.link._unproven
    assert list(held) == sources[-len(held) :]
    assert put_aside(door.link) == door.link._unproven_bytes <= 100 * 1024 < door.link._unproven_bytes + 1024
    for source in sources[-2:]:
        for _ in range(400):
            door.comes(AT, packet(source, OURS, bytes(100)))
        assert put_aside(door.link) == door.link._unproven_bytes <= 100 * 1024
        door.comes(AT, packet(source, OURS), events=[opened(source)])
    assert put_aside(door.link) == door.link._unproven_bytes > 0
    assert door.link._older == {}


def test_of_too_many_proven_sources_the_first_ends(door, monkeypatch):
    monkeypatch.setattr(evidence, "PROVEN_MAX", 2)
    peers = [bytes([198, 51, 100, n]) for n in range(3)]
    said = [one for peer in peers for one in door.comes(AT, packet(peer, OURS), events=[opened(peer)])]
    assert [(one.kind, one.src) for one in said if one.kind == message.ENDED] == [(message.ENDED, peers[0])]


def test_what_nobody_reads_is_dropped_and_counted(door):
    door.comes(AT, SYN, events=[opened(PEER)])
    large = packet(PEER, OURS, bytes(4000))
    door.inner.left.clear()
    door.inner._arrivals = [Arrival(AT + n / 100, large) for n in range(2000)]
    for _ in door.link.arrivals(lambda: None):
        door.link.leave(Outcome(Verdict.DROP, [], []))
    read = sum(len(one.entries) for one in door.said())
    assert 0 < door.link.dropped < 8_100_000
    total = 2000 * (len(large) + 12) + len(SYN) + 12
    assert read + door.link.dropped + sum(len(one.entries) for one in door.link._waiting) == total


def test_one_source_gets_so_much_a_second(door):
    door.comes(AT, SYN, events=[opened(PEER)])
    large = packet(PEER, OURS, bytes(4000))
    size = [sum(len(one.entries) for one in door.comes(AT + 0.9 * n / 1000, large)) for n in range(1000)]
    assert 0.9 * evidence.EACH_BYTES_PER_S_MAX < sum(size) <= evidence.EACH_BYTES_PER_S_MAX
    assert door.link.dropped > 2_500_000
    assert sum(len(one.entries) for one in door.comes(AT + 1.5, large)) > 0
