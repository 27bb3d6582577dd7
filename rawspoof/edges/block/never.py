"""Addresses that are never blocked, and why. Knows the configuration and asks the machine; blocks nobody.

Whoever could bring a block about for the gateway or a resolver would have this machine cut itself off.
"""

from collections.abc import Callable, Mapping
from ipaddress import ip_address, ip_network
from typing import Final
from urllib.parse import urlsplit

from rawspoof.config.model import Config
from rawspoof.core.gate import Prefix, prefixes, within
from rawspoof.edges.system import surroundings

SURVEY_S: Final = 1.0
"""How old what the machine said may be: with many connections it takes a while to say."""

NO_PEERS: Final = {
    "loopback": ("127.0.0.0/8", "::1/128"),
    "multicast": ("224.0.0.0/4", "ff00::/8"),
    # ::ffff:0:0/96 is IPv4 in another form, which no packet has.
    "no host's address": ("0.0.0.0/8", "255.255.255.255/32", "::/128", "::ffff:0:0/96"),
}
"""What no source of a connection can be."""

Survey = Mapping[str, Callable[[], set[bytes]]]

MACHINE: Final[Survey] = {
    "an address of this machine": surroundings.own,
    "a gateway of this machine": surroundings.gateways,
    "a resolver of this machine": surroundings.resolvers,
    "in a connection with this machine": surroundings.peers,
}


class Never:
    """Tells why an address is not to be blocked."""

    def __init__(self, config: Config, machine: Survey = MACHINE) -> None:
        named = {
            **NO_PEERS,
            "allow-listed (sensor.allow)": config.sensor.allow,
            "listed in block.never": config.block.never,
            "a decoy (sensor.networks)": config.sensor.networks,
            "an address of this machine": config.sensor.addresses,
            "the fleet's broker (fleet.url)": _broker(config.fleet.url),
        }
        self._networks: dict[str, tuple[Prefix, ...]] = {
            why: prefixes([ip_network(text) for text in texts]) for why, texts in named.items()
        }
        self._machine = machine
        self._found: dict[str, set[bytes]] = {}
        self._asked_at = float("-inf")

    def why(self, address: bytes, at: float) -> str:
        """The cause, in words that follow "is", or "" if the address may be blocked. `at` in seconds, of any clock."""
        for why, networks in self._networks.items():
            if within(address, networks):
                return why
        if not 0 <= at - self._asked_at < SURVEY_S:
            self._found = {why: ask() for why, ask in self._machine.items()}
            self._asked_at = at
        return next((why for why, found in self._found.items() if address in found), "")


def _broker(url: str) -> tuple[str, ...]:
    """The broker's address where the URL has it: a connection that is down just then protects it no more.

    A name is not looked up. Whoever runs a broker under one can list its address in block.never.
    """
    host = (urlsplit(url).hostname or "").partition("%")[0]
    try:
        return (str(ip_address(host)),)
    except ValueError:
        return ()


def packed(text: str) -> bytes:
    """An address that a person wrote, packed; IPv4 in IPv6's form as IPv4. Raises ValueError."""
    address = ip_address(text)
    mapped = None if address.version == 4 else address.ipv4_mapped
    return (mapped or address).packed
