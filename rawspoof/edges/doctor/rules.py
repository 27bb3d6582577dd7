"""Other firewall rules that meet ours: what they will do to the sensor, and what it will do to those they serve.

Judges what the survey read; changes nothing. Of a packet's way only what lies before our chain counts, and what our
answers pass: what comes in goes no further than to us.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from rawspoof.edges.doctor.finding import Finding, advice, good
from rawspoof.edges.firewall.plan import Plan
from rawspoof.edges.firewall.survey import Does, Hooked, hooked
from rawspoof.edges.system import proc

_PRIORITY_RAW: Final = -300
_PREROUTING, _OUTPUT, _POSTROUTING, _NETDEV_INGRESS, _INET_INGRESS = 0, 3, 4, 0, 5
_IP: Final = ("inet", "ip", "ip6")
_REDIRECTS: Final = frozenset({"redir", "REDIRECT"})
_TRANSLATES: Final = frozenset({"nat", "masq", "DNAT", "SNAT", "MASQUERADE", "NETMAP"})
_PUBLISHES: Final = frozenset({"nat", "DNAT"})
_TAKES: Final = frozenset({"drop", "DROP", "reject", "REJECT", "fwd", "tproxy", "TPROXY", "synproxy", "SYNPROXY"})
_QUEUES: Final = frozenset({"queue", "NFQUEUE"})
_LOOKS_CLOSER: Final = frozenset({"payload", "lookup", "fib", "exthdr", "socket", "osf", "match", "meta"})
"""What a rule has in it that is about some packets only; one without takes any, or any of conntrack's states."""
_EVERYTHING: Final = frozenset({"immediate", "accept", "counter"})
"""All that a rule has in it that is about every packet."""
_OWNERS: Final = {
    "DOCKER": "Docker",
    "ufw": "ufw",
    "firewalld": "firewalld",
    "f2b": "fail2ban",
    "crowdsec": "CrowdSec",
    "KUBE": "Kubernetes",
    "CILIUM": "Cilium",
    "LIBVIRT": "libvirt",
    "netavark": "Podman",
    "sshguard": "sshguard",
}
"""Beginnings of the names of tables and chains, and who makes them."""


def rules(plan: Plan) -> Iterator[Finding]:
    """What else takes part in a packet's way. Raises PermissionError without root."""
    chains = hooked()
    yield from _company(chains)
    for chain in chains:
        if _is_earlier(chain):
            yield _earlier(chain)
        elif chain.family in _IP and chain.hook in (_OUTPUT, _POSTROUTING) and chain.kind != "nat":
            yield from _outgoing(chain)
    yield from _foreign_queues(chains, plan)
    yield from _translated(chains)
    yield from _published(chains, plan)
    yield from _legacy()


def _company(chains: Sequence[Hooked]) -> Iterator[Finding]:
    names = {name for chain in chains for name in (chain.table, *(rule.goes_to for rule in chain.rules))}
    owners = sorted({who for mark, who in _OWNERS.items() if any(name.startswith(mark) for name in names)})
    if owners:
        what = f"{', '.join(owners)} made firewall rules here; what comes in for the sensor is taken before them"
        yield good("firewall.company", what)
    elif chains:
        yield good("firewall.company", "other firewall rules are here; what comes in is taken before them")


def _is_earlier(chain: Hooked) -> bool:
    """Whether a chain can come before ours; of equal priorities the later one comes first."""
    prerouting = chain.family in _IP and chain.hook == _PREROUTING
    ingress = (chain.family, chain.hook) in (("netdev", _NETDEV_INGRESS), ("inet", _INET_INGRESS))
    return ingress or (prerouting and chain.priority <= _PRIORITY_RAW)


def _earlier(chain: Hooked) -> Finding:
    if chain.drops or chain.does & (_TAKES | _QUEUES | _REDIRECTS | _TRANSLATES):
        what = f"{_named(chain)} sees packets before rawspoof, and some go no further"
        return advice("firewall.foreign-drop", what, f"see that it takes nothing the sensor is to see: {_list(chain)}")
    return good("firewall.earlier", f"{_named(chain)} sees packets before rawspoof and lets all of them pass")


def _outgoing(chain: Hooked) -> Iterator[Finding]:
    """Our answers belong to no connection that conntrack knows: `ct state established accept` does not mean them."""
    sweeping = any(rule.names & _TAKES and not rule.names & _LOOKS_CLOSER for rule in chain.rules)
    lets_ours = any("accept" in rule.names and rule.names <= _EVERYTHING for rule in chain.rules)
    lets_ours |= any({"accept", "untracked"} <= rule.names for rule in chain.rules)
    if (sweeping or chain.drops) and not lets_ours:
        what = f"{_named(chain)} drops what conntrack does not know, and so the sensor's answers"
        cure = f"nft insert rule {chain.family} {chain.table} {chain.chain} ct state untracked accept"
        yield advice("firewall.output-drop", what, cure)


def _foreign_queues(chains: Sequence[Hooked], plan: Plan) -> Iterator[Finding]:
    ours = range(plan.queue, plan.queue + plan.queues)
    for chain in chains:
        numbers = {rule.queue for rule in chain.rules if rule.queue >= 0}
        if clash := numbers.intersection(ours):
            what = f"{_named(chain)} sends packets to queue {min(clash)} too, where the sensor would drop them"
            yield advice("firewall.foreign-queue", what, "set sensor.queue to a number that nobody else uses")


def _translated(chains: Sequence[Hooked]) -> Iterator[Finding]:
    tables: dict[str, frozenset[str]] = {}
    for chain in chains:
        if chain.kind == "nat":
            table = f"{chain.family} {chain.table}"
            tables[table] = tables.get(table, frozenset()) | chain.does
    for table, does in tables.items():
        if does & _REDIRECTS:
            what = f"table {table} redirects ports, as portspoof does; packets for rawspoof never get that far"
            cure = "remove that redirection, or list its ports in sensor.exempt_ports"
            yield advice("moving.redirect", what, cure)
        if does & _TRANSLATES:
            # Their answers come to an address of ours and a port without a socket. Linux gives them the port they
            # had, which is one of net.ipv4.ip_local_port_range, or one from outside of it only in need.
            what = f"table {table} translates addresses: connections of containers and guests would lose their answers"
            cure = "leave their ports alone (--exempt-port 32768-60999), or cover only addresses that carry none"
            yield advice("firewall.masquerade", what, cure)


def _published(chains: Sequence[Hooked], plan: Plan) -> Iterator[Finding]:
    """A port that is handed to a container without a socket here looks like nobody's, and would be ours."""
    incoming = [chain for chain in chains if chain.kind == "nat" and chain.hook == _PREROUTING]
    forwarded = {rule.port for chain in incoming for rule in chain.rules if _publishes(rule)}
    listening = {entry.port for entry in proc.listeners()}
    lost = sorted(
        port for port in forwarded - listening if not any(low <= port <= high for low, high in plan.exempt_ports)
    )
    if lost:
        named = ", ".join(map(str, lost))
        what = f"ports handed on to containers or guests have no socket here, and would be the sensor's: {named}"
        cure = f"sensor.exempt_ports = [{named}]"
        yield advice("services.published", what, cure)


def _publishes(rule: Does) -> bool:
    return bool(rule.port and rule.names & _PUBLISHES)


def _legacy() -> Iterator[Finding]:
    for command, path in (("iptables-legacy", "net/ip_tables_names"), ("ip6tables-legacy", "net/ip6_tables_names")):
        for table in sorted({"raw", "nat"}.intersection(proc.words(path))):
            what = f"{command} has a table {table}, which the doctor cannot read"
            cure = f"look for rules that clash: {command} -t {table} -S"
            yield advice("firewall.legacy", what, cure)


def _named(chain: Hooked) -> str:
    return f"chain {chain.chain} of table {chain.family} {chain.table} (priority {chain.priority})"


def _list(chain: Hooked) -> str:
    return f"nft list table {chain.family} {chain.table}"
