"""The live door with a queue and sockets that are not the kernel's; tests/netns has the real ones."""

import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from struct import Struct
from typing import Any

import pytest

from rawspoof.core.outcome import Outcome, Verdict, nothing
from rawspoof.core.wire.segment import SYN
from rawspoof.edges.link import nfqueue
from rawspoof.edges.link.nfqueue import BATCH_MAX, FINISH_S, NfqueueLink, QueueTaken
from tests.peers import packet

VERDICT = Struct("=IHHIIBBHHHII")


class Packet:
    """One packet of a queue, and whether it was accepted by itself."""

    indev = 7

    def __init__(self, number: int, raw: bytes) -> None:
        self.id, self._raw = number, raw
        self.accepted = False

    def get_payload(self) -> bytes:
        return self._raw

    def accept(self) -> None:
        self.accepted = True


class Queue:
    """netfilterqueue's: hands packets to the callback until none is left, or until that raises.

    What is written to its socket is a verdict on all packets up to a number.
    """

    taken = False

    def __init__(self) -> None:
        self.packets: list[Packet] = []
        self.bound = False

    def bind(self, number: int, take: Callable[[Packet], None], **how: Any) -> None:
        if self.taken:
            raise OSError("Failed to create queue 5")
        self._take, self.bound = take, True
        self._ours, self._theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._theirs.setblocking(False)

    def get_fd(self) -> int:
        return self._ours.fileno()

    def run(self, block: bool) -> None:
        while self.packets:
            self._take(self.packets.pop(0))

    def unbind(self) -> None:
        self.bound = False
        self._ours.close()
        self._theirs.close()

    def dropped(self) -> int:
        """Up to which packet all were dropped."""
        last = 0
        with suppress(BlockingIOError):
            while True:
                *_, queue, size, kind, verdict, last = VERDICT.unpack(self._theirs.recv(999))
                assert (socket.ntohs(queue), size, kind, verdict) == (5, 12, 2, 0)
                last = socket.ntohl(last)
        return last


class Wire:
    """A raw socket: remembers what was sent where; breaks for some."""

    def __init__(self) -> None:
        self.sent: list[tuple[bytes, Any]] = []

    def sendto(self, raw: bytes, where: tuple[Any, ...]) -> None:
        if raw.endswith(b"unroutable"):
            raise OSError
        self.sent.append((raw, where))

    def close(self) -> None:
        self.sent.clear()


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Iterator["Bench"]:
    wires = {socket.AF_INET: Wire(), socket.AF_INET6: Wire()}
    monkeypatch.setattr(nfqueue, "NetfilterQueue", Queue)
    monkeypatch.setattr(nfqueue, "_raw_socket", lambda family, mark: wires[family])
    made = Bench(wires[socket.AF_INET], wires[socket.AF_INET6])
    yield made
    made.link.close()


class Bench:
    """A link on a clock that moves a millisecond each time somebody looks."""

    def __init__(self, four: Wire, six: Wire) -> None:
        self.four, self.six = four, six
        self.now, self.filled = 1000.0, 0
        self.link = NfqueueLink(5, 100, 1, self.tick)
        self.queue: Queue = self.link._queue

    def tick(self) -> float:
        self.now += 0.001
        return self.now

    def fill(self, count: int) -> list[Packet]:
        made = [Packet(self.filled + i + 1, b"%d" % i) for i in range(count)]
        self.filled += count
        self.queue.packets += made
        return made

    def walk(self, count: int, deadline: Callable[[], float | None] = lambda: None) -> list[bytes | None]:
        """The first arrivals, each left at once."""
        found: list[bytes | None] = []
        for arrival in self.link.arrivals(deadline):
            found.append(arrival.raw)
            self.link.leave(nothing())
            if len(found) == count:
                break
        return found


def test_packets_come_in_order_and_are_dropped_together(bench: "Bench") -> None:
    packets = bench.fill(BATCH_MAX + 3)
    bench.link.stop()
    found = bench.walk(999)
    assert found[:3] + found[-3:] == [b"0", b"1", b"2", b"64", b"65", b"66"]
    assert [p for p in packets if p.accepted] == []
    assert bench.queue.dropped() == BATCH_MAX + 3


def test_what_is_not_ours_is_accepted_before_the_others_are_dropped(bench: "Bench") -> None:
    packets = bench.fill(3)
    bench.link.stop()
    for arrival in bench.link.arrivals(lambda: None):
        assert bench.queue.dropped() == 0
        bench.link.leave(nothing(Verdict.ACCEPT if arrival.raw == b"1" else Verdict.DROP))
    assert [p.accepted for p in packets] == [False, True, False]
    assert bench.queue.dropped() == 3


def test_a_flood_cannot_starve_a_deadline(bench: "Bench") -> None:
    bench.fill(10 * BATCH_MAX)
    due = [1000.0]
    found = bench.walk(BATCH_MAX, lambda: due[0])
    assert found[:4] == [None, b"0", None, b"1"], "a due deadline goes before each packet"
    assert len(bench.queue.packets) == 9 * BATCH_MAX, "and no more is drained than one batch"


def test_answers_go_where_they_are_for(bench: "Bench") -> None:
    bench.fill(1)
    next(bench.link.arrivals(lambda: None))
    four, six = packet(SYN), packet(SYN, ip6=True)
    local = six[:24] + bytes.fromhex("fe80" + "00" * 13 + "09") + six[40:]
    bench.link.leave(Outcome(Verdict.DROP, [four, six, local], []))
    assert bench.four.sent == [(four, ("198.51.100.1", 0))]
    assert [where for _, where in bench.six.sent] == [("2001:db8::1", 0, 0, 0), ("fe80::9", 0, 0, 7)]


def test_what_the_kernel_does_not_take_is_counted(bench: "Bench") -> None:
    bench.fill(1)
    next(bench.link.arrivals(lambda: None))
    bench.link.leave(Outcome(Verdict.DROP, [packet(SYN) + b"unroutable", packet(SYN)], []))
    assert (bench.link.unsent, len(bench.four.sent)) == (1, 1)


def test_stopped_it_finishes_what_waits(bench: "Bench") -> None:
    bench.fill(5)
    bench.link.stop()
    assert bench.walk(99) == [b"0", b"1", b"2", b"3", b"4"]


def test_stopped_under_a_flood_it_ends_in_time(bench: "Bench") -> None:
    bench.fill(1)
    bench.link.stop()
    began, served = bench.now, 0
    for _ in bench.link.arrivals(lambda: None):
        bench.fill(1)
        bench.link.leave(nothing())
        served += 1
    assert bench.now - began < FINISH_S + 0.2
    assert served > 10


def test_whoever_waits_for_quiet_is_told_of_it(bench: "Bench") -> None:
    told: list[int] = []
    bench.link.idle = lambda: told.append(len(told))
    bench.fill(1)
    bench.link.stop()
    assert bench.walk(99) == [b"0"]
    assert told == [0]


def test_a_queue_that_somebody_has_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Queue, "taken", True)
    monkeypatch.setattr(nfqueue, "NetfilterQueue", Queue)
    with pytest.raises(QueueTaken, match="queue 5 cannot be had"):
        NfqueueLink(5, 100, 1, lambda: 0.0)
