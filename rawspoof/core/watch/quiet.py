"""Sources that asked little and went: how often they came and where they asked, for who asks once an hour.

Remembers by address, bounded; what makes a scan slow is `technique`'s. Loud sources are not remembered: they were told.
"""

from struct import pack, unpack
from typing import Final
from zlib import crc32

from rawspoof.core.watch.source import Source

DOORS_MAX: Final = 8
"""Ports asked in all visits together that are still little."""
VISITS_MAX: Final = 255


class Quiet:
    """Addresses and their visits, at most `most`; the one that went first goes for a new one, and is counted."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._visits: dict[bytes, bytes] = {}
        self.lost = 0
        """Forgotten for newer ones."""

    def keep(self, source: Source) -> None:
        """Remember a source that goes, if it asked little."""
        if source.new_ports > DOORS_MAX or len(doors := seen(source)) > DOORS_MAX:
            return
        if len(self._visits) >= self._most:
            del self._visits[next(iter(self._visits))]
            self.lost += 1
        visits = min(source.visits + 1, VISITS_MAX)
        self._visits[source.address] = pack(f"!B{len(doors)}H", visits, *sorted(doors))

    def recall(self, source: Source) -> None:
        """What is remembered of a source that comes, for it to keep meanwhile."""
        packed = self._visits.pop(source.address, None)
        if packed is not None:
            source.visits, *doors = unpack(f"!B{len(packed) // 2}H", packed)
            source.doors = frozenset(doors)


def seen(source: Source) -> frozenset[int]:
    """Where a source asked, in this visit and earlier ones: a number of 16 bits for each port of each address."""
    return source.doors | {
        crc32(target + port.to_bytes(2)) & 0xFFFF for target, ports in source.targets.items() for port in ports
    }
