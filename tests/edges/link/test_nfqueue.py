"""The live door with a queue and sockets that are not the kernel's; tests/netns has the real ones."""

import os
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from rawspoof.core.outcome import Outcome, Verdict, nothing
from rawspoof.core.wire.segment import SYN
from rawspoof.edges.link import nfqueue
from rawspoof.edges.link.nfqueue import BATCH_MAX, FINISH_S, NfqueueLink, QueueTaken
from tests.peers import packet


class Packet:
    """One packet of a queue: its verdict is remembered."""

    indev = 7

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self.verdict = ""

    def get_payload(self) -> bytes:
        return self._raw

    def drop(self) -> None:
        self.verdict += "drop"

    def accept(self) -> None:
        self.verdict += "accept"


class Queue:
    """netfilterqueue's: hands packets to the callback until none is left, or until that raises."""

    taken = False

    def __init__(self) -> None:
        self.packets: list[Packet] = []
        self.bound = False
        self._fd = os.pipe()

    def bind(self, number: int, take: Callable[[Packet], None], **how: Any) -> None:
        if self.taken:
            raise OSError("Failed to create queue 5")
        self._take, self.bound = take, True

    def get_fd(self) -> int:
        return self._fd[0]

    def run(self, block: bool) -> None:
        while self.packets:
            self._take(self.packets.pop(0))

    def unbind(self) -> None:
        self.bound = False
        for fd in self._fd:
            os.close(fd)


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
        self.now = 1000.0
        self.link = NfqueueLink(5, 100, 1, self.tick)
        self.queue: Queue = self.link._queue

    def tick(self) -> float:
        self.now += 0.001
        return self.now

    def fill(self, count: int) -> list[Packet]:
        made = [Packet(b"%d" % i) for i in range(count)]
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


def test_packets_come_in_order_and_each_gets_one_verdict(bench: "Bench") -> None:
    packets = bench.fill(3)
    assert bench.walk(3) == [b"0", b"1", b"2"]
    assert [p.verdict for p in packets] == ["drop"] * 3


def test_what_is_not_ours_is_accepted(bench: "Bench") -> None:
    packets = bench.fill(1)
    next(bench.link.arrivals(lambda: None))
    bench.link.leave(nothing(Verdict.ACCEPT))
    assert packets[0].verdict == "accept"


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


def test_what_the_kernel_does_not_take_is_counted_and_the_verdict_given(bench: "Bench") -> None:
    packets = bench.fill(1)
    next(bench.link.arrivals(lambda: None))
    bench.link.leave(Outcome(Verdict.DROP, [packet(SYN) + b"unroutable", packet(SYN)], []))
    assert (bench.link.unsent, len(bench.four.sent), packets[0].verdict) == (1, 1, "drop")


def test_a_broken_answer_still_gets_its_verdict(bench: "Bench") -> None:
    packets = bench.fill(1)
    next(bench.link.arrivals(lambda: None))
    with pytest.raises(IndexError):
        bench.link.leave(Outcome(Verdict.DROP, [b""], []))
    assert packets[0].verdict == "drop"


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
