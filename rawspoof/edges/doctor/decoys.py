"""Whether packets for decoy networks find their way here, and what becomes of them while no worker runs.

Judges routes; changes nothing, sends nothing. rp_filter is no matter: it is asked after our chain, and never of what
a raw socket sends (tests/netns/test_decoys.py).
"""

from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Final, NamedTuple

from pyroute2 import IPRoute

from rawspoof.edges.doctor.finding import Finding, advice, good
from rawspoof.edges.firewall.plan import Network, Plan
from rawspoof.edges.system import proc
from rawspoof.edges.system.links import Link

_FORWARDING: Final = {4: "sys/net/ipv4/ip_forward", 6: "sys/net/ipv6/conf/all/forwarding"}
_AF_VERSION: Final = {2: 4, 10: 6}
_ANYWHERE: Final = {4: "0.0.0.0", 6: "::"}  # noqa: S104  nothing is bound to it
_RTN_LOCAL: Final = 2
_DISCARDS: Final = frozenset({6, 7, 8})
"""RTN_BLACKHOLE, RTN_UNREACHABLE, RTN_PROHIBIT."""


class Route(NamedTuple):
    """One route of this machine."""

    network: Network
    kind: int
    """RTN_…, as in linux/rtnetlink.h."""


def routes() -> list[Route]:
    """All of this namespace, of every table."""
    with IPRoute() as route:
        return [
            Route(_network(one.get_attr("RTA_DST"), one["dst_len"], one["family"]), one["type"])
            for one in route.get_routes()
            if one["family"] in _AF_VERSION
        ]


def decoys(plan: Plan, links: list[Link], known: list[Route]) -> Iterator[Finding]:
    """What there is to say about each decoy network."""
    for network in plan.networks:
        yield from _on_link(network, links, known)
        yield from _circles(network, plan, known)


def _on_link(network: Network, links: list[Link], known: list[Route]) -> Iterator[Finding]:
    """Whether neighbours take its addresses for those of neighbours, and ask for them where nobody answers."""
    holders = [link.name for link in links for one in link.addresses if _holds(one.interface.network, network)]
    if not holders or any(route.kind == _RTN_LOCAL and _holds(route.network, network) for route in known):
        yield good("network.decoy", f"decoys {network} answer, once a router sends them here")
        return
    asked = "ARP" if network.version == 4 else "neighbour discovery"
    what = f"decoys {network} lie in the network of {holders[0]}: neighbours ask for them by {asked}, nobody answers"
    cure = f"have the router send {network} to this machine's address"
    if network.version == 4:
        cure += f", or answer for it: ip route add local {network} dev lo"
    yield advice("network.decoy-onlink", what, cure)


def _circles(network: Network, plan: Plan, known: list[Route]) -> Iterator[Finding]:
    if not plan.bypass or not proc.number(_FORWARDING[network.version]):
        return
    ends = any(route.kind in _DISCARDS | {_RTN_LOCAL} and _holds(route.network, network) for route in known)
    if not ends:
        # Without a reader the packets go on to routing, which sends them back to whoever routed them to us.
        what = f"this machine forwards packets: while no worker runs, those to {network} go round in circles"
        yield advice("network.decoy-circles", what, f"ip route add blackhole {network}")


def _holds(outer: Network, inner: Network) -> bool:
    if isinstance(outer, IPv4Network):
        return isinstance(inner, IPv4Network) and inner.subnet_of(outer)
    return isinstance(inner, IPv6Network) and inner.subnet_of(outer)


def _network(text: str | None, bits: int, family: int) -> Network:
    """The default route's has no address."""
    return ip_network(f"{text or _ANYWHERE[_AF_VERSION[family]]}/{bits}")
