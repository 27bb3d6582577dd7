"""Touched ports come out as they went in; whatever else a worker sends is refused with ValueError."""

import random

import pytest

from rawspoof.edges.sinks import touches
from rawspoof.edges.sinks.batch import MESSAGE_BYTES_MAX, encoder

FRESH = [
    (b"\xc0\0\2\7", b"\xc6\x33\x64\1", 22),
    (b"\xc0\0\2\7", b"\xc6\x33\x64\1", 65535),
    (bytes(16), bytes(15) + b"1", 80),
]


def decoded(message):
    return [(src, dst, list(ports)) for src, dst, ports in touches.decode(memoryview(message))]


def test_what_was_touched_is_told_by_source_and_target():
    assert decoded(touches.encode(FRESH)) == [
        (b"\xc0\0\2\7", b"\xc6\x33\x64\1", [22, 65535]),
        (bytes(16), bytes(15) + b"1", [80]),
    ]


def test_it_is_told_from_a_batch_by_its_first_byte():
    assert touches.encode(FRESH)[0] == touches.MARK != encoder()([], {})[0]


def test_the_largest_message_is_one_that_the_collector_reads():
    chance = random.Random(6)
    fresh = [(chance.randbytes(16), chance.randbytes(16), 1) for _ in range(touches.TOUCHES_MAX)]
    assert len(touches.encode(fresh)) <= MESSAGE_BYTES_MAX


@pytest.mark.parametrize("told", [[(b"123", bytes(4), b"")], [(bytes(4), bytes(5), b"")], [(bytes(4), bytes(4), b"1")]])
def test_what_cannot_be_is_refused(told):
    message = bytes([touches.MARK]) + touches._encode(told)
    with pytest.raises(ValueError, match=r"address|size"):
        touches.decode(memoryview(message))


def test_any_bytes_give_ports_or_a_value_error():
    chance = random.Random(7)
    whole = touches.encode(FRESH)
    refused = 0
    for _ in range(2000):
        changed = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            changed[chance.randrange(1, len(changed))] = chance.randrange(256)
        try:
            touches.decode(memoryview(changed))
        except ValueError:
            refused += 1
    assert 0 < refused < 2000
