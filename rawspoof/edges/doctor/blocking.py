"""Whether blocking would shut out those it should not: its thresholds, and whoever administers this machine.

Judges the configuration and who is connected now; blocks nobody.
"""

from collections.abc import Collection, Iterator
from ipaddress import IPv4Address, IPv6Address, ip_network
from typing import Final

from rawspoof.config.model import Config
from rawspoof.edges.doctor.finding import Finding, advice, good

PORTS_FEW: Final = 10
"""Connections to fewer ports than this are made by monitoring, misconfigured clients and the merely curious."""
LEVEL_MEANT: Final = 2
"""Level 1 begins at 150 points: ten ports and a handshake."""
RISK_MEANT: Final = 400

Address = IPv4Address | IPv6Address


def blocking(config: Config, admins: Collection[Address]) -> Iterator[Finding]:
    """What there is to say; `admins` are the other sides of SSH sessions with this machine."""
    block = config.block
    if not block.enabled:
        return
    hasty = {
        f"level_min = {block.level_min}": 0 < block.level_min < LEVEL_MEANT,
        f"risk_min = {block.risk_min}": 0 < block.risk_min < RISK_MEANT,
        f"ports_min = {block.ports_min}": 0 < block.ports_min < PORTS_FEW,
        f"connections_min = {block.connections_min}": 0 < block.connections_min < PORTS_FEW,
    }
    if rash := [key for key, is_so in hasty.items() if is_so]:
        what = f"block.{', block.'.join(rash)}: blocks some who did no harm, and everybody behind their address"
        yield advice("firewall.block-hasty", what, "block.dry_run = true shows for a week who it would be")
    spared = [ip_network(text) for text in (*config.sensor.allow, *block.never)]
    alone = [str(address) for address in admins if not any(address in network for network in spared)]
    if alone:
        what = f"{', '.join(alone)} (SSH) cannot be blocked while connected, but could be later"
        yield advice("firewall.block-admin", what, f"block.never = [{', '.join(repr(one) for one in alone)}]")
    yield good("firewall.block-never", "gateways, resolvers, own addresses and whoever is connected are never blocked")
