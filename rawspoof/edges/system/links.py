"""The network interfaces of this namespace as the kernel tells of them by netlink: kind, state, addresses, filters.

Reads; judges nothing. Needs no root.
"""

from collections import defaultdict
from ipaddress import IPv4Interface, IPv6Interface, ip_interface
from typing import Any, Final, NamedTuple

from pyroute2 import IPRoute

_IFA_F_PERMANENT: Final = 0x80
_IFF_UP: Final = 1
_FILTERS: Final = frozenset({"clsact", "ingress"})
"""Queueing disciplines whose filters see packets before the firewall does."""


class Address(NamedTuple):
    """One address of an interface."""

    interface: IPv4Interface | IPv6Interface
    lasting: bool
    """False where it was given for a time, by DHCP or a router."""


class Link(NamedTuple):
    """One interface."""

    name: str
    kind: str
    """`veth`, `bridge`, `wireguard`, `tun` …; "" for a card."""
    up: bool
    mtu: int
    xdp: bool
    """Whether a program sees packets before anybody else."""
    filtered: bool
    """Whether tc may have filters there."""
    addresses: tuple[Address, ...] = ()


def links() -> list[Link]:
    """Every interface, loopback included."""
    with IPRoute() as route:
        addresses: defaultdict[int, list[Address]] = defaultdict(list)
        for one in route.get_addr():
            # Of a point-to-point interface IFA_ADDRESS is the other side's.
            text = one.get_attr("IFA_LOCAL") or one.get_attr("IFA_ADDRESS")
            flags = one.get_attr("IFA_FLAGS") or one["flags"]
            found = ip_interface(f"{text}/{one['prefixlen']}")
            addresses[one["index"]].append(Address(found, bool(flags & _IFA_F_PERMANENT)))
        filtered = {one["index"] for one in route.get_qdiscs() if one.get_attr("TCA_KIND") in _FILTERS}
        return [_link(one, tuple(addresses[one["index"]]), one["index"] in filtered) for one in route.get_links()]


def _link(one: Any, addresses: tuple[Address, ...], filtered: bool) -> Link:
    info, xdp = one.get_attr("IFLA_LINKINFO"), one.get_attr("IFLA_XDP")
    return Link(
        name=one.get_attr("IFLA_IFNAME"),
        kind=str(info.get_attr("IFLA_INFO_KIND") or "") if info else "",
        up=bool(one["flags"] & _IFF_UP),
        mtu=int(one.get_attr("IFLA_MTU") or 0),
        xdp=bool(xdp and xdp.get_attr("IFLA_XDP_ATTACHED")),
        filtered=filtered,
        addresses=addresses,
    )
