"""Bytes to segments and back, with scapy as the judge of both directions."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scapy.layers.inet import IP, TCP, IPOption, in4_chksum
from scapy.layers.inet6 import (
    IPv6,
    IPv6ExtHdrDestOpt,
    IPv6ExtHdrFragment,
    IPv6ExtHdrHopByHop,
    IPv6ExtHdrRouting,
    PadN,
    in6_chksum,
)
from scapy.utils import checksum as ip_checksum

from rawspoof.core.wire.segment import ACK, FIN, SYN, Malformed, Segment, build, key_of, parse, reply_key
from tests.peers import DST, DST6, SRC, SRC6, packet, segment

WORD = st.integers(0, 0xFFFF)
NUMBER = st.integers(0, 0xFFFFFFFF)


@st.composite
def segments(draw: st.DrawFn) -> Segment:
    ip6 = draw(st.booleans())
    data, options = draw(st.binary(max_size=70)), draw(st.binary(max_size=10)) * 4
    sport, dport = draw(WORD), draw(WORD)
    address = st.binary(min_size=16 if ip6 else 4, max_size=16 if ip6 else 4)
    return Segment(
        key_of(draw(address), draw(address), sport, dport), sport, dport, draw(NUMBER), draw(NUMBER),
        draw(st.integers(0, 0xFFF)), draw(WORD), draw(WORD), options, data, draw(st.integers(0, 255)),
        draw(st.integers(0, 0xFFFFF if ip6 else 0xFFFF)), ip6 or draw(st.booleans()),
        (60 if ip6 else 40) + len(options) + len(data),
    )  # fmt: skip


def dissect(raw: bytes) -> IP | IPv6:
    return (IPv6 if raw[0] >> 4 == 6 else IP)(raw)


def forged(ip: IP | IPv6, tcp: TCP) -> bytes:
    """A packet as scapy builds it, lengths and checksums included."""
    return bytes(ip / tcp)


@given(segments())
def test_parse_gives_back_what_was_built(seg: Segment) -> None:
    assert parse(build(seg)) == seg


@given(segments())
def test_scapy_reads_what_we_build_and_would_have_summed_it_up_alike(seg: Segment) -> None:
    raw = build(seg)
    ip = dissect(raw)
    tcp = ip[TCP]
    assert (tcp.sport, tcp.dport, tcp.seq, tcp.ack) == (seg.sport, seg.dport, seg.seq, seg.ack)
    assert (int(tcp.flags), tcp.reserved) == (seg.flags & 0x1FF, seg.flags >> 9)
    assert (tcp.window, tcp.urgptr, tcp.dataofs * 4) == (seg.wnd, seg.urp, 20 + len(seg.options))
    assert raw[len(raw) - len(seg.data) :] == seg.data
    header = len(raw) - len(tcp.original)
    blank = tcp.original[:16] + b"\0\0" + tcp.original[18:]
    if ip.version == 4:
        assert (ip.ttl, ip.id, "DF" in ip.flags, ip.len) == (seg.ttl, seg.ident, seg.df, seg.size)
        assert ip.chksum == ip_checksum(raw[:10] + b"\0\0" + raw[12:header])
        assert tcp.chksum == in4_chksum(6, ip, blank)
    else:
        assert (ip.hlim, ip.fl, ip.plen) == (seg.ttl, seg.ident, seg.size - 40)
        assert tcp.chksum == in6_chksum(6, ip, blank)


@given(WORD, NUMBER, NUMBER, st.integers(0, 0x1FF), WORD, st.binary(max_size=33), st.booleans())
def test_we_read_what_scapy_builds(port: int, seq: int, ack: int, flags: int, wnd: int, data: bytes, ip6: bool) -> None:
    ip = (
        IPv6(src="2001:db8::2", dst="2001:db8::1", hlim=9, fl=77)
        if ip6
        else IP(src="198.51.100.2", dst="198.51.100.1", ttl=9, id=77)
    )
    raw = forged(
        ip, TCP(sport=port, dport=22, seq=seq, ack=ack, flags=flags, window=wnd, options=[("MSS", 1460)]) / data
    )
    seg = parse(raw)
    assert (seg.sport, seg.dport, seg.seq, seg.ack, seg.flags, seg.wnd) == (port, 22, seq, ack, flags, wnd)
    assert (seg.options, seg.data, seg.ttl, seg.ident, seg.size) == (b"\x02\x04\x05\xb4", data, 9, 77, len(raw))


EXTENSIONS = {
    "hop-by-hop": IPv6ExtHdrHopByHop(options=[PadN(optdata=b"ab")]),
    "routing": IPv6ExtHdrRouting(addresses=["2001:db8::1"], segleft=0),
    "destination": IPv6ExtHdrDestOpt(options=[PadN(optdata=b"abcdefghij")]),
    "atomic-fragment": IPv6ExtHdrFragment(offset=0, m=0, id=7),
    "three": IPv6ExtHdrHopByHop() / IPv6ExtHdrDestOpt() / IPv6ExtHdrRouting(addresses=[]),
}


@pytest.mark.parametrize("extension", EXTENSIONS.values(), ids=EXTENSIONS)
def test_ipv6_extension_headers_are_skipped(extension: IPv6) -> None:
    raw = forged(IPv6(src="2001:db8::2", dst="2001:db8::1") / extension, TCP(sport=9, dport=22, seq=5) / b"odd")
    seg = parse(raw)
    assert (seg.src, seg.dst, seg.sport, seg.data, seg.size) == (SRC6, DST6, 9, b"odd", len(raw))


@pytest.mark.parametrize("size", [4, 8, 40])
def test_ipv4_header_options_are_skipped(size: int) -> None:
    ip = IP(src="198.51.100.2", dst="198.51.100.1", options=[IPOption(b"\x01" * size)])
    seg = parse(forged(ip, TCP(sport=9, dport=22, seq=5, flags="S") / b"abc"))
    assert (seg.src, seg.dst, seg.sport, seg.data, seg.flags) == (SRC, DST, 9, b"abc", SYN)
    assert seg.size == 20 + size + 20 + 3


def test_padding_behind_the_packet_is_cut_off() -> None:
    assert parse(packet(SYN) + b"\0" * 6) == segment(SYN)
    assert parse(packet(SYN, ip6=True) + b"\0" * 6) == segment(SYN, ip6=True)


FRAGMENTS = {
    "first": IP(flags="MF"),
    "later": IP(frag=3),
    "ipv6-first": IPv6() / IPv6ExtHdrFragment(m=1),
    "ipv6-later": IPv6() / IPv6ExtHdrFragment(offset=3),
    "first-with-options": IP(flags="MF", options=[IPOption(b"\x01" * 4)]),
}


@pytest.mark.parametrize("ip", FRAGMENTS.values(), ids=FRAGMENTS)
def test_a_fragment_is_malformed(ip: IP | IPv6) -> None:
    with pytest.raises(Malformed, match="not a whole TCP packet"):
        parse(forged(ip, TCP()))


@pytest.mark.parametrize("ip6", [False, True])
@pytest.mark.parametrize("data", [b"", b"odd", b"even"])
def test_every_flipped_bit_of_the_tcp_part_is_noticed(ip6: bool, data: bytes) -> None:
    raw = packet(ACK, 5, 6, data, ip6=ip6)
    for bit in range((40 if ip6 else 20) * 8, len(raw) * 8):
        broken = bytearray(raw)
        broken[bit // 8] ^= 1 << bit % 8
        with pytest.raises(Malformed):
            parse(bytes(broken))


def test_checksums_are_left_unread_on_demand() -> None:
    raw = packet(SYN)
    half_made = raw[:36] + b"\x12\x34" + raw[38:]
    with pytest.raises(Malformed, match="bad checksum"):
        parse(half_made)
    assert parse(half_made, verify=False) == segment(SYN)


def field(raw: bytes, at: int, value: int) -> bytes:
    return raw[:at] + bytes([value]) + raw[at + 1 :]


FOUR, SIX = packet(SYN, data=b"abcdefgh"), packet(SYN, data=b"abcdefgh", ip6=True)
IMPOSSIBLE = {
    "empty": b"",
    "version-5": field(FOUR, 0, 0x55),
    "ihl-4": field(FOUR, 0, 0x44),
    "ihl-beyond": field(FOUR, 0, 0x4F),
    "total-beyond": field(FOUR, 3, 200),
    "total-short": field(FOUR, 3, 39),
    "total-in-header": field(FOUR, 3, 10),
    "offset-4": field(FOUR, 32, 0x40),
    "offset-beyond": field(FOUR, 32, 0xF0),
    "udp": field(FOUR, 9, 17),
    "only-a-header": FOUR[:20],
    "six-short": SIX[:39],
    "six-beyond": field(SIX, 5, 200),
    "six-no-payload": field(SIX, 5, 0),
    "six-offset-4": field(SIX, 52, 0x40),
    "six-offset-beyond": field(SIX, 52, 0xF0),
    "six-udp": field(SIX, 6, 17),
    "six-extension-beyond": field(field(SIX, 6, 0), 41, 200),
    "six-nine-extensions": bytes(IPv6(nh=0)) [:4] + b"\0\x5c\0\x40" + SIX[8:40] + b"\0\0\1\4\0\0\0\0" * 9 + SIX[40:60],
}  # fmt: skip


@pytest.mark.parametrize("raw", IMPOSSIBLE.values(), ids=IMPOSSIBLE)
def test_the_impossible_is_malformed(raw: bytes) -> None:
    with pytest.raises(Malformed):
        parse(raw, verify=False)


@settings(max_examples=500)
@given(st.binary(max_size=120) | st.binary(max_size=100).map(lambda raw: b"\x45\0\0" + bytes([len(raw)]) + raw))
def test_any_bytes_are_a_segment_or_malformed(raw: bytes) -> None:
    try:
        seg = parse(raw, verify=False)
    except Malformed:
        return
    assert len(seg.key) in (12, 36)
    assert seg.size <= len(raw)


@settings(max_examples=500)
@given(segments(), st.data())
def test_a_mutated_packet_is_a_segment_or_malformed(seg: Segment, draw: st.DataObject) -> None:
    raw = bytearray(build(seg))
    for _ in range(draw.draw(st.integers(1, 3))):
        raw[draw.draw(st.integers(0, len(raw) - 1))] = draw.draw(st.integers(0, 255))
    cut = draw.draw(st.integers(0, len(raw)))
    for mutated in (bytes(raw), bytes(raw[:cut])):
        try:
            found = parse(mutated, verify=False)
        except Malformed:
            continue
        assert parse(build(found._replace(size=0)), verify=True).data == found.data


@given(segments())
def test_a_key_turned_round_twice_is_itself(seg: Segment) -> None:
    there = reply_key(seg.key)
    assert there == key_of(seg.dst, seg.src, seg.dport, seg.sport)
    assert reply_key(there) == seg.key


def test_seg_len_counts_syn_and_fin() -> None:
    assert segment(SYN | FIN, data=b"abc").len == 5
    assert segment(ACK).len == 0
