"""A packet forged once, stamped often: all that never changes is ready, with its checksum. Knows no scapy, no policy.

`wire.forge` makes the bytes at start-up; a stamp is one `struct.pack` and two additions modulo 65535.
"""

from struct import Struct
from typing import NamedTuple

from rawspoof.core.wire import checksum, options
from rawspoof.core.wire.segment import ECE, Malformed, parse


class Look(NamedTuple):
    """Everything about a SYN-ACK that is the same for everyone who sent the same offer."""

    version: int
    """4 or 6."""
    ttl: int
    df: bool
    window: int
    layout: str
    """Its options in order: M mss, S sack-permitted, T timestamps, W window scale, N nop, L end of list."""
    mss: int
    wscale: int


class Template:
    """One forged segment, IPv4 or IPv6, with or without a timestamps option."""

    def __init__(self, raw: bytes) -> None:
        """`raw` is a whole packet whose addresses, ports, SEQ, ACK, timestamps and identification are zero.

        Raises Malformed if it is not one.
        """
        seg = parse(raw, verify=False)
        if any(seg.key) or seg.seq or seg.ack:
            raise Malformed("a template's changing fields are zero")
        self.raw = raw
        self._ip6 = len(seg.key) == 36
        self._ip_size = 40 if self._ip6 else 20
        tcp = raw[self._ip_size :]
        self._sum = checksum.total(tcp[:16] + b"\0\0" + tcp[18:]) + 6 + len(tcp)
        self._ip_sum = checksum.total(raw[:10] + b"\0\0" + raw[12:20])
        self._head, self._middle = raw[:4], raw[6:10]
        self._version6, self._head6 = int.from_bytes(raw[:4], "big"), raw[4:8]
        self._bits = tcp[12:16]
        stamps = _timestamps_at(seg.options)
        self.timestamps = stamps is not None
        if stamps is not None and stamps & 1:
            raise Malformed("timestamps stand on an even place, or their sum is another")
        at = 20 + stamps if stamps is not None else len(tcp)
        self._before, self._after = tcp[18:at], tcp[at + 8 :]
        tail = f"{len(self._before)}s" + (f"II{len(self._after)}s" if self.timestamps else "")
        self._pack = Struct(("!I4s16s16s" if self._ip6 else "!4sH4sH4s4s") + "2s2sII4sH" + tail).pack

    def stamp(self, key: bytes, seq: int, ack: int, tsval: int = 0, tsecr: int = 0, ident: int = 0) -> bytes:
        """The packet that answers a segment with this `key`, both checksums right.

        `ident` is IPv4's identification or the 20 bits of IPv6's flow label.
        """
        total = self._sum + int.from_bytes(key, "big") + seq + ack
        stamps: tuple[int | bytes, ...] = ()
        if self.timestamps:
            total += tsval + tsecr
            stamps = (tsval, tsecr, self._after)
        field = -total % 65535
        if self._ip6:
            return self._pack(
                self._version6 | ident,
                self._head6,
                key[16:32],
                key[:16],
                key[34:],
                key[32:34],
                seq,
                ack,
                self._bits,
                field,
                self._before,
                *stamps,
            )
        ip_field = -(self._ip_sum + int.from_bytes(key[:8], "big") + ident) % 65535
        return self._pack(
            self._head, ident, self._middle, ip_field, key[4:8], key[:4],
            key[10:], key[8:10], seq, ack, self._bits, field, self._before, *stamps,
        )  # fmt: skip


def with_ece(raw: bytes) -> bytes:
    """The same packet with the ECE flag, by which a SYN-ACK agrees to ECN (RFC 3168 §6.1.1)."""
    tcp = 40 if raw[0] >> 4 == 6 else 20
    field = (int.from_bytes(raw[tcp + 16 : tcp + 18], "big") - ECE) % 65535
    flags = bytes((raw[tcp + 13] | ECE,))
    return raw[: tcp + 13] + flags + raw[tcp + 14 : tcp + 16] + field.to_bytes(2, "big") + raw[tcp + 18 :]


def _timestamps_at(raw: bytes) -> int | None:
    """Where TSval stands in these options, None without the option."""
    at = 0
    for option in options.items(raw):
        if option.kind == options.TIMESTAMPS:
            return at + 2
        at += 1 if option.kind in (options.EOL, options.NOP) else 2 + len(option.data)
    return None
