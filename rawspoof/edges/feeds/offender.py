"""One blocked source as feeds tell of it. Text of addresses and of a closed list of words: nothing an attacker said."""

from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import NamedTuple

from rawspoof.core.event import BlockAdded
from rawspoof.core.watch.blocklist import Blocked


class Offender(NamedTuple):
    """A source that completed a handshake, and was blocked for what it did."""

    address: IPv4Address | IPv6Address
    since: float
    until: float
    """Seconds since the epoch."""
    times: int
    reason: str
    """One of BLOCK_REASONS."""
    target: IPv4Address | IPv6Address
    port: int
    """Where it did it."""

    @property
    def version(self) -> int:
        """4 or 6."""
        return self.address.version


def of_event(event: BlockAdded) -> Offender:
    """The offender an event is about."""
    until = event.at + event.seconds
    who, where = ip_address(event.src), ip_address(event.dst)
    return Offender(who, event.at, until, event.times, event.reason, where, event.dport)


def of_list(block: Blocked) -> Offender:
    """The offender of a block on the list."""
    who, where = ip_address(block.address), ip_address(block.deed.dst)
    return Offender(who, block.since, block.until, block.times, block.deed.reason, where, block.deed.dport)


def moment(at: float) -> str:
    """RFC 3339 in UTC, with milliseconds and Z, as STIX wants it."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
