"""What the firewall is asked to bring to us, as values. Turns configuration into a Plan; touches no kernel.

Knows addresses, ports and queues. What rules that makes is `ruleset`, how they are written down its three printers.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_network

from rawspoof.config.model import Config

Network = IPv4Network | IPv6Network

TABLE = "rawspoof"
"""Name of the nftables table, in family inet."""

MARK = 0x52415753
"""SO_MARK of every packet we send ("RAWS"): conntrack must leave those alone."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Which packets are brought to us, and how. Networks are sorted and never one inside another."""

    interfaces: tuple[str, ...] = ()
    """Interfaces to cover; empty: every one but loopback."""
    addresses: tuple[Network, ...] = ()
    """Own addresses to cover; empty: every local one."""
    networks: tuple[Network, ...] = ()
    """Decoy networks, covered whole."""
    exempt_ports: tuple[tuple[int, int], ...] = ()
    """First and last port of each span that stays with the kernel."""
    allow: tuple[Network, ...] = ()
    """Sources that see the machine as it is."""
    queue: int = 0
    """Number of the first queue."""
    queues: int = 1
    """How many queues there are; the two addresses of a packet decide which one it takes."""
    bypass: bool = True
    """What the kernel does where nobody reads the queue: True, answers by itself; False, drops."""
    mark: int = MARK
    """SO_MARK of the packets we send."""
    blocked_max: int = 65536
    """Blocked sources of a family at a time; one beyond that is not blocked, and counted by the guard."""


def plan_from(config: Config) -> Plan:
    """The plan that a configuration asks for. The configuration comes from `load`, which has checked it."""
    sensor = config.sensor
    return Plan(
        interfaces=sensor.interfaces,
        addresses=_merged(sensor.addresses),
        networks=_merged(sensor.networks),
        exempt_ports=_spans(left_to_kernel(config)),
        allow=_merged(sensor.allow),
        queue=sensor.queue,
        queues=sensor.workers,
        bypass=sensor.bypass,
    )


def left_to_kernel(config: Config) -> frozenset[int]:
    """The ports that are not ours: the exempt ones, the web admin's and, where some are named, all but these."""
    exempt, only = frozenset(config.exempt_ports), frozenset(config.sensor.only_ports)
    return exempt | (frozenset(range(1 << 16)) - only) if only else exempt


def of_family(networks: Iterable[Network], version: int) -> list[Network]:
    """Those networks that are of IP version 4 or 6, in their order."""
    return [network for network in networks if network.version == version]


def _merged(texts: Iterable[str]) -> tuple[Network, ...]:
    """The same addresses in as few networks as possible: each one costs every packet a comparison."""
    networks = [ip_network(text) for text in texts]
    four = collapse_addresses(n for n in networks if isinstance(n, IPv4Network))
    six = collapse_addresses(n for n in networks if isinstance(n, IPv6Network))
    return (*four, *six)


def _spans(ports: Iterable[int]) -> tuple[tuple[int, int], ...]:
    """The same ports in as few spans as possible, for the same reason."""
    spans: list[tuple[int, int]] = []
    for port in sorted(set(ports)):
        if spans and spans[-1][1] == port - 1:
            spans[-1] = (spans[-1][0], port)
        else:
            spans.append((port, port))
    return tuple(spans)
