"""A Plan as an ordered list of rules, each a few matches and what becomes of a packet that meets all of them.

Decides order and meaning. Knows no nft syntax, no netlink, no iptables: those are printers of these values.
"""

from enum import Enum
from typing import Final, NamedTuple

from rawspoof.edges.firewall.plan import Network, Plan, of_family


class Interface(NamedTuple):
    """The packet came in by this interface, or, negated, by another."""

    name: str
    negated: bool


class NotTcp(NamedTuple):
    """The transport protocol, behind any IPv6 extension headers, is not TCP."""


class Family(NamedTuple):
    """The packet is of this IP version, 4 or 6."""

    version: int


class Local(NamedTuple):
    """The destination is an address of this machine, or, negated, is not."""

    negated: bool


class NotTo(NamedTuple):
    """The destination lies outside this network."""

    network: Network


class From(NamedTuple):
    """The source lies in this network."""

    network: Network


class Blocked(NamedTuple):
    """The source is in the set of those blocked in this way, of this IP version, 4 or 6."""

    version: int
    how: str
    """One of BLOCK_SETS."""


class NotSyn(NamedTuple):
    """Anything of TCP but what begins a connection."""


class ToPorts(NamedTuple):
    """The TCP destination port is one of first to last, both included."""

    first: int
    last: int


class HasSocket(NamedTuple):
    """The kernel has a socket for the packet: listening, connected or in the middle of a handshake."""


class Marked(NamedTuple):
    """The packet was sent by a socket with this SO_MARK."""

    mark: int


class Untracked(NamedTuple):
    """Conntrack cannot tell what the packet belongs to."""


Match = (
    Interface | NotTcp | Family | Local | NotTo | From | Blocked | NotSyn | ToPorts | HasSocket | Marked | Untracked
)  # fmt: skip

BLOCK_SETS: Final = {"all": "blocked", "services": "shut", "tarpit": "held"}
"""Kinds of block that the kernel does, and the name of each one's sets, which the IP version follows."""


class Chain(Enum):
    """The two base chains, both at priority raw (-300), before conntrack."""

    PREROUTING = "prerouting"
    OUTPUT = "output"


class Action(Enum):
    """What becomes of a packet; ACCEPT means that we leave it alone."""

    ACCEPT = "accept"
    DROP = "drop"
    QUEUE = "queue"
    NOTRACK = "notrack"


class Rule(NamedTuple):
    """One line of the table. `counted` rules count their packets."""

    chain: Chain
    matches: tuple[Match, ...]
    action: Action
    comment: str
    counted: bool = False


def ruleset(plan: Plan) -> list[Rule]:
    """The rules of a plan, in the order in which the kernel tries them."""
    return [*_not_ours(plan), *_left_alone(plan), *_ours(), *_sent(plan)]


def _accept(comment: str, *matches: Match, counted: bool = False) -> Rule:
    return Rule(Chain.PREROUTING, matches, Action.ACCEPT, comment, counted)


def _not_ours(plan: Plan) -> list[Rule]:
    """Packets that we do not cover at all."""
    rules = [_accept("loopback is never covered", Interface("lo", negated=False))]
    if plan.interfaces:
        others = (Interface(name, negated=True) for name in plan.interfaces)
        rules.append(_accept("not our interfaces", *others))
    # A block holds for all protocols, but to decoys: what is not TCP there is not ours, nor the kernel's to answer.
    rules += _drops("blocked", "all", NotTcp(), Local(negated=False))
    rules.append(_accept("not TCP", NotTcp()))
    for version in (4, 6):
        # Without a list of addresses every local one is ours; the decoy networks always are.
        local = () if plan.addresses else (Local(negated=True),)
        covered = of_family((*plan.addresses, *plan.networks), version)
        outside = (NotTo(network) for network in covered)
        rules.append(_accept("not our addresses", Family(version), *local, *outside))
    return rules


def _left_alone(plan: Plan) -> list[Rule]:
    """Packets to what we cover that are the kernel's all the same."""
    return [
        *(_accept("allowed source", From(network)) for network in plan.allow),
        *_drops("blocked", "all"),
        *(rule for span in plan.exempt_ports for rule in _exempt(*span)),
        *_drops("blocked from services", "services", HasSocket(), Local(negated=False)),
        # A listener on 0.0.0.0 is found for any destination, so only a local one may count: otherwise the ports of
        # this machine's own services would be missing from every decoy.
        _accept("the kernel has a socket for it", HasSocket(), Local(negated=False), counted=True),
    ]


def _exempt(first: int, last: int) -> list[Rule]:
    """A real service behind such a port may have its socket elsewhere, in a container say."""
    ports = ToPorts(first, last)
    return [*_drops("blocked from services", "services", ports), _accept("exempt port", ports)]


def _drops(comment: str, how: str, *matches: Match) -> list[Rule]:
    """Packets of sources that are blocked in this way; the look-up, which most often fails, comes first."""
    return [Rule(Chain.PREROUTING, (Blocked(v, how), *matches), Action.DROP, comment, counted=True) for v in (4, 6)]


def _ours() -> list[Rule]:
    """What becomes of the rest: every segment of it, for one ACK that reached the kernel would draw a RST."""
    return [
        # Each SYN is answered and nothing after it is heard: the peer has a connection that it must find dead by
        # itself, which takes Linux a quarter of an hour, and we have nothing.
        *_drops("held", "tarpit", NotSyn()),
        Rule(Chain.PREROUTING, (), Action.QUEUE, "to rawspoof", counted=True),
    ]


def _sent(plan: Plan) -> list[Rule]:
    """What we send must stay unknown to conntrack, which would take the peer's ACK for the kernel's."""
    return [
        Rule(Chain.OUTPUT, (Marked(plan.mark),), Action.NOTRACK, "sent by rawspoof: no conntrack"),
        # This rule decides nothing. That it looks at conntrack makes the kernel reassemble at -400, so that a
        # fragmented SYN comes to us whole instead of passing in pieces and drawing the kernel's RST.
        Rule(Chain.OUTPUT, (Untracked(),), Action.ACCEPT, "asks conntrack, so fragments are reassembled"),
    ]
