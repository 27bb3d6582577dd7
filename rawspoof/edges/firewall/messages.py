"""What is asked of the kernel, as netlink messages in pyroute2's classes. Sends nothing, decides nothing.

Read linux/netfilter/nf_tables.h first. Importing any part of pyroute2 imports all of it (0.15 to 0.3 s, 20 MB), so
only who holds the table or looks at others' imports this.
"""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from pyroute2.netlink import NLM_F_APPEND, NLM_F_CREATE, NLM_F_EXCL
from pyroute2.netlink.nfnetlink import nftsocket as nft

from rawspoof.edges.firewall.expressions import data, expressions
from rawspoof.edges.firewall.plan import TABLE, Plan
from rawspoof.edges.firewall.ruleset import BLOCK_SETS, Action, Chain, HasSocket, Local, Rule, Untracked, ruleset

OWNER: Final = 2
"""NFT_TABLE_F_OWNER, Linux 5.12: nobody else may change the table, and it goes when our socket does."""

_PRIORITY_RAW: Final = -300
_HOOKS: Final = {Chain.PREROUTING: 0, Chain.OUTPUT: 3}
_POLICY_ACCEPT: Final = 1
_KEYS: Final = {4: (nft.DATA_TYPE_IPADDR, 4), 6: (nft.DATA_TYPE_IP6ADDR, 16)}
_KERNEL_OPTIONS: Final[dict[type | Action, str]] = {
    HasSocket: "CONFIG_NFT_SOCKET",
    Local: "CONFIG_NFT_FIB_INET",
    Untracked: "CONFIG_NFT_CT",
    Action.NOTRACK: "CONFIG_NFT_CT",
}
_NATIVE_OPTION: Final = "CONFIG_NFT_QUEUE"
_COMPAT_OPTION: Final = "CONFIG_NFT_QUEUE, or CONFIG_NFT_COMPAT and CONFIG_NETFILTER_XT_TARGET_NFQUEUE"


class Request(NamedTuple):
    """One message of a batch."""

    what: str
    """What it makes, for people."""
    needs: str
    """The kernel options it takes."""
    kind: int
    """NFT_MSG_..."""
    flags: int
    """NLM_F_..., beside those that every message has."""
    message: Any
    """The message, of a class of pyroute2."""


def table_requests(plan: Plan, native: bool) -> list[Request]:
    """The whole table of a plan; `native` chooses nft's own queue expression over the xtables target."""
    names = [(name, version) for name in BLOCK_SETS.values() for version in (4, 6)]
    sets = [_blocked_set(number, *named, plan.blocked_max) for number, named in enumerate(names, 1)]
    chains = [chain_request(chain) for chain in Chain]
    return [table_request(), *sets, *chains, *(rule_request(rule, plan, native) for rule in ruleset(plan))]


def rules_requests(plan: Plan, native: bool) -> list[Request]:
    """The rules of a plan in the place of those that there are; the sets, and who is in them, stay."""
    empty = [_flush_request(chain) for chain in Chain]
    return [*empty, *(rule_request(rule, plan, native) for rule in ruleset(plan))]


def remove_request() -> Request:
    """The end of the table."""
    return _request("the table", nft.nft_table_msg, nft.NFT_MSG_DELTABLE, 0, {"name": TABLE})


def block_requests(address: bytes, seconds: float, how: str) -> list[Request]:
    """A source blocked from now on for so long, whether or not it was blocked already."""
    add = first_block_request(address, seconds, how)
    # Before Linux 6.12 an element that is added again keeps its old timeout, and the removal of one that is not there
    # fails the whole batch. So it is added, then surely there to be removed, and added anew.
    return [add, unblock_request(address, how), add]


def first_block_request(address: bytes, seconds: float, how: str) -> Request:
    """The same for a source that is surely not blocked yet."""
    return _element(address, nft.NFT_MSG_NEWSETELEM, NLM_F_CREATE, max(1, round(seconds * 1000)), how)


def unblock_request(address: bytes, how: str) -> Request:
    """A source no longer blocked; the kernel refuses it where it was not."""
    return _element(address, nft.NFT_MSG_DELSETELEM, 0, None, how)


def table_request() -> Request:
    """The table, ours alone."""
    # Exclusive: one that somebody loaded by hand is not to be mixed with ours.
    flags = NLM_F_CREATE | NLM_F_EXCL
    fields = {"name": TABLE, "flags": OWNER}
    return _request("the table", nft.nft_table_msg, nft.NFT_MSG_NEWTABLE, flags, fields, "CONFIG_NF_TABLES_INET")


def chain_request(chain: Chain) -> Request:
    """A base chain of ours."""
    hook = {"attrs": [("NFTA_HOOK_HOOKNUM", _HOOKS[chain]), ("NFTA_HOOK_PRIORITY", _PRIORITY_RAW)]}
    fields = {"table": TABLE, "name": chain.value, "hook": hook, "policy": _POLICY_ACCEPT, "type": "filter"}
    return _request(f"the chain {chain.value}", nft.nft_chain_msg, nft.NFT_MSG_NEWCHAIN, NLM_F_CREATE, fields)


def rule_request(rule: Rule, plan: Plan, native: bool) -> Request:
    """A rule at the end of its chain."""
    fields = {
        "table": TABLE,
        "chain": rule.chain.value,
        "expressions": expressions(rule, plan, native),
        "userdata": {"value": rule.comment},
    }
    flags = NLM_F_CREATE | NLM_F_APPEND
    what = f'the rule "{rule.comment}"'
    return _request(what, nft.nft_rule_msg, nft.NFT_MSG_NEWRULE, flags, fields, _options(rule, native))


def _flush_request(chain: Chain) -> Request:
    """A chain without rules."""
    fields = {"table": TABLE, "chain": chain.value}
    return _request(f"the rules of {chain.value}", nft.nft_rule_msg, nft.NFT_MSG_DELRULE, 0, fields)


def _options(rule: Rule, native: bool) -> str:
    if rule.action is Action.QUEUE:
        return _NATIVE_OPTION if native else _COMPAT_OPTION
    parts = (*map(type, rule.matches), rule.action)
    return " and ".join(_KERNEL_OPTIONS[part] for part in parts if part in _KERNEL_OPTIONS)


def _blocked_set(number: int, name: str, version: int, size: int) -> Request:
    key_type, key_len = _KEYS[version]
    fields = {
        "table": TABLE,
        "name": f"{name}{version}",
        "flags": {"NFT_SET_TIMEOUT"},
        "key_type": key_type,
        "key_len": key_len,
        # Ours to choose: it names the set within the batch.
        "id": number,
        "desc": {"attrs": [("NFTA_SET_DESC_SIZE", size)]},
    }
    return _request(f"the set {name}{version}", nft.nft_set_msg, nft.NFT_MSG_NEWSET, NLM_F_CREATE, fields)


def _element(address: bytes, kind: int, flags: int, timeout_ms: int | None, how: str) -> Request:
    attrs: list[tuple[str, object]] = [("NFTA_SET_ELEM_KEY", data(address))]
    if timeout_ms is not None:
        attrs.append(("NFTA_SET_ELEM_TIMEOUT", timeout_ms))
    name = BLOCK_SETS[how] + ("4" if len(address) == 4 else "6")
    fields = {"table": TABLE, "set": name, "elements": [{"attrs": attrs}]}
    return _request("a blocked source", nft.nft_set_elem_list_msg, kind, flags, fields)


def _request(what: str, cls: Any, kind: int, flags: int, fields: Mapping[str, object], needs: str = "") -> Request:
    message = cls()
    message["attrs"] = [(f"{cls.prefix}{name.upper()}", value) for name, value in fields.items()]
    return Request(what, needs, kind, flags, message)
