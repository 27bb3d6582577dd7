"""A hold that closes the window after the peer's first data and answers its probes for ever, without any state.

RFC 9293 §3.8.6.1 obliges the peer to probe a zero window, and to go on as long as it is answered (LaBrea's persist
mode). What must be remembered hides in the peer's own numbers: of the first data we take 4, 12, 20, … octets, so its
later numbers lie 4 or 5 (modulo 8) after IRS, where a peer that has sent nothing is at 0 (keep-alive) or 1.
"""

from typing import Final

from rawspoof.core.tcp.handshake import Proof
from rawspoof.core.wire.segment import Segment

KEEP_ALIVE: Final = 0
"""`Proof.since_irs` of a keep-alive from a peer that has sent nothing: one before the next number."""
NOTHING_SENT: Final = 1
"""`Proof.since_irs` of a peer that has sent nothing but its SYN."""


def taken(seg: Segment, proof: Proof) -> int:
    """How far beyond SEG.SEQ our acknowledgment reaches: of the first data some, of a probe nothing new."""
    size = len(seg.data)
    if not size:
        # Linux probes with an empty segment one before its next number, as keep-alives do.
        return 0 if proof.since_irs == NOTHING_SENT else 1
    if proof.since_irs == NOTHING_SENT:
        return (size - 4) // 8 * 8 + 4 if size >= 4 else 0
    return 1 if proof.since_irs == KEEP_ALIVE and size == 1 else 0


def calls_for_answer(seg: Segment, proof: Proof) -> bool:
    """Whether to answer at all: an empty segment that is no probe is only heard."""
    return bool(seg.data) or proof.since_irs != NOTHING_SENT
