"""The order of the rules, by walking packets through them as the kernel does: what they mean, not how they look."""

from dataclasses import dataclass
from ipaddress import ip_address, ip_network

import pytest

from rawspoof.edges.firewall.plan import MARK, Plan
from rawspoof.edges.firewall.ruleset import (
    Action,
    Blocked,
    Chain,
    Family,
    From,
    HasSocket,
    Interface,
    Local,
    Marked,
    Match,
    NotSyn,
    NotTcp,
    NotTo,
    ToPorts,
    Untracked,
    ruleset,
)

LOCAL = {ip_address("198.51.100.1"), ip_address("198.51.100.9"), ip_address("2001:db8::1")}


@dataclass(frozen=True)
class Packet:
    to: str = "198.51.100.1"
    port: int = 4444
    source: str = "198.51.100.2"
    interface: str = "eth0"
    tcp: bool = True
    socket: bool = False
    blocked: str = ""
    syn: bool = True
    mark: int = 0


def meets(packet: Packet, wanted: Match) -> bool:
    to, source = ip_address(packet.to), ip_address(packet.source)
    match wanted:
        case Interface(name, negated):
            return (packet.interface == name) != negated
        case NotTcp():
            return not packet.tcp
        case Family(version):
            return to.version == version
        case Local(negated):
            return (to in LOCAL) != negated
        case NotTo(network):
            return to not in network
        case From(network):
            return source in network
        case Blocked(version, how):
            return packet.blocked == how and source.version == version
        case NotSyn():
            return packet.tcp and not packet.syn
        case ToPorts(first, last):
            return first <= packet.port <= last
        case HasSocket():
            return packet.socket
        case Marked(mark):
            return packet.mark == mark
        case Untracked():
            return True


def walk(packet: Packet, plan: Plan, chain: Chain = Chain.PREROUTING) -> tuple[Action, str]:
    for rule in ruleset(plan):
        if rule.chain is chain and all(meets(packet, wanted) for wanted in rule.matches):
            return rule.action, rule.comment
    return Action.ACCEPT, "policy"


def nets(*texts: str):
    return tuple(map(ip_network, texts))


DECOYS = Plan(networks=nets("203.0.113.0/24", "192.0.2.0/24"))
LISTED = Plan(addresses=nets("198.51.100.9"), networks=nets("203.0.113.0/24"))


@pytest.mark.parametrize(
    ("packet", "plan", "action"),
    [
        (Packet(), Plan(), Action.QUEUE),
        (Packet(to="2001:db8::1", source="2001:db8::2"), Plan(), Action.QUEUE),
        (Packet(interface="lo"), Plan(), Action.ACCEPT),
        (Packet(interface="eth1"), Plan(interfaces=("eth0",)), Action.ACCEPT),
        (Packet(interface="eth1"), Plan(interfaces=("eth0", "eth1")), Action.QUEUE),
        (Packet(tcp=False), Plan(), Action.ACCEPT),
        (Packet(to="203.0.113.9"), Plan(), Action.ACCEPT),
        (Packet(to="203.0.113.9"), DECOYS, Action.QUEUE),
        (Packet(to="192.0.2.9"), DECOYS, Action.QUEUE),
        (Packet(), DECOYS, Action.QUEUE),
        (Packet(to="2001:db8::1", source="2001:db8::2"), DECOYS, Action.QUEUE),
        (Packet(to="2001:db8::77", source="2001:db8::2"), DECOYS, Action.ACCEPT),
        (Packet(), LISTED, Action.ACCEPT),
        (Packet(to="198.51.100.9"), LISTED, Action.QUEUE),
        (Packet(to="203.0.113.9"), LISTED, Action.QUEUE),
        (Packet(to="2001:db8::1", source="2001:db8::2"), LISTED, Action.ACCEPT),
        (Packet(port=23), Plan(exempt_ports=((22, 24),)), Action.ACCEPT),
        (Packet(port=25), Plan(exempt_ports=((22, 24),)), Action.QUEUE),
        (Packet(), Plan(allow=nets("198.51.100.0/25")), Action.ACCEPT),
        (Packet(), Plan(allow=nets("198.51.100.128/25")), Action.QUEUE),
        (Packet(socket=True), Plan(), Action.ACCEPT),
        # The socket found for a decoy is this machine's own listener, which does not live there.
        (Packet(to="203.0.113.9", socket=True), DECOYS, Action.QUEUE),
        (Packet(blocked="all"), Plan(), Action.DROP),
        (Packet(source="2001:db8::2", to="2001:db8::1", blocked="all"), Plan(), Action.DROP),
        (Packet(blocked="all", socket=True), Plan(), Action.DROP),
        (Packet(blocked="all", tcp=False), Plan(), Action.DROP),
        (Packet(blocked="all", port=23), Plan(exempt_ports=((22, 24),)), Action.DROP),
        (Packet(blocked="all", to="203.0.113.9"), DECOYS, Action.DROP),
        # What only passes through, and what comes in elsewhere, is not for us to drop.
        (Packet(blocked="all", to="203.0.113.9", tcp=False), Plan(), Action.ACCEPT),
        (Packet(blocked="all", to="203.0.113.9"), Plan(), Action.ACCEPT),
        (Packet(blocked="all", interface="eth1"), Plan(interfaces=("eth0",)), Action.ACCEPT),
        (Packet(blocked="all"), Plan(allow=nets("198.51.100.2/32")), Action.ACCEPT),
        (Packet(blocked="services"), Plan(), Action.QUEUE),
        (Packet(blocked="services", socket=True), Plan(), Action.DROP),
        (Packet(blocked="services", tcp=False), Plan(), Action.ACCEPT),
        (Packet(blocked="services", port=23), Plan(exempt_ports=((22, 24),)), Action.DROP),
        (Packet(blocked="services", to="203.0.113.9", socket=True), DECOYS, Action.QUEUE),
        (Packet(blocked="tarpit"), Plan(), Action.QUEUE),
        (Packet(blocked="tarpit", syn=False), Plan(), Action.DROP),
        (Packet(blocked="tarpit", syn=False, socket=True), Plan(), Action.ACCEPT),
    ],
)
def test_where_a_packet_goes(packet, plan, action):
    assert walk(packet, plan)[0] is action


def test_only_what_we_send_is_kept_from_conntrack():
    assert walk(Packet(mark=MARK), Plan(), Chain.OUTPUT)[0] is Action.NOTRACK
    assert walk(Packet(), Plan(), Chain.OUTPUT)[0] is Action.ACCEPT


def test_some_rule_asks_conntrack_so_that_fragments_are_reassembled():
    assert any(Untracked() in rule.matches for rule in ruleset(Plan()))
