"""What is in this machine's nftables: who owns our table, and which chains of others hook in.

Reads the kernel and reports; judges nothing, changes nothing. All of it takes CAP_NET_ADMIN: PermissionError without.
"""

import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import closing
from itertools import islice
from typing import Any, Final, NamedTuple

from pyroute2.netlink.nfnetlink import nfgen_msg
from pyroute2.netlink.nfnetlink import nftsocket as nft

from rawspoof.edges.firewall.netlink import NetlinkSocket
from rawspoof.edges.firewall.plan import TABLE
from rawspoof.edges.system.proc import netlink_pids

RULES_MAX: Final = 5000
"""Rules that are looked at: with some ten thousand, as banning tools write them, reading would take many seconds."""

_TRANSPORT: Final = "NFT_PAYLOAD_TRANSPORT_HEADER"
_DESTINATION_PORT: Final = (2, 2)
"""Offset and length in the transport header."""
_CT_UNTRACKED: Final = 64
"""The bit of `ct state untracked`."""
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


class Does(NamedTuple):
    """One rule of somebody else's."""

    names: frozenset[str]
    """Its expressions, and the xtables matches and targets in it; `drop` and `accept` for these verdicts, `untracked`
    where it asks for this state."""
    port: int
    """The one TCP or UDP port it is about, 0 for any or several."""
    queue: int
    """The first queue that it sends packets to, -1 for none."""
    goes_to: str
    """The chain it jumps to, "" for none."""


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
    drops: bool
    """Whether what no rule decides is dropped."""
    rules: tuple[Does, ...]
    """Its own, and those of every chain that it leads to."""

    @property
    def does(self) -> frozenset[str]:
        """The names in all its rules."""
        return frozenset().union(*(rule.names for rule in self.rules))


def our_table() -> tuple[bool, int | None]:
    """Whether there is a table inet rawspoof, and the process that owns it, None where no (known) one does."""
    for table in _dump(_Table, nft.NFT_MSG_GETTABLE):
        if _family(table) == "inet" and table.get_attr("NFTA_TABLE_NAME") == TABLE:
            return True, netlink_pids().get(table.get_attr("NFTA_TABLE_OWNER"))
    return False, None


def hooked() -> list[Hooked]:
    """Every base chain but our own, in the kernel's order; of more than RULES_MAX rules only the first count."""
    rules: defaultdict[tuple[str, str], defaultdict[str, list[Does]]] = defaultdict(lambda: defaultdict(list))
    for rule in _dump(nft.nft_rule_msg, nft.NFT_MSG_GETRULE, RULES_MAX):
        rules[_family(rule), rule.get_attr("NFTA_RULE_TABLE")][rule.get_attr("NFTA_RULE_CHAIN")].append(_does(rule))
    found = []
    for chain in _dump(nft.nft_chain_msg, nft.NFT_MSG_GETCHAIN):
        table = _family(chain), chain.get_attr("NFTA_CHAIN_TABLE")
        hook, name = chain.get_attr("NFTA_CHAIN_HOOK"), chain.get_attr("NFTA_CHAIN_NAME")
        if hook is not None and table != ("inet", TABLE):
            place = hook.get_attr("NFTA_HOOK_HOOKNUM"), hook.get_attr("NFTA_HOOK_PRIORITY")
            drops = chain.get_attr("NFTA_CHAIN_POLICY") == 0
            reached = tuple(_reached(rules[table], name))
            found.append(Hooked(*table, name, chain.get_attr("NFTA_CHAIN_TYPE"), *place, drops, reached))
    return found


def _reached(chains: Mapping[str, list[Does]], name: str) -> Iterator[Does]:
    """The rules of a chain and of all that it leads to, each chain once."""
    waiting, seen = [name], {name}
    while waiting:
        for rule in chains.get(waiting.pop(), ()):
            yield rule
            if rule.goes_to and rule.goes_to not in seen:
                seen.add(rule.goes_to)
                waiting.append(rule.goes_to)


def _does(rule: Any) -> Does:
    names: set[str] = set()
    port, queue, goes_to, asked = 0, -1, "", False
    for expression in rule.get_attr("NFTA_RULE_EXPRESSIONS") or ():
        name, data = expression.get_attr("NFTA_EXPR_NAME"), expression.get_attr("NFTA_EXPR_DATA")
        names.add(name)
        if name in ("target", "match"):
            names.add(data.get_attr(f"NFTA_{name.upper()}_NAME"))
        if name == "target" and "NFQUEUE" in names:
            queue = int.from_bytes(bytes.fromhex(data.get_attr("NFTA_TARGET_INFO").replace(":", ""))[:2], sys.byteorder)
        elif name == "queue":
            queue = data.get_attr("NFTA_QUEUE_NUM") or 0
        elif name == "immediate" and (verdict := data.get_attr("NFTA_IMMEDIATE_DATA").get_attr("NFTA_DATA_VERDICT")):
            names.add(str(verdict.get_attr("NFTA_VERDICT_CODE")).rpartition("_")[2].lower())
            goes_to = verdict.get_attr("NFTA_VERDICT_CHAIN") or ""
        elif name == "bitwise" and "ct" in names and _mask(data) & _CT_UNTRACKED:
            names.add("untracked")
        elif name == "cmp" and asked and data.get_attr("NFTA_CMP_OP") == "NFT_CMP_EQ":
            port = int.from_bytes(data.get_attr("NFTA_CMP_DATA").get_attr("NFTA_DATA_VALUE"), "big")
        asked = name == "payload" and _asks_port(data)
    return Does(frozenset(names), port, queue, goes_to)


def _mask(bitwise: Any) -> int:
    mask = bitwise.get_attr("NFTA_BITWISE_MASK")
    return int.from_bytes(mask.get_attr("NFTA_DATA_VALUE"), sys.byteorder) if mask else 0


def _asks_port(payload: Any) -> bool:
    place = payload.get_attr("NFTA_PAYLOAD_OFFSET"), payload.get_attr("NFTA_PAYLOAD_LEN")
    return payload.get_attr("NFTA_PAYLOAD_BASE") == _TRANSPORT and place == _DESTINATION_PORT


def _family(message: Any) -> str:
    return _FAMILIES.get(message["nfgen_family"], "?")


def _dump(cls: Any, kind: int, most: int | None = None) -> list[Any]:
    with closing(NetlinkSocket()) as link:
        return list(islice(link.dump(cls, kind), most))
