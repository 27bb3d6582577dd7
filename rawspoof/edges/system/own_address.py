"""Which address of ours a port is looked up at, where nobody names one. Asks the routing table, sends nothing."""

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final

from rawspoof.config.model import Config

ANYBODY: Final = "192.0.2.1"
"""An address of nobody's (RFC 5737)."""


def own_address(config: Config) -> IPv4Address | IPv6Address:
    """The first address that is covered, else the one this machine would use to reach the world."""
    if config.sensor.addresses:
        return ip_address(config.sensor.addresses[0])
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        try:
            # Connecting a datagram socket asks the routing table.
            sock.connect((ANYBODY, 9))
        except OSError:
            return ip_address("127.0.0.1")
        return ip_address(sock.getsockname()[0])
