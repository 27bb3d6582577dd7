"""Deals each address of a plausible world its kind of host and its open ports, by keyed hash. Remembers the latest."""

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate
from typing import Final, NamedTuple

from rawspoof.core.world.kind import Door, Kind

HOSTS_MAX: Final = 4096
"""Hosts remembered; the oldest is forgotten for a new one and dealt again, the same."""

_TWO_32: Final = 2**32


class Host(NamedTuple):
    """One address's kind, and what it opens."""

    kind: Kind
    opens: Mapping[int, tuple[str, ...]]
    """Port → ids of the services that may live there, () for any."""

    def door(self, port: int) -> Door:
        """What a SYN to this port meets."""
        return Door.OPEN if port in self.opens else Door(self.kind.closed)


class Estate:
    """All hosts there could be. `throw` gives 32 random bytes for (purpose, group, address, number)."""

    def __init__(self, kinds: Sequence[Kind], throw: Callable[[bytes, bytes, bytes, int], bytes]) -> None:
        """Raises ValueError if there is no kind to deal."""
        self._kinds = [kind for kind in kinds if kind.weight]
        if not self._kinds:
            raise ValueError("world.kind: there is no kind of host to deal; signatures/profiles holds them")
        self._bounds = list(accumulate(kind.weight for kind in self._kinds))
        self._throw = throw
        self._hosts: OrderedDict[tuple[bytes, bytes, int], Host] = OrderedDict()
        self.evicted = 0

    def host(self, group: bytes, dst: bytes, turn: int = 0) -> Host:
        """Who lives at this address, for this group of sources; at another turn the same one, with other ports."""
        known = self._hosts.get((group, dst, turn))
        if known is not None:
            return known
        if len(self._hosts) >= HOSTS_MAX:
            self._hosts.popitem(last=False)
            self.evicted += 1
        dealt = self._hosts[group, dst, turn] = self._deal(group, dst, turn)
        return dealt

    def _deal(self, group: bytes, dst: bytes, turn: int) -> Host:
        number = int.from_bytes(self._throw(b"kind", group, dst, 0)[:8])
        kind = self._kinds[bisect_right(self._bounds, number % self._bounds[-1])]
        opens = {
            rule.port: rule.services
            for rule in kind.ports
            if int.from_bytes(self._throw(b"opens", group, dst, turn << 16 | rule.port)[:4]) / _TWO_32 < rule.share
        }
        return Host(kind, opens)
