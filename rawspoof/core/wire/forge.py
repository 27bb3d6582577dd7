"""SYN-ACK packets made by scapy, at start-up and never again.

The one core module with a window, by name (DESIGN: scapy forges, struct stamps); nothing on the packet's way
imports it.
"""

from scapy.config import conf

# Importing scapy's layers reads the whole routing table, minutes long on a router, unless told not to.
conf.route_autoload = conf.route6_autoload = False

from scapy.layers.inet import IP, TCP  # noqa: E402  the switches above must come first
from scapy.layers.inet6 import IPv6  # noqa: E402

from rawspoof.core.wire.template import Look  # noqa: E402


def synack(look: Look) -> bytes:
    """A whole SYN-ACK packet (44 to 80 bytes), its addresses, ports, SEQ, ACK, TSval and TSecr zero."""
    tcp = TCP(sport=0, dport=0, flags="SA", window=look.window, options=_options(look))
    if look.version == 6:
        return bytes(IPv6(src="::", dst="::", hlim=look.ttl) / tcp)
    flags = "DF" if look.df else 0
    return bytes(IP(src="0.0.0.0", dst="0.0.0.0", ttl=look.ttl, id=0, flags=flags) / tcp)  # noqa: S104  not a bind


def _options(look: Look) -> list[tuple[str, object]]:
    meaning: dict[str, tuple[str, object]] = {
        "M": ("MSS", look.mss),
        "S": ("SAckOK", b""),
        "T": ("Timestamp", (0, 0)),
        "W": ("WScale", look.wscale),
        "N": ("NOP", None),
        "L": ("EOL", None),
    }
    return [meaning[letter] for letter in look.layout]
