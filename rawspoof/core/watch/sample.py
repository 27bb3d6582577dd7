"""What one packet of a source says of who made it: the facts that tools and systems are told by, packed small."""

from struct import Struct
from typing import Final, NamedTuple

from rawspoof.core.wire.segment import Segment

_PACKED = Struct("!dHHIIHHHHBBH")


class Sample(NamedTuple):
    """One packet's facts."""

    at: float
    """Seconds since the epoch."""
    sport: int
    dport: int
    seq: int
    ack: int
    flags: int
    """As in `Segment`: eight flags, four reserved bits above them."""
    wnd: int
    urp: int
    ident: int
    """IPv4 identification, or the low 16 bits of the IPv6 flow label."""
    ttl: int
    df: bool
    data_len: int
    options: bytes
    dst: bytes
    """Where it was sent to, packed."""


def pack(seg: Segment, at: float) -> bytes:
    """The facts of a segment in some 50 bytes."""
    return (
        _PACKED.pack(
            at, seg.sport, seg.dport, seg.seq, seg.ack, seg.flags, seg.wnd, seg.urp, seg.ident & 0xFFFF,
            seg.ttl, seg.df, min(len(seg.data), 0xFFFF),
        )
        + bytes((len(seg.options),))
        + seg.options
        + seg.dst
    )  # fmt: skip


def unpack(packed: bytes) -> Sample:
    """The facts again."""
    at, sport, dport, seq, ack, flags, wnd, urp, ident, ttl, df, data_len = _PACKED.unpack_from(packed)
    end = _PACKED.size + 1 + packed[_PACKED.size]
    options, dst = packed[_PACKED.size + 1 : end], packed[end:]
    return Sample(at, sport, dport, seq, ack, flags, wnd, urp, ident, ttl, bool(df), data_len, options, dst)


SAMPLES_MAX: Final = 12
"""Packets of a source that are kept from its beginning, its kernel's resets aside: two show every counter."""
KINDS_MAX: Final = 8
"""Packets kept beyond, one of each further combination of flags: `nmap -O` asks five after the ports are scanned."""
