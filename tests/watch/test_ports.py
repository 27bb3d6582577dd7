"""A set of ports, told as ranges."""

from hypothesis import given
from hypothesis import strategies as st

from rawspoof.core.watch.ports import FEW, Ports, ranges


@given(st.lists(st.integers(0, 65535), max_size=60))
def test_it_is_a_set(ports):
    kept = Ports()
    assert [kept.add(port) for port in ports] == [port not in ports[:i] for i, port in enumerate(ports)]
    assert list(kept) == sorted(set(ports))
    assert kept.count == len(set(ports))
    assert all(port in kept for port in ports)
    assert kept.spread == (len(set(ports)) > FEW)


def test_it_says_when_it_needs_room():
    kept = Ports()
    for port in range(FEW):
        assert not kept.full
        kept.add(port)
    assert kept.full
    kept.add(65535)
    assert not kept.full
    assert 65535 in kept
    assert 65534 not in kept


def of(*ports):
    kept = Ports()
    for port in ports:
        kept.add(port)
    return kept


def test_ranges_are_what_people_write():
    assert ranges(of(), 8) == ""
    assert ranges(of(22), 8) == "22"
    assert ranges(of(0, 1, 2, 80, 443, 444, 65535), 8) == "0-2,80,443-444,65535"
    assert ranges(of(*range(1, 65536)), 8) == "1-65535"


def test_a_longer_list_is_cut():
    assert ranges(of(1, 3, 5, 7), 4) == "1,3,5,7"
    assert ranges(of(1, 3, 5, 7, 9), 4) == "1,3,5,7,…"
