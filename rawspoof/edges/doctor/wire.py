"""A place to look at this machine from: a network namespace of its own and a wire to it, for as long as it is entered.

Namespace, wire, addresses and routes go with their last descriptor, so whatever ends us takes them away. The only route
in there leads to the one address that is looked at: nothing can be sent anywhere else.
"""

import errno
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from pyroute2 import IPRoute, NetlinkError

from rawspoof.edges.doctor.decoys import Route
from rawspoof.edges.firewall.plan import Network
from rawspoof.edges.system import namespace
from rawspoof.edges.system.endings import undisturbed

INTERFACE: Final = "rawspoof-scan"
"""This machine's end of the wire."""
FAR: Final = "eth0"
BENCHMARKS: Final = IPv4Network("198.18.0.0/15")
"""For tests of networks (RFC 2544): nobody has these on the Internet."""
UNIQUE_LOCAL: Final = IPv6Network("fd00::/8")
TRIES_MAX: Final = 64

Address = IPv4Address | IPv6Address


class ScanError(Exception):
    """One line for people: why nothing could be looked at, and the cure."""


class Wire:
    """The namespace and the wire. Takes root: PermissionError without."""

    def __init__(self, target: Address, ends: tuple[Address, Address]) -> None:
        """`ends` are the addresses of this machine's end and the far one."""
        self._target, self._near, self._far = target, *ends
        self._namespace, self._index = -1, 0

    @property
    def source(self) -> Address:
        """Whom this machine sees."""
        return self._far

    def __enter__(self) -> Self:
        self._namespace = namespace.create()
        try:
            with undisturbed():
                self._lay()
        except NetlinkError as refused:
            self.close()
            if refused.code == errno.EEXIST:
                raise ScanError(f"another scan is going on (over {INTERFACE}): wait until it ends") from None
            raise ScanError(f"no wire to look at this machine over: {refused.args[-1]}") from None
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Take it all away, now: the kernel would do it a little later."""
        try:
            if self._index:
                with undisturbed(), IPRoute() as route:
                    route.link("del", index=self._index)
        finally:
            self._index = 0
            if self._namespace >= 0:
                os.close(self._namespace)
                self._namespace = -1

    def inside(self) -> AbstractContextManager[None]:
        """This thread is at the far end: sockets it opens and processes it starts stay there."""
        return namespace.inside(self._namespace)

    def _lay(self) -> None:
        bits = 30 if self._target.version == 4 else 126
        with IPRoute() as route:
            route.link("add", ifname=INTERFACE, kind="veth", peer={"ifname": FAR, "net_ns_fd": self._namespace})
            self._index = route.link_lookup(ifname=INTERFACE)[0]
            self._quieten(INTERFACE)
            _raise(route, INTERFACE, self._near, bits)
        with self.inside(), IPRoute() as route:
            self._quieten(FAR)
            _raise(route, FAR, self._far, bits)
            if self._target != self._near:
                route.route("add", dst=f"{self._target}/{self._target.max_prefixlen}", gateway=str(self._near))

    def _quieten(self, name: str) -> None:
        """Nobody asks for routers or neighbours of the same name on a wire that we alone use."""
        folder = Path("/proc/sys/net/ipv6/conf", name)
        if folder.is_dir():
            (folder / "accept_ra").write_text("0")
            (folder / "accept_dad").write_text("0")
            if self._target.version == 4:
                (folder / "disable_ipv6").write_text("1")


def free_ends(target: Address, taken: Iterable[Network], routes: Iterable[Route]) -> tuple[Address, Address]:
    """Two addresses of a small network that nobody here has, knows a way to, or has in the configuration.

    Raises ScanError where there is none.
    """
    known = [*taken, *(route.network for route in routes if route.network.prefixlen)]
    for network in _candidates(target.version):
        if not any(network.version == one.version and network.overlaps(one) for one in known):
            return network[1], network[2]
    raise ScanError(
        "no network is free for the scan's own wire: is 198.18.0.0/15 routed here? Scan from another machine"
    )


def _candidates(version: int) -> Iterator[Network]:
    for _ in range(TRIES_MAX):
        if version == 4:
            yield ip_network((int(BENCHMARKS[0]) + 4 * secrets.randbelow(1 << 15), 30))
        else:
            yield ip_network((int(UNIQUE_LOCAL[0]) + (secrets.randbits(56) << 64), 126))


def _raise(route: IPRoute, name: str, address: Address, bits: int) -> None:
    index = route.link_lookup(ifname=name)[0]
    route.addr("add", index=index, address=str(address), prefixlen=bits)
    route.link("set", index=index, state="up")
