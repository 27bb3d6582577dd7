"""What a segment's flags make it, in nmap's words. A table of all 256."""

from typing import Final

from rawspoof.core.wire.segment import ACK, FIN, PSH, RST, SYN, URG

_NAMED: Final = {
    SYN: "syn",
    0: "null",
    FIN: "fin",
    FIN | PSH | URG: "xmas",
    FIN | ACK: "maimon",
    ACK: "ack",
    PSH | ACK: "ack",
    SYN | ACK: "syn-ack",
    RST: "rst",
    RST | ACK: "rst",
}
"""By the lower six flags. ECE and CWR are congestion's: a SYN with them is a SYN all the same (RFC 3168 §6.1.1)."""

KINDS: Final = tuple(_NAMED.get(flags & 0x3F, "odd") for flags in range(256))
"""Kind by flags."""


def named(counts: dict[int, int]) -> dict[str, int]:
    """Counts by kind, of counts by flags."""
    kinds: dict[str, int] = {}
    for flags, count in counts.items():
        kinds[KINDS[flags]] = kinds.get(KINDS[flags], 0) + count
    return kinds
