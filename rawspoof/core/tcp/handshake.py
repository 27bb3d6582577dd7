"""ISS and its proof: what would be SYN-RECEIVED is folded into the sequence number. The only place that knows how.

RFC 6528 §3 (ISN = M + F(4-tuple, secret)), RFC 4987 §3.6 (SYN cookies). Remembers nothing, so a flood costs no
memory. Our ISS is F + M: F is 32 keyed bits of the 4-tuple, M is 28 bits that F hides:

    slot of 64 s (7) | low bits of IRS (3) | MSS class (3) | window scaling class (3) | zero (12)

The zeros leave room for what we have sent since: an ACK minus F reads as M and the octets that it covers. F does not
depend on the slot, so an ACK of *any* age shows that its sender once saw our SYN-ACK: a held connection is known
again without a table. What the handshake itself accepts is narrow: two slots, nothing sent, and the IRS bits must
fit: 512 values in 2^32 for a blind forger. F changes with the era, so that an address which changes hands takes no old
proof along.
"""

from bisect import bisect_right
from collections.abc import Iterator
from hashlib import blake2s
from struct import Struct
from typing import Final, NamedTuple, Self

from rawspoof.core.tcp.seqnum import MASK
from rawspoof.core.wire.options import Options
from rawspoof.core.wire.segment import Segment

SLOT_S: Final = 64
"""A cookie completes a handshake for 64 to 128 s, as RFC 4987 §3.6 has it."""
SLOTS: Final = 128
"""Slots are counted modulo this, so a cookie looks young again every 2.3 hours; `Recent` knows better."""
ERA_S: Final = 1 << 17
"""About 36 hours; a proof of the last era still counts, so a held connection is known for 36 to 73 hours."""
MSS_CLASSES: Final = (48, 256, 536, 1200, 1360, 1440, 1460, 8940)
"""The peer's MSS is rounded down to one of these. 48 is Linux's tcp_min_snd_mss: a smaller one counts as 48."""
MSS_DEFAULT: Final = 536
"""RFC 9293 §3.7.1: without the option."""
SHIFT_CLASSES: Final = (0, 2, 5, 6, 7, 8, 10)
"""The peer's window shift, rounded down (so its window is never overrun); class 0 means no scaling at all."""
SENT_BITS: Final = 12
SENT_MAX: Final = (1 << SENT_BITS) - 1
"""Octets of ours that an ACK may cover and still be read; scanners read no banner beyond 4 KiB."""
_M_SPACE: Final = 1 << 16
_F_AND_DICE = Struct("!IQ").unpack


class Proof(NamedTuple):
    """What an ACK proves: its sender saw our SYN-ACK, and this is what it said in its SYN."""

    fresh: bool
    """Young enough, and the peer's number fits: this can complete a handshake.

    Modulo 8, that is: where the bare ACK and the first segment of a request are both lost, we begin with the second.
    """
    iss: int
    rcv_nxt: int
    """What to expect next: SEG.SEQ, or one more if this is a keep-alive of a peer that has sent nothing (§3.8.4)."""
    since_irs: int
    """SEG.SEQ - IRS modulo 8: 0 for that keep-alive, 1 while nothing was sent, anything later."""
    mss: int
    shift: int | None
    """Snd.Wind.Shift (RFC 7323 §2.2), None if window scaling was not agreed on."""
    sent: int
    """Octets of ours after the SYN that this ACK covers."""
    dice: int
    """64 bits that are this connection's own: jitter, IP identification, its mark in `Recent`."""
    age_s: int = 0
    """How long ago it was opened, in whole slots; modulo SLOTS of them."""


class Cookies:
    """Makes and proves our initial sequence numbers under one secret."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret[:32]

    def _f(self, key: bytes, era: int) -> tuple[int, int]:
        """F of a 4-tuple, and its dice."""
        digest = blake2s(key + (era & 0xFFFF).to_bytes(2, "big"), key=self._secret, digest_size=12).digest()
        f, dice = _F_AND_DICE(digest)
        return f, dice

    def iss(self, seg: Segment, options: Options, now: float) -> tuple[int, int]:
        """Our ISS for a SYN, and the connection's dice. `now` is seconds since the epoch."""
        second = int(now)
        f, dice = self._f(seg.key, second // ERA_S)
        mss_class = bisect_right(MSS_CLASSES, options.mss or MSS_DEFAULT) - 1
        shift_class = 0 if options.wscale is None else bisect_right(SHIFT_CLASSES, options.wscale)
        m = second // SLOT_S % SLOTS << 9 | (seg.seq & 7) << 6 | max(mss_class, 0) << 3 | shift_class
        return (f + (m << SENT_BITS)) & MASK, dice

    def dice(self, key: bytes, now: float) -> int:
        """64 bits that are this connection's own, the same as in its `Proof`."""
        return self._f(key, int(now) // ERA_S)[1]

    def proofs(self, seg: Segment, now: float) -> Iterator[Proof]:
        """What this ACK proves under the current era's F and, if that is not it, the last one's; nothing if not ours.

        With `sent` not zero, one ACK in 16 passes each by chance: compare `sent` with what was to be sent.
        """
        second = int(now)
        for era in (second // ERA_S, second // ERA_S - 1):
            f, dice = self._f(seg.key, era)
            beyond = (seg.ack - 1 - f) & MASK
            if beyond >> SENT_BITS < _M_SPACE:
                yield _read(seg, beyond, second, dice)


def _read(seg: Segment, beyond: int, second: int, dice: int) -> Proof:
    m, sent = beyond >> SENT_BITS, beyond & SENT_MAX
    age = (second // SLOT_S - (m >> 9)) % SLOTS
    since_irs = (seg.seq - (m >> 6)) & 7
    shift_class = m & 7
    return Proof(
        age < 2 and since_irs < 2 and not sent,
        (seg.ack - 1 - sent) & MASK,
        seg.seq if since_irs or len(seg.data) > 1 else (seg.seq + 1) & MASK,
        since_irs,
        MSS_CLASSES[m >> 3 & 7],
        SHIFT_CLASSES[shift_class - 1] if shift_class else None,
        sent,
        dice,
        age * SLOT_S,
    )


class Recent:
    """Which handshakes were completed lately, so that a later ACK of our ISS does not open the connection again.

    A table of fixed size, one mark to a place: a newer mark overwrites an older one, whose connection would then be
    reported once more. No growth, no timer: a mark ages with its cookie's slot.
    """

    def __init__(self, size: int = 1 << 17) -> None:
        """`size` is a power of two; a place is 8 bytes."""
        self._mask = size - 1
        self._marks = memoryview(bytearray(size * 8)).cast("Q")

    def add(self, dice: int) -> bool:
        """Mark a connection as opened; False if it was."""
        place = dice & self._mask
        if self._marks[place] == dice:
            return False
        self._marks[place] = dice
        return True

    def __contains__(self, dice: int) -> bool:
        return self._marks[dice & self._mask] == dice

    def copy(self) -> Self:
        """The same marks, for later comparison."""
        other = type(self)(self._mask + 1)
        other._marks[:] = self._marks
        return other

    def discard(self, dice: int) -> None:
        """Forget a mark: the connection ended, its 4-tuple may be used again."""
        place = dice & self._mask
        if self._marks[place] == dice:
            self._marks[place] = 0
