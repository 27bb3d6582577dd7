"""Ports become bits, ranges too; the map drawn on longest ago goes first."""

from base64 import b64decode

from hypothesis import given, settings
from hypothesis import strategies as st

from rawspoof.edges.web.portmap import BYTES, Maps, PortMap, spans

PORTS = st.integers(0, 65535)


def ports(found, layer):
    bits = b64decode(found.bitmaps()[layer])
    assert len(bits) == BYTES
    return {port for port in range(65536) if bits[port >> 3] & 1 << (port & 7)}


@settings(max_examples=30)
@given(st.lists(st.tuples(PORTS, PORTS).map(sorted), max_size=4), st.lists(PORTS, max_size=4))
def test_a_map_has_what_was_put_on_it(ranges, opened):
    found = PortMap()
    found.touch([(first, last) for first, last in ranges])
    for port in opened:
        found.add(port, "opened")
    wanted = {port for first, last in ranges for port in range(first, last + 1)}
    assert ports(found, "touched") == wanted | set(opened)
    assert ports(found, "opened") == set(opened)
    assert found.counts() == {"touched": len(wanted | set(opened)), "opened": len(set(opened)), "asked": 0, "login": 0}


def test_ranges_are_read_and_nonsense_left_out():
    assert spans("22,80,8000-8100,…") == [(22, 22), (80, 80), (8000, 8100)]
    assert spans("70000,5-4,x,-,,1-2-3,9999999999999,²") == []


def test_the_latest_maps_are_kept():
    maps = Maps(2)
    maps.of(b"a", b"1").add(1, "opened")
    maps.of(b"b", b"1")
    maps.of(b"a", b"1")
    maps.of(b"c", b"1")
    assert maps.get(b"b", b"1") is None
    assert list(maps.begun(b"a")) == [b"1"]
