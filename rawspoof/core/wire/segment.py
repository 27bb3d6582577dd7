"""Bytes to segments and back, IPv4 and IPv6. Knows layouts, decides nothing.

RFC 791 §3.1, RFC 8200 §§3-4, RFC 9293 §3.1. What a layout cannot mean is `Malformed`; what it can mean but should
not (odd flags, absurd options) is a Segment, so that it can be judged and logged.
"""

from struct import Struct
from typing import Final, NamedTuple

from rawspoof.core.wire import checksum

FIN: Final = 0x01
SYN: Final = 0x02
RST: Final = 0x04
PSH: Final = 0x08
ACK: Final = 0x10
URG: Final = 0x20
ECE: Final = 0x40
CWR: Final = 0x80

TCP: Final = 6
_EXTENSION_HEADERS: Final = frozenset({0, 43, 60})
"""Hop-by-hop, routing, destination options: all `next header, length in 8 bytes - 1, …` (RFC 8200 §4)."""
_FRAGMENT: Final = 44
_EXTENSIONS_MAX: Final = 8
"""Headers that are skipped before a packet counts as malformed; real ones carry one or two."""

_IP4_TCP = Struct("!BBHHHBBH8sHHIIHHHH")
_IP6 = Struct("!IHBB32s")
_TCP = Struct("!HHIIHHHH")
_PORTS = Struct("!HH")


class Malformed(ValueError):
    """Bytes that are no TCP segment. Raised here, caught in the sensor, nowhere else."""


class Segment(NamedTuple):
    """One TCP segment with what its IP header says. Sequence numbers are the peer's own, unwrapped by nobody."""

    key: bytes
    """Source and destination address, source and destination port as on the wire: 12 bytes (IPv4) or 36 (IPv6)."""
    sport: int
    dport: int
    seq: int
    ack: int
    flags: int
    """The eight flags; above them the four reserved bits."""
    wnd: int
    """SEG.WND as sent, unscaled."""
    urp: int
    options: bytes
    data: bytes
    ttl: int
    ident: int
    """IPv4 identification, or the IPv6 flow label."""
    df: bool
    """IPv4 "don't fragment"; always true of IPv6."""
    size: int
    """Bytes of the whole packet."""

    @property
    def src(self) -> bytes:
        """The source's address, 4 or 16 bytes."""
        return self.key[: (len(self.key) - 4) // 2]

    @property
    def dst(self) -> bytes:
        """The destination's address, 4 or 16 bytes."""
        return self.key[(len(self.key) - 4) // 2 : -4]

    @property
    def len(self) -> int:
        """SEG.LEN: octets of text, SYN and FIN counted (RFC 9293 §3.3.1)."""
        return len(self.data) + (self.flags >> 1 & 1) + (self.flags & 1)


def parse(raw: bytes, *, verify: bool = True) -> Segment:
    """The segment in an IP packet. Raises Malformed for impossible lengths, fragments, other protocols, bad checksums.

    `verify` off leaves checksums unread: captures from a sending machine hold half-made ones. IPv4's own is never read:
    the kernel has read it before us.
    """
    # The common case, an IPv4 header without options, in one unpacking.
    if raw[:1] == b"\x45" and len(raw) >= 40:
        (_, _, size, ident, frag, ttl, proto, _, _, sport, dport, seq, ack, bits, wnd, _, urp) = _IP4_TCP.unpack_from(
            raw
        )
        if proto != TCP or frag & 0x3FFF:
            raise Malformed("not a whole TCP packet")
        header_end = 20 + (bits >> 10 & 0x3C)
        if header_end < 40 or not header_end <= size <= len(raw):
            raise Malformed("impossible length")
        if size < len(raw):
            raw = raw[:size]
        if verify and not checksum.holds(TCP + size - 20 + checksum.total(raw[12:])):
            raise Malformed("bad checksum")
        return Segment(
            raw[12:24], sport, dport, seq, ack, bits & 0xFFF, wnd, urp,
            raw[40:header_end], raw[header_end:], ttl, ident, frag & 0x4000 != 0, size,
        )  # fmt: skip
    version = raw[0] >> 4 if raw else 0
    if version == 4:
        return _parse4(raw, verify)
    if version == 6:
        return _parse6(raw, verify)
    raise Malformed("neither IPv4 nor IPv6")


def _parse4(raw: bytes, verify: bool) -> Segment:
    """An IPv4 packet with header options, or one too short for anything."""
    ihl = (raw[0] & 15) * 4
    if len(raw) < 20 or ihl < 20 or len(raw) < ihl + 20:
        raise Malformed("impossible length")
    size, ident, frag = (
        int.from_bytes(raw[2:4], "big"),
        int.from_bytes(raw[4:6], "big"),
        int.from_bytes(raw[6:8], "big"),
    )
    if raw[9] != TCP or frag & 0x3FFF:
        raise Malformed("not a whole TCP packet")
    if not ihl + 20 <= size <= len(raw):
        raise Malformed("impossible length")
    return _segment(raw[12:20], raw[ihl:size], raw[8], ident, frag & 0x4000 != 0, size, verify)


def _parse6(raw: bytes, verify: bool) -> Segment:
    """An IPv6 packet; its extension headers are skipped (RFC 8200 §4)."""
    if len(raw) < 40:
        raise Malformed("impossible length")
    first, payload, proto, ttl, addresses = _IP6.unpack_from(raw)
    end = 40 + payload
    if end > len(raw):
        raise Malformed("impossible length")
    at = 40
    for _ in range(_EXTENSIONS_MAX):
        if proto not in _EXTENSION_HEADERS or at + 8 > end:
            break
        proto, at = raw[at], at + 8 + raw[at + 1] * 8
    # An "atomic" fragment (offset 0, no more to come) is a whole packet (RFC 6946).
    if proto == _FRAGMENT and at + 8 <= end and raw[at + 2 : at + 4] == b"\0\0":
        proto, at = raw[at], at + 8
    if proto != TCP or at + 20 > end:
        raise Malformed("not a whole TCP packet")
    return _segment(addresses, raw[at:end], ttl, first & 0xFFFFF, True, end, verify)


def _segment(addresses: bytes, tcp: bytes, ttl: int, ident: int, df: bool, size: int, verify: bool) -> Segment:
    """The segment in `tcp`, the bytes from the TCP header to the packet's end (at least 20)."""
    sport, dport, seq, ack, bits, wnd, _, urp = _TCP.unpack_from(tcp)
    header_end = bits >> 10 & 0x3C
    if not 20 <= header_end <= len(tcp):
        raise Malformed("impossible length")
    if verify and not checksum.holds(TCP + len(tcp) + checksum.total(addresses) + checksum.total(tcp)):
        raise Malformed("bad checksum")
    return Segment(
        addresses + tcp[:4], sport, dport, seq, ack, bits & 0xFFF, wnd, urp,
        tcp[20:header_end], tcp[header_end:], ttl, ident, df, size,
    )  # fmt: skip


def build(seg: Segment) -> bytes:
    """The packet of a segment, both checksums right, without IP options: `parse(build(s)) == s` but for their bytes."""
    addresses = seg.key[:-4]
    bits = (20 + len(seg.options)) << 10 | seg.flags
    tcp = _TCP.pack(seg.sport, seg.dport, seg.seq, seg.ack, bits, seg.wnd, 0, seg.urp) + seg.options + seg.data
    sum_of_words = TCP + len(tcp) + checksum.total(addresses) + checksum.total(tcp)
    tcp = tcp[:16] + checksum.field(sum_of_words).to_bytes(2, "big") + tcp[18:]
    return _ip_header(seg, addresses, len(tcp)) + tcp


def _ip_header(seg: Segment, addresses: bytes, tcp_size: int) -> bytes:
    if len(addresses) == 32:
        return _IP6.pack(6 << 28 | seg.ident, tcp_size, TCP, seg.ttl, addresses)
    head = Struct("!BBHHHBBH8s").pack(
        0x45, 0, 20 + tcp_size, seg.ident, 0x4000 if seg.df else 0, seg.ttl, TCP, 0, addresses
    )
    return head[:10] + checksum.field(checksum.total(head)).to_bytes(2, "big") + head[12:]


def key_of(src: bytes, dst: bytes, sport: int, dport: int) -> bytes:
    """A segment's `key` from its four parts."""
    return src + dst + _PORTS.pack(sport, dport)


def reply_key(key: bytes) -> bytes:
    """The key of segments going the other way."""
    half = (len(key) - 4) // 2
    return key[half:-4] + key[:half] + key[-2:] + key[-4:-2]
