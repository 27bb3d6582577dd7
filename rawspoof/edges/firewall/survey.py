"""What is in this machine's nftables: who owns our table, and which chains of others hook in.

Reads the kernel and reports; judges nothing, changes nothing. All of it takes CAP_NET_ADMIN: PermissionError without.
"""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from typing import Any, Final, NamedTuple

from pyroute2.netlink.nfnetlink import nfgen_msg
from pyroute2.netlink.nfnetlink import nftsocket as nft

from rawspoof.edges.firewall.netlink import NetlinkSocket
from rawspoof.edges.firewall.plan import TABLE
from rawspoof.edges.system.proc import netlink_pids

_FAMILIES: Final = {1: "inet", 2: "ip", 3: "arp", 5: "netdev", 7: "bridge", 10: "ip6"}


class _Table(nfgen_msg):  # type: ignore[misc]
    """A table as the kernel describes it. The class of pyroute2 0.9 stops before the owner, and its subclasses too."""

    nla_map = (
        ("NFTA_TABLE_UNSPEC", "none"),
        ("NFTA_TABLE_NAME", "asciiz"),
        ("NFTA_TABLE_FLAGS", "be32"),
        ("NFTA_TABLE_USE", "be32"),
        ("NFTA_TABLE_HANDLE", "be64"),
        ("NFTA_TABLE_PAD", "hex"),
        ("NFTA_TABLE_USERDATA", "hex"),
        ("NFTA_TABLE_OWNER", "be32"),
    )


class Hooked(NamedTuple):
    """A base chain of somebody else."""

    family: str
    """As nft writes it: `ip`, `inet`, `netdev`, ..."""
    table: str
    chain: str
    kind: str
    """`filter`, `nat` or `route`."""
    hook: int
    """The kernel's number, whose meaning depends on the family."""
    priority: int
    does: frozenset[str]
    """Names of all expressions and xtables targets in its table, for base chains mostly jump."""


def our_table() -> tuple[bool, int | None]:
    """Whether there is a table inet rawspoof, and the process that owns it, None where no (known) one does."""
    for table in _dump(_Table, nft.NFT_MSG_GETTABLE):
        if _family(table) == "inet" and table.get_attr("NFTA_TABLE_NAME") == TABLE:
            return True, netlink_pids().get(table.get_attr("NFTA_TABLE_OWNER"))
    return False, None


def hooked() -> list[Hooked]:
    """Every base chain but our own, in the kernel's order."""
    does: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for rule in _dump(nft.nft_rule_msg, nft.NFT_MSG_GETRULE):
        does[_family(rule), rule.get_attr("NFTA_RULE_TABLE")].update(_expressions(rule))
    found = []
    for chain in _dump(nft.nft_chain_msg, nft.NFT_MSG_GETCHAIN):
        table = _family(chain), chain.get_attr("NFTA_CHAIN_TABLE")
        hook = chain.get_attr("NFTA_CHAIN_HOOK")
        if hook is not None and table != ("inet", TABLE):
            names = *table, chain.get_attr("NFTA_CHAIN_NAME"), chain.get_attr("NFTA_CHAIN_TYPE")
            place = hook.get_attr("NFTA_HOOK_HOOKNUM"), hook.get_attr("NFTA_HOOK_PRIORITY")
            found.append(Hooked(*names, *place, frozenset(does[table])))
    return found


def _expressions(rule: Any) -> Iterator[str]:
    for expression in rule.get_attr("NFTA_RULE_EXPRESSIONS") or ():
        name = expression.get_attr("NFTA_EXPR_NAME")
        yield expression.get_attr("NFTA_EXPR_DATA").get_attr("NFTA_TARGET_NAME") if name == "target" else name


def _family(message: Any) -> str:
    return _FAMILIES.get(message["nfgen_family"], "?")


def _dump(cls: Any, kind: int) -> list[Any]:
    with closing(NetlinkSocket()) as link:
        return list(link.dump(cls, kind))
