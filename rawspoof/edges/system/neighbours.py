"""Other firewall rules that meet ours, and routes that meet decoy networks: what they will do to the sensor.

Judges what the survey read; changes nothing.
"""

from collections.abc import Iterator
from typing import Final

from rawspoof.edges.firewall.plan import Plan
from rawspoof.edges.firewall.survey import Hooked, hooked
from rawspoof.edges.system import proc
from rawspoof.edges.system.finding import Finding, advice

_PRIORITY_RAW: Final = -300
_PREROUTING, _NETDEV_INGRESS, _INET_INGRESS = 0, 0, 5
_REDIRECTS: Final = frozenset({"redir", "REDIRECT"})
_TRANSLATES: Final = frozenset({"nat", "masq", "DNAT", "SNAT", "MASQUERADE", "NETMAP"})
_FORWARDING: Final = {4: "sys/net/ipv4/ip_forward", 6: "sys/net/ipv6/conf/all/forwarding"}


def neighbours(plan: Plan) -> Iterator[Finding]:
    """What else takes part in a packet's way. Raises PermissionError without root."""
    chains = hooked()
    yield from (_earlier(chain) for chain in chains if _is_earlier(chain))
    tables = {f"{chain.family} {chain.table}": chain.does for chain in chains if chain.kind == "nat"}
    for table, does in tables.items():
        if does & _REDIRECTS:
            what = f"table {table} redirects ports, as portspoof does; packets for rawspoof never get that far"
            yield advice(what, "remove that redirection, or list its ports in sensor.exempt_ports")
        if does & _TRANSLATES:
            # Their answers come to an address of ours and a port without a socket. Linux gives them the port they
            # had, which is one of net.ipv4.ip_local_port_range, or one from outside of it only in need.
            what = f"table {table} translates addresses: connections of containers and guests would lose their answers"
            cure = "leave their ports alone (--exempt-port 32768-60999), or cover only addresses that carry none"
            yield advice(what, cure)
    yield from _legacy()
    yield from _forwarded(plan)


def _is_earlier(chain: Hooked) -> bool:
    """Whether a chain that does anything can come before ours; of equal priorities the later one comes first."""
    prerouting = chain.family in ("inet", "ip", "ip6") and chain.hook == _PREROUTING
    ingress = (chain.family, chain.hook) in (("netdev", _NETDEV_INGRESS), ("inet", _INET_INGRESS))
    return bool(chain.does) and (ingress or (prerouting and chain.priority <= _PRIORITY_RAW))


def _earlier(chain: Hooked) -> Finding:
    place = f"chain {chain.chain} of table {chain.family} {chain.table}"
    what = f"{place} (priority {chain.priority}) may see packets before rawspoof"
    return advice(what, "make sure that it drops nothing the sensor is to see")


def _legacy() -> Iterator[Finding]:
    for command, path in (("iptables-legacy", "net/ip_tables_names"), ("ip6tables-legacy", "net/ip6_tables_names")):
        for table in {"raw", "nat"}.intersection(proc.words(path)):
            what = f"{command} has a table {table}, which the doctor cannot read"
            yield advice(what, f"look for rules that clash: {command} -t {table} -S")


def _forwarded(plan: Plan) -> Iterator[Finding]:
    for network in plan.networks:
        if plan.bypass and proc.number(_FORWARDING[network.version]):
            # Without a reader the packets go on to routing, which sends them back to whoever routed them to us.
            what = f"this machine forwards packets: while no worker runs, those to {network} go round in circles"
            yield advice(what, f"ip route add blackhole {network}")
