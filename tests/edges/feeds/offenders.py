"""Some offenders, and a moment at which feeds are written."""

from ipaddress import ip_address

from rawspoof.edges.feeds.offender import Offender

NOW = 1748788330.0
FOUR = Offender(
    ip_address("198.51.100.42"), 1748788327.841203, 1748788927.841203, 1, "ports", ip_address("192.0.2.1"), 8080
)
SIX = Offender(ip_address("2001:db8::7"), 1748788300.0, 1748789500.0, 2, "tripwire", ip_address("2001:db8::1"), 23)
BOTH = [FOUR, SIX]
