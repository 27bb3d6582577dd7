"""A packet's facts, packed and unpacked."""

from rawspoof.core.watch.sample import Sample, pack, unpack
from tests.peers import DST, DST6, T0, segment


def test_there_and_back():
    seg = segment(2, 7, 9, b"hello", options=b"\x02\x04\x05\xb4", wnd=1024, ttl=44)
    assert unpack(pack(seg, T0)) == Sample(
        T0, seg.sport, seg.dport, 7, 9, 2, 1024, 0, seg.ident, 44, seg.df, 5, b"\x02\x04\x05\xb4", DST
    )


def test_ipv6_and_odd_values():
    seg = segment(0xFFF, 0xFFFFFFFF, 0, bytes(9), ip6=True)._replace(ident=0xFFFFF)
    back = unpack(pack(seg, T0))
    assert (back.flags, back.seq, back.ident, back.dst) == (0xFFF, 0xFFFFFFFF, 0xFFFF, DST6)
