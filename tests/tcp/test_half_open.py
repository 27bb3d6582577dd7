"""SYN-ACKs to be repeated: how many, when, and never too many bytes."""

import pytest

from rawspoof.core.tcp.half_open import HalfOpen
from rawspoof.core.wire.options import NONE
from rawspoof.core.wire.segment import SYN, Segment
from tests.peers import segment


def syn(sport: int = 1, options: bytes = b"") -> Segment:
    return segment(SYN, sport=sport, options=options)


def moments(half_open: HalfOpen, seg: Segment, size: int) -> list[float]:
    """When a SYN-ACK of this size is repeated after a SYN at 100.0 that nobody follows up."""
    found = []
    due_at = half_open.add(seg, NONE, 7, size, 100.0)
    while due_at is not None:
        found.append(due_at)
        waiting = half_open.due(seg.key, due_at)
        assert waiting is not None
        due_at = half_open.again(waiting, size, due_at)
    return found


@pytest.mark.parametrize(("options", "size", "wanted"), [(0, 44, [101.0]), (20, 60, [101.0, 103.0]), (0, 64, [])])
def test_repeats_come_ever_later_and_stay_within_three_times_the_bytes(
    options: int, size: int, wanted: list[float]
) -> None:
    half_open = HalfOpen(10)
    assert moments(half_open, syn(options=bytes(options)), size) == wanted
    assert len(half_open) == 0


def test_an_answered_one_is_not_repeated_but_keeps_its_place_until_its_moment() -> None:
    half_open = HalfOpen(1)
    due_at = half_open.add(syn(), NONE, 7, 44, 100.0)
    assert due_at is not None
    half_open.answered(syn().key)
    assert half_open.add(syn(2), NONE, 7, 44, 100.0) is None
    assert half_open.due(syn().key, due_at) is None
    assert half_open.add(syn(2), NONE, 7, 44, 101.0) == 102.0


def test_a_flood_finds_no_room() -> None:
    half_open = HalfOpen(100)
    assert sum(half_open.add(syn(port), NONE, 7, 44, 100.0) is not None for port in range(1000)) == 100
    assert len(half_open) == 100


def test_a_syn_that_asks_again_is_not_repeated_twice() -> None:
    half_open = HalfOpen(10)
    assert half_open.add(syn(), NONE, 7, 44, 100.0) == 101.0
    assert half_open.add(syn(), NONE, 7, 44, 100.5) is None


def test_another_moment_of_the_connection_is_not_its_own() -> None:
    half_open = HalfOpen(10)
    half_open.add(syn(), NONE, 7, 44, 100.0)
    assert half_open.due(syn().key, 100.9) is None
    assert half_open.due_at(syn().key) == 101.0
    assert half_open.due_at(syn(2).key) is None
    half_open.answered(syn(2).key)
    assert len(half_open) == 1
