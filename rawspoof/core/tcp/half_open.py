"""The few SYN-ACKs that we repeat by ourselves: a lost handshake ACK would else leave a silent client waiting for ever.

RFC 9293 §3.8.1 retransmits a SYN-ACK like any segment. Ours: at most `half_open_max` of them wait at once (a flood
gets one answer each and costs nothing), and never more than three times the bytes that the unproven source sent.
"""

from typing import Final, NamedTuple

from rawspoof.core.wire.options import Options
from rawspoof.core.wire.segment import Segment

AMPLIFICATION_MAX: Final = 3
"""Bytes sent to an unproven address for each byte it sent (RFC 9000 §8.1 has the same number)."""
FIRST_AFTER_S: Final = 1.0
"""RFC 6298 §2.1; the second follows after twice as long."""


class Waiting(NamedTuple):
    """A SYN whose SYN-ACK nobody acknowledged yet."""

    seg: Segment
    options: Options
    iss: int
    sent: int
    """Bytes of SYN-ACKs sent so far."""
    delay_s: float
    """How long the current wait is."""


class HalfOpen:
    """Key → its moment, and what to repeat then; bounded.

    An answered one (None) keeps its place until its moment, so the bound is on moments too.
    """

    def __init__(self, half_open_max: int) -> None:
        self._waiting: dict[bytes, tuple[float, Waiting | None]] = {}
        self._max = half_open_max

    def __len__(self) -> int:
        return len(self._waiting)

    def limit(self, half_open_max: int) -> None:
        """Keep so many from now on; those that are more stay until their moment."""
        self._max = half_open_max

    def add(self, seg: Segment, options: Options, iss: int, sent: int, at: float) -> float | None:
        """The moment at which this SYN-ACK of `sent` bytes is to be repeated.

        None if it already is to be, if there is no room, or if one more would be too much.
        """
        if len(self._waiting) >= self._max or seg.key in self._waiting or 2 * sent > AMPLIFICATION_MAX * seg.size:
            return None
        return self._wait(Waiting(seg, options, iss, sent, FIRST_AFTER_S), at)

    def answered(self, key: bytes) -> None:
        """The peer acknowledged or refused: nothing to repeat."""
        if key in self._waiting:
            self._waiting[key] = self._waiting[key][0], None

    def due_at(self, key: bytes) -> float | None:
        """This one's moment, None if it is not here."""
        found = self._waiting.get(key)
        return None if found is None else found[0]

    def due(self, key: bytes, moment: float) -> Waiting | None:
        """Take out what is to be repeated at this moment; None if it was answered, or has another moment."""
        return self._waiting.pop(key)[1] if self.due_at(key) == moment else None

    def again(self, waiting: Waiting, size: int, at: float) -> float | None:
        """Keep it for one more time after sending `size` bytes: that moment, None if that would be too much."""
        sent = waiting.sent + size
        if sent + size > waiting.seg.size * AMPLIFICATION_MAX:
            return None
        return self._wait(waiting._replace(sent=sent, delay_s=waiting.delay_s * 2), at)

    def _wait(self, waiting: Waiting, at: float) -> float:
        due_at = at + waiting.delay_s
        self._waiting[waiting.seg.key] = due_at, waiting
        return due_at
