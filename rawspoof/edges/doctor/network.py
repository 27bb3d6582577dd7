"""What the interfaces and addresses of this machine mean for the sensor: what is covered, what is not, who comes first.

Judges what the kernel says of its links; changes nothing, sends nothing.
"""

from collections.abc import Iterator, Sequence
from ipaddress import IPv6Interface, ip_address
from typing import Final

from rawspoof.config.model import Config
from rawspoof.edges.doctor.finding import Finding, advice, good, trouble
from rawspoof.edges.firewall.guard import FirewallError, check_interfaces
from rawspoof.edges.firewall.plan import Plan
from rawspoof.edges.system import nic, proc
from rawspoof.edges.system.links import Link

PAYLOAD_MAX: Final = 4016
"""Bytes of a packet that netfilterqueue 1.1 hands over: its buffer of 4096 less netlink's own."""

_TUNNELS: Final = frozenset({"wireguard", "tun", "ppp", "xfrm", "vti", "vti6", "ipip", "gre", "ip6tnl", "sit"})
_INSIDE: Final = frozenset({"bridge"})


def network(config: Config, plan: Plan, links: Sequence[Link]) -> Iterator[Finding]:
    """Everything about interfaces and addresses."""
    try:
        check_interfaces(plan)
    except FirewallError as wrong:
        yield trouble("network.interfaces", str(wrong), "correct sensor.interfaces")
        return
    covered = [link for link in links if link.name != "lo" and link.name in (plan.interfaces or [link.name])]
    yield good("network.interfaces", f"covered interfaces: {_names(covered) or 'none yet'}")
    for link in covered:
        yield from _early(link)
        yield from _router_adverts(link)
    yield from _down(covered)
    if not plan.interfaces:
        yield from _unmeant(covered)
    yield from _addresses(config, links, covered)
    yield from _ipv6(links)
    yield _loopback()


def _early(link: Link) -> Iterator[Finding]:
    """What happens to packets before the firewall. What GRO joined the kernel takes apart again for a queue."""
    if nic.merges(link.name):
        what = f"{link.name} joins segments before we see them (LRO)"
        yield advice("network.lro", what, f"ethtool -K {link.name} lro off")
    if link.mtu > PAYLOAD_MAX:
        what = f"{link.name} has an MTU of {link.mtu}; of a packet we get {PAYLOAD_MAX} bytes at most"
        yield advice("network.mtu", what, "nothing, unless data of full jumbo frames matters to you")
    if link.xdp:
        what = f"an XDP program on {link.name} sees packets before the firewall; what it takes never comes to us"
        yield advice("network.xdp", what, f"see whose it is: bpftool net show dev {link.name}")
    if link.filtered:
        what = f"tc may filter packets on {link.name} before the firewall sees them"
        yield advice("network.tc", what, f"see that nothing is dropped there: tc filter show dev {link.name} ingress")


def _router_adverts(link: Link) -> Iterator[Finding]:
    folder = "sys/net/ipv6/conf"
    forwards = proc.number(f"{folder}/{link.name}/forwarding")
    if forwards and proc.number(f"{folder}/{link.name}/accept_ra") == 1:
        what = f"{link.name} forwards IPv6 and so ignores router advertisements: it may lose address and default route"
        cure = f"sysctl -w net.ipv6.conf.{link.name}.accept_ra=2, or give it an address by hand"
        yield advice("network.accept-ra", what, cure)


def _down(covered: Sequence[Link]) -> Iterator[Finding]:
    if not any(link.up for link in covered):
        named = _names(covered) or "but for loopback there is none"
        yield advice("network.down", f"no covered interface is up: {named}", "ip link set NAME up")


def _unmeant(covered: Sequence[Link]) -> Iterator[Finding]:
    """Where every interface is covered, some were perhaps not thought of."""
    if tunnels := [link for link in covered if link.kind in _TUNNELS]:
        what = f"the other sides of {_names(tunnels)} (VPN) meet fake services here too"
        yield advice("network.vpn", what, "name the interfaces to cover in sensor.interfaces (--iface)")
    if inside := [link for link in covered if link.kind in _INSIDE]:
        what = f"containers and guests on {_names(inside)} meet fake services here too"
        yield advice("network.inside", what, "name the interfaces to cover in sensor.interfaces (--iface)")


def _addresses(config: Config, links: Sequence[Link], covered: Sequence[Link]) -> Iterator[Finding]:
    """With a list of addresses, those that are in it or should be."""
    named = [ip_address(text) for text in config.sensor.addresses]
    here = {one.interface.ip: one for link in links for one in link.addresses}
    missing = [str(address) for address in named if address not in here]
    if missing:
        what = f"sensor.addresses names what is no address of this machine now: {', '.join(missing)}"
        cure = "correct it; for addresses that are routed here use sensor.networks"
        yield (advice if len(missing) < len(named) else trouble)("network.address-missing", what, cure)
    if not named:
        return
    bare = [
        str(one.interface.ip)
        for link in covered
        for one in link.addresses
        if one.interface.ip not in named and not one.interface.is_link_local
    ]
    if bare:
        what = f"not covered, and seen as they are: {', '.join(bare)}"
        yield advice("network.address-uncovered", what, "add them to sensor.addresses, or leave that list empty")
    passing = [str(one) for one in named if one in here and one.version == 6 and not here[one].lasting]
    if passing:
        what = f"named in sensor.addresses, but only lent by a router: {', '.join(passing)}"
        yield advice("network.address-passing", what, "leave sensor.addresses empty, or give the machine a lasting one")


def _ipv6(links: Sequence[Link]) -> Iterator[Finding]:
    reachable = any(
        isinstance(one.interface, IPv6Interface) and not one.interface.is_link_local and not one.interface.is_loopback
        for link in links
        for one in link.addresses
    )
    yield good("network.ipv6", "IPv6 is covered as IPv4 is" if reachable else "no IPv6 address, so IPv6 is no way in")


def _loopback() -> Finding:
    what = "loopback is never covered, and from this machine its own addresses are reached by loopback"
    cure = "try the sensor from another machine, or with `rawspoof doctor --scan`"
    return advice("network.loopback", what, cure)


def _names(links: Sequence[Link]) -> str:
    return ", ".join(link.name for link in links)
