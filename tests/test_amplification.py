"""Invariant: an address that has not proved itself is sent at most three times the bytes it sent. This test owns it.

Whoever forges a source address must gain nothing by letting us answer.
"""

from collections import Counter
from collections.abc import Iterator
from random import Random
from typing import Final

import pytest

from rawspoof.core.outcome import Outcome
from rawspoof.core.sensor import Sensor
from rawspoof.core.wire.segment import ACK, RST, SYN
from tests.peers import PERSONALITIES, T0, packet, profile, said, sensor, wait

TIMES: Final = 3
PORTS: Final = (profile("x" * 4000, {".*": "y" * 4000}), profile(answers={".*": "y" * 4000}), profile())
SYN_OPTIONS: Final = [
    b"",
    bytes.fromhex("020405b4"),
    bytes.fromhex("020405b401030307"),
    bytes.fromhex("020405b40402080a000000640000000001030307"),
    bytes.fromhex("0101080a0000006400000000"),
]


class Books:
    """Bytes from and to each address."""

    def __init__(self, mind: Sensor) -> None:
        self._mind = mind
        self.heard: Counter[bytes] = Counter()
        self.sent: Counter[bytes] = Counter()

    def visit(self, at: float, src: bytes, flags: int, *numbers: int, **fields: object) -> Outcome:
        """A packet from an address, after everything that was due by then."""
        raw = packet(flags, *numbers, src=src, ip6=len(src) == 16, **fields)
        self.wait(at)
        self.heard[src] += len(raw)
        outcome = self._mind.on_packet(at, raw)
        self._enter(outcome)
        return outcome

    def wait(self, until: float) -> None:
        for outcome in wait(self._mind, until):
            self._enter(outcome)

    def _enter(self, outcome: Outcome) -> None:
        for seg in said(outcome):
            self.sent[seg.dst] += seg.size
            assert self.sent[seg.dst] <= TIMES * self.heard[seg.dst], seg


def sources(count: int) -> Iterator[bytes]:
    """Addresses of both families in turn."""
    for i in range(count):
        yield (i.to_bytes(4, "big") if i % 2 else bytes(8) + i.to_bytes(8, "big"))


@pytest.fixture(params=[(name, port) for name in PERSONALITIES for port in range(len(PORTS))], ids=str)
def books(request: pytest.FixtureRequest) -> Books:
    name, port = request.param
    return Books(sensor(PORTS[port], name=name, half_open_max=300))


def test_syns_that_nobody_follows_up(books: Books) -> None:
    for i, src in enumerate(sources(800)):
        books.visit(T0 + i / 1000, src, SYN, i, options=SYN_OPTIONS[i % 5])
    books.wait(T0 + 600)
    assert max(books.sent[src] / books.heard[src] for src in books.heard) > 1, "there were answers, and repeats"


def test_the_same_syn_again_and_again(books: Books) -> None:
    for i in range(200):
        for src in sources(2):
            books.visit(T0 + i * 0.7, src, SYN, 100, options=SYN_OPTIONS[i % 5])
    books.wait(T0 + 600)


def test_syns_that_are_answered_late() -> None:
    books = Books(sensor(PORTS[0], answers_per_s_max=2.0, half_open_max=300))
    for i in range(300):
        for src in sources(3):
            books.visit(T0 + i * 0.05, src, SYN, 100 + i // 7, sport=1024 + i % 5, options=SYN_OPTIONS[i % 5])
    books.wait(T0 + 600)
    assert max(books.sent[src] / books.heard[src] for src in books.heard) > 0.2


def test_syns_that_the_forged_addresss_owner_refuses(books: Books) -> None:
    for i, src in enumerate(sources(100)):
        outcome = books.visit(T0 + i, src, SYN, i, options=SYN_OPTIONS[3])
        books.visit(T0 + i + 0.1, src, RST, said(outcome)[0].ack)
    books.wait(T0 + 600)


def test_text_on_a_syn_is_no_credit_for_a_conversation(books: Books) -> None:
    for i, src in enumerate(sources(50)):
        books.visit(T0 + i, src, SYN, i, 0, b"GET / HTTP/1.0\r\n\r\n" * 20)
    books.wait(T0 + 600)


def test_every_combination_of_flags_with_guessed_numbers(books: Books) -> None:
    chance = Random(11)
    for flags in range(256):
        for src in sources(2):
            for data in (b"", b"GET / HTTP/1.0\r\n\r\n"):
                numbers = chance.getrandbits(32), chance.getrandbits(32)
                books.visit(T0 + flags, src, flags, *numbers, data, options=chance.choice(SYN_OPTIONS))
    books.wait(T0 + 1200)


def test_guessed_acknowledgments_after_a_syn(books: Books) -> None:
    chance = Random(12)
    for i, src in enumerate(sources(300)):
        books.visit(T0 + i / 10, src, SYN, 100, options=SYN_OPTIONS[3])
        for _ in range(10):
            books.visit(T0 + i / 10, src, ACK, 101, chance.getrandbits(32), b"GET / HTTP/1.0\r\n\r\n")
    books.wait(T0 + 1200)


def test_the_books_notice_what_a_proof_allows() -> None:
    books, src = Books(sensor(PORTS[0])), bytes(4)
    iss = said(books.visit(T0, src, SYN, 100, options=SYN_OPTIONS[1]))[0].seq
    with pytest.raises(AssertionError):
        books.visit(T0 + 1, src, ACK, 101, iss + 1)
