"""The stateless closed window: an acknowledgment for every kind of probe, from the peer's own numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rawspoof.core.tcp import persist
from rawspoof.core.tcp.handshake import Proof
from rawspoof.core.wire.segment import ACK
from tests.peers import segment


def proof(since_irs: int) -> Proof:
    return Proof(True, 5000, 0, since_irs, 1460, None, 0, 0)


def taken(since_irs: int, size: int) -> int:
    return persist.taken(segment(ACK, data=b"x" * size), proof(since_irs))


@given(st.integers(0, 1460))
def test_of_the_first_data_so_much_that_later_numbers_tell(size: int) -> None:
    octets = taken(persist.NOTHING_SENT, size)
    assert octets <= size
    assert octets % 8 == 4 or (octets, size < 4) == (0, True)
    assert size - octets < 8


@given(st.integers(4, 1460))
def test_every_probe_of_such_a_peer_is_acknowledged_where_it_stands(size: int) -> None:
    una = 1 + taken(persist.NOTHING_SENT, size)
    # Linux: nothing, one before SND.UNA. Windows and BSD: one octet, at SND.UNA. Or all of it again.
    assert una - 1 + taken((una - 1) % 8, 0) == una
    assert una + taken(una % 8, 1) == una
    assert una + taken(una % 8, size) == una


@pytest.mark.parametrize(("since_irs", "size", "octets"), [(0, 0, 1), (0, 1, 1), (1, 0, 0), (1, 1, 0), (1, 3, 0)])
def test_keep_alives_and_crumbs_of_a_peer_that_sent_nothing(since_irs: int, size: int, octets: int) -> None:
    assert taken(since_irs, size) == octets


def test_an_empty_segment_that_is_no_probe_calls_for_nothing() -> None:
    assert not persist.calls_for_answer(segment(ACK), proof(1))
    assert persist.calls_for_answer(segment(ACK), proof(0))
    assert persist.calls_for_answer(segment(ACK, data=b"x"), proof(1))
