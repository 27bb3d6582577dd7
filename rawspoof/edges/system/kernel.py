"""What this kernel can do for the firewall table, tried in a network namespace that is then thrown away.

Nothing is ever installed on the host itself. Tries one feature after the other; judges nothing.
"""

import os
from contextlib import closing
from typing import Final, NamedTuple

from rawspoof.edges.firewall.messages import Request, chain_request, rule_request, table_request
from rawspoof.edges.firewall.netlink import NetlinkSocket, Refused
from rawspoof.edges.firewall.plan import MARK, Plan
from rawspoof.edges.firewall.ruleset import Action, Chain, HasSocket, Local, Marked, Match, Rule, Untracked
from rawspoof.edges.system import namespace


class Tried(NamedTuple):
    """One feature, and what the kernel said to it."""

    feature: str
    option: str
    """The kernel option that brings it."""
    refusal: str
    """"" where the feature is there."""


QUEUE_NATIVE: Final = "nft's own queue expression"
QUEUE_COMPAT: Final = "the NFQUEUE target of xtables inside nft"
_TABLE: Final = "an nftables table with an owner (Linux 5.12)"


def features() -> list[Tried]:
    """Every feature that the table uses, tried. Raises PermissionError without root."""
    apart = namespace.create()
    try:
        with namespace.inside(apart), closing(NetlinkSocket()) as link:
            table = [table_request(), *map(chain_request, Chain)]
            tried = [_try(link, _TABLE, table)]
            tried += [_try(link, name, [rule]) for name, rule in _rules().items()]
            return [*tried, _try_reading()]
    finally:
        os.close(apart)


def _rules() -> dict[str, Request]:
    """A rule for each feature that needs one to show."""
    return {
        "a look-up of sockets": _rule(Chain.PREROUTING, HasSocket()),
        "a look-up of local addresses": _rule(Chain.PREROUTING, Local(negated=False)),
        "reassembly of fragments (conntrack)": _rule(Chain.OUTPUT, Untracked()),
        "packets without conntrack": _rule(Chain.OUTPUT, Marked(MARK), action=Action.NOTRACK),
        QUEUE_NATIVE: _rule(Chain.PREROUTING, action=Action.QUEUE, native=True),
        QUEUE_COMPAT: _rule(Chain.PREROUTING, action=Action.QUEUE),
    }


def _rule(chain: Chain, *matches: Match, action: Action = Action.ACCEPT, native: bool = False) -> Request:
    return rule_request(Rule(chain, matches, action, "tried"), Plan(), native)


def _try_reading() -> Tried:
    refusal = ""
    try:
        from netfilterqueue import NetfilterQueue

        queue = NetfilterQueue()
        queue.bind(0, lambda packet: packet.drop())
        queue.unbind()
    except (ImportError, OSError) as refused:
        refusal = str(refused)
    return Tried("queues to read", "CONFIG_NETFILTER_NETLINK_QUEUE", refusal)


def _try(link: NetlinkSocket, feature: str, requests: list[Request]) -> Tried:
    try:
        link.commit(requests)
    except Refused as refused:
        return Tried(feature, requests[0].needs, refused.reason)
    return Tried(feature, requests[0].needs, "")
