"""Puts a personality on what our TCP wants sent: whole packets that look like that system's. Decides no number.

Addresses always come as the `key` of the segment that is answered; the packet goes the other way.
"""

from collections.abc import Callable, Mapping
from hashlib import blake2s
from itertools import product
from struct import Struct
from typing import Final
from zlib import crc32

from rawspoof.core.personality.looks import Offer, window
from rawspoof.core.personality.model import Personality
from rawspoof.core.wire import checksum
from rawspoof.core.wire.options import Options
from rawspoof.core.wire.segment import ACK, CWR, ECE, FIN, RST, SYN, TCP, Segment
from rawspoof.core.wire.template import Template, with_ece

_IP4 = Struct("!HHHHBBH4s4s").pack
_IP6 = Struct("!IHBB16s16s").pack
_TCP = Struct("!2s2sIIHHHH").pack
_TIMESTAMPS = Struct("!III").pack
_NOP_NOP_TIMESTAMPS: Final = 0x0101080A
"""RFC 7323 appendix A; all three shipped personalities lay it out so."""
PAIRS_MAX: Final = 4096
"""Pairs of addresses whose clock offset is remembered; all are forgotten together and computed again."""
_MASK: Final = 0xFFFFFFFF
_ECN_SETUP: Final = ECE | CWR
"""RFC 3168 §6.1.1: both together on a SYN ask for ECN."""


class Dress:
    """One personality, ready: templates for SYN-ACKs, constants for everything else."""

    def __init__(self, personality: Personality, templates: Mapping[Offer, bytes], secret: bytes) -> None:
        self.personality = personality
        self._secret = secret[:32]
        self._templates = {offer: Template(raw) for offer, raw in templates.items()}
        self._ttl, self._df = personality.ttl, 0x4000 if personality.df else 0
        self._hz, self._offset_by = personality.timestamps.hz, personality.timestamps.offset
        self._shared_handshake = personality.ident.handshake == "shared"
        self._ident_rule = personality.ident.flow
        self._ident = int.from_bytes(secret[:2], "big")
        self._offsets: dict[bytes, int] = {}
        self._ecn = personality.synack.ecn
        self._labels, self._label_seed = personality.flow_label == "flow", int.from_bytes(secret[2:6], "big")
        self.wscale = personality.synack.wscale
        self._windows = {
            (version, stamps, scaled): _in_header(window(personality, version, stamps, scaled), scaled * self.wscale)
            for version, stamps, scaled in product((4, 6), (False, True), (False, True))
        }

    @property
    def timestamps(self) -> bool:
        """Whether this system agrees to timestamps at all."""
        return self._offset_by != "none"

    def synack(self, seg: Segment, options: Options, iss: int, now: float) -> bytes:
        """The SYN-ACK for a SYN with these options."""
        ip6 = len(seg.key) == 36
        template = self._templates[
            6 if ip6 else 4, options.sack_ok, options.tsval is not None, options.wscale is not None
        ]
        ident = self._label(seg.key) if ip6 else self._next_ident() if self._shared_handshake else 0
        ack = (seg.seq + 1) & _MASK
        if not template.timestamps:
            packet = template.stamp(seg.key, iss, ack, 0, 0, ident)
        else:
            packet = template.stamp(seg.key, iss, ack, self.tsval(seg.key, now), options.tsval or 0, ident)
        return with_ece(packet) if self._ecn and seg.flags & _ECN_SETUP == _ECN_SETUP else packet

    def window(self, key: bytes, timestamps: bool, scaled: bool) -> int:
        """The window in a connection's segments, for what its handshake agreed on."""
        return self._windows[6 if len(key) == 36 else 4, timestamps, scaled]

    def segment(
        self,
        key: bytes,
        flags: int,
        seq: int,
        ack: int,
        wnd: int,
        data: bytes,
        tsval: int | None,
        tsecr: int,
        ident: int,
    ) -> bytes:
        """A segment of a connection. `tsval` None leaves timestamps out; `ident` is the flow's own count."""
        options = b"" if tsval is None else _TIMESTAMPS(_NOP_NOP_TIMESTAMPS, tsval, tsecr)
        return self._packet(key, flags, seq, ack, wnd, options + data, 20 + len(options), self._flow_ident(ident))

    def reset(self, seg: Segment) -> bytes:
        """The RST for a segment of no connection, in the form of RFC 9293 §3.10.7.1."""
        if seg.flags & ACK:
            return self._bare(seg.key, RST, seg.ack, 0)
        return self._bare(seg.key, RST | ACK, 0, (seg.seq + seg.len) & _MASK)

    def odd(self, seg: Segment, options: Options, iss: int, now: float) -> bytes | None:
        """What an open port of this system says to a segment of no connection, no plain SYN; None is silence."""
        rules = self.personality.open_port
        flags = seg.flags
        if flags & RST:
            return None
        rule = rules.ack if flags & ACK else rules.syn_fin if flags & SYN and flags & FIN else rules.no_ack
        if rule == "drop":
            return None
        if rule == "syn-ack":
            return self.synack(seg, options, iss, now)
        if rule == "rst":
            return self.reset(seg)
        # Windows counts neither SYN nor FIN here: nmap's T2 and T3 read "ack = seq" from it.
        return self._bare(seg.key, RST | ACK, 0, seg.seq)

    def tsval(self, key: bytes, now: float) -> int:
        """Our TSval for a connection at a moment (RFC 7323 §5.4): a clock of `hz` plus an offset nobody can guess."""
        seed = key[:-4] if self._offset_by == "pair" else key
        offset = self._offsets.get(seed)
        if offset is None:
            if len(self._offsets) >= PAIRS_MAX:
                self._offsets.clear()
            digest = blake2s(seed, key=self._secret, digest_size=4, person=b"tsval").digest()
            offset = self._offsets[seed] = int.from_bytes(digest, "big")
        return (offset + int(now * self._hz)) & _MASK

    def since_s(self, key: bytes, tsval: int, now: float) -> float:
        """Seconds since we showed this TSval to the peer."""
        return ((self.tsval(key, now) - tsval) & _MASK) / self._hz

    def _bare(self, key: bytes, flags: int, seq: int, ack: int) -> bytes:
        """A segment without window, options and text."""
        ident = self._next_ident() if self._shared_handshake else 0
        return self._packet(key, flags, seq, ack, 0, b"", 20, ident)

    def _label(self, key: bytes) -> int:
        """The flow label of an IPv6 connection: looks random, as RFC 6437 §3 asks, and needs no table."""
        return crc32(key, self._label_seed) & 0xFFFFF if self._labels else 0

    def _next_ident(self) -> int:
        self._ident = (self._ident + 1) & 0xFFFF
        return self._ident

    def _flow_ident(self, ident: int) -> int:
        if self._ident_rule == "flow":
            return ident & 0xFFFF
        return self._next_ident() if self._ident_rule == "shared" else 0

    def _packet(
        self, key: bytes, flags: int, seq: int, ack: int, wnd: int, rest: bytes, header: int, ident: int
    ) -> bytes:
        """`rest` is options and text; `header` the TCP header's size with the options."""
        bits = header << 10 | flags
        size = 20 + len(rest)
        # The sum of addresses and ports is the same both ways, so the received key serves as it is.
        total = TCP + size + int.from_bytes(key, "big") + seq + ack + bits + wnd + checksum.total(rest)
        field = -total % 65535
        if len(key) == 36:
            head = _IP6(6 << 28 | self._label(key), size, TCP, self._ttl, key[16:32], key[:16])
            return head + _TCP(key[34:], key[32:34], seq, ack, bits, wnd, field, 0) + rest
        ip_total = 0x4500 + size + 20 + ident + self._df + (self._ttl << 8 | TCP) + int.from_bytes(key[:8], "big")
        head = _IP4(0x4500, size + 20, ident, self._df, self._ttl, TCP, -ip_total % 65535, key[4:8], key[:4])
        return head + _TCP(key[10:], key[8:10], seq, ack, bits, wnd, field, 0) + rest


DressOf = Callable[[bytes, int | None], Dress]
"""Whose TCP answers a segment with this key: that of its connection's turn of the world, or of now (None)."""


def _in_header(wnd: int, shift: int) -> int:
    """A window as a header shows it; Linux rounds up, so that what the SYN-ACK offered is not taken back."""
    return -(-wnd >> shift)
