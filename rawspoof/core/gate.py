"""Is this packet ours: our address, our port, a source that is not allowed past? Knows no connections.

The kernel's table asks the same questions first; here they hold for pcap files, and for packets that somebody else's
rules brought us.
"""

from collections.abc import Collection, Sequence
from ipaddress import IPv4Network, IPv6Network

from rawspoof.core.wire.segment import Segment

Network = IPv4Network | IPv6Network


class Gate:
    """Answers `ours` for each segment. Empty `addresses` and `networks` mean every destination."""

    def __init__(
        self,
        addresses: Sequence[bytes],
        networks: Sequence[Network],
        exempt_ports: Collection[int],
        allow: Sequence[Network],
    ) -> None:
        self._any_destination = not addresses and not networks
        self._addresses = frozenset(addresses)
        self._networks = prefixes(networks)
        self._exempt = frozenset(exempt_ports)
        self._allow = prefixes(allow)
        self._all = self._any_destination and not self._exempt and not self._allow

    def ours(self, seg: Segment) -> bool:
        """Whether the sensor answers this segment."""
        if self._all:
            return True
        if seg.dport in self._exempt or within(seg.src, self._allow):
            return False
        return self._any_destination or seg.dst in self._addresses or within(seg.dst, self._networks)


Prefix = tuple[int, int, int]
"""Address length in bytes, mask, network number."""


def prefixes(networks: Sequence[Network]) -> tuple[Prefix, ...]:
    """Networks as `within` wants them."""
    return tuple((net.max_prefixlen // 8, int(net.netmask), int(net.network_address)) for net in networks)


def within(address: bytes, prefixes: tuple[Prefix, ...]) -> bool:
    """Whether a packed address is in one of the networks."""
    number = int.from_bytes(address, "big")
    return any(len(address) == size and number & mask == net for size, mask, net in prefixes)
