"""MITRE ATT&CK techniques for what a source does: others inside one's own networks than outside. A table.

Enterprise matrix 15: Discovery and Lateral Movement inside, Reconnaissance and Initial Access outside.
"""

from collections.abc import Iterable
from typing import Final

_INSIDE: Final = {
    "sweep": "T1018",
    "brute-force": "T1110",
    "credential": "T1110",
    "exploit": "T1210",
}
_OUTSIDE: Final = {
    "sweep": "T1595.001",
    "version": "T1592.002",
    "os": "T1592.004",
    "banner": "T1592.002",
    "vulnerability": "T1595.002",
    "wordlist": "T1595.003",
    "brute-force": "T1110",
    "credential": "T1110",
    "exploit": "T1190",
}
_SCANS: Final = frozenset(
    ("syn", "connect", "fin", "null", "xmas", "ack", "maimon", "odd", "idle", "slow", "badsum", "decoy")
)
_NONE: Final = frozenset(("backscatter", "flood"))
"""Packets of somebody else's victim; packets of nobody who could be named."""


def attack(techniques: Iterable[str], inside: bool) -> tuple[str, ...]:
    """Technique ids, each once, in order; `inside` says that the source is in the owner's own networks."""
    table, scan = (_INSIDE, "T1046") if inside else (_OUTSIDE, "T1595.001")
    ids = [table.get(name, scan if name in _SCANS or (inside and name not in _NONE) else "") for name in techniques]
    return tuple(sorted({found for found in ids if found}))
