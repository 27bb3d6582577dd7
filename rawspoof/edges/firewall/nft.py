"""The ruleset as text for `nft -f`. Knows nft's syntax and nothing of netlink; decides nothing."""

from rawspoof.edges.firewall.plan import TABLE, Plan
from rawspoof.edges.firewall.ruleset import (
    BLOCK_SETS,
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
    Rule,
    ToPorts,
    Untracked,
    ruleset,
)

_NATIVE_HEAD = f"""\
# Load: nft -f FILE. Remove: nft delete table inet {TABLE}
# Unlike the table that rawspoof installs by itself, this one outlives it.
table inet {TABLE}
delete table inet {TABLE}
"""

_COMPAT_HEAD = f"""\
# What `nft list table inet {TABLE}` shows where the kernel has no native queue (CONFIG_NFT_QUEUE): the queue line is
# then an NFQUEUE target of xtables. nft itself cannot write one, so load this with --format iptables instead.
"""


def as_nft(plan: Plan, compat: bool) -> str:
    """The table as nft lists it, and, unless `compat`, as `nft -f` loads it.

    `compat` is for kernels without the native `queue` statement; see the comment it puts on top.
    """
    parts = [*_blocked_sets(plan), *(_chain(chain, plan) for chain in Chain)]
    head = _COMPAT_HEAD if compat else _NATIVE_HEAD
    return f"{head}table inet {TABLE} {{\n" + "\n".join(parts) + "}\n"


def _blocked_sets(plan: Plan) -> list[str]:
    return [_blocked_set(name, version, plan) for name in BLOCK_SETS.values() for version in (4, 6)]


def _blocked_set(name: str, version: int, plan: Plan) -> str:
    lines = [f"type ipv{version}_addr", f"size {plan.blocked_max}", "flags timeout"]
    return f"\tset {name}{version} {{\n" + "".join(f"\t\t{line}\n" for line in lines) + "\t}\n"


def _chain(chain: Chain, plan: Plan) -> str:
    rules = "".join(f"\t\t{_rule(rule, plan)}\n" for rule in ruleset(plan) if rule.chain is chain)
    hook = f"\t\ttype filter hook {chain.value} priority raw; policy accept;\n"
    return f"\tchain {chain.value} {{\n{hook}{rules}\t}}\n"


def _rule(rule: Rule, plan: Plan) -> str:
    addressed = any(isinstance(wanted, NotTo) for wanted in rule.matches)
    words = [_match(wanted) for wanted in rule.matches if not (addressed and isinstance(wanted, Family))]
    if rule.counted:
        words.append("counter")
    words.append(_queue(plan) if rule.action is Action.QUEUE else rule.action.value)
    return f'{" ".join(words)} comment "{rule.comment}"'


def _queue(plan: Plan) -> str:
    last = plan.queue + plan.queues - 1
    numbers = str(plan.queue) if plan.queues == 1 else f"{plan.queue}-{last}"
    return f"queue num {numbers}" + (" bypass" if plan.bypass else "")


def _match(wanted: Match) -> str:
    match wanted:
        case Interface(name, negated):
            return f'iifname {"!= " if negated else ""}"{name}"'
        case NotTcp():
            return "meta l4proto != tcp"
        case Family(version):
            return f"meta nfproto ipv{version}"
        case Local(negated):
            return f"fib daddr type {'!= ' if negated else ''}local"
        case NotTo(network):
            return f"{_header(network.version)} daddr != {_short(str(network))}"
        case From(network):
            return f"{_header(network.version)} saddr {_short(str(network))}"
        case Blocked(version, how):
            return f"{_header(version)} saddr @{BLOCK_SETS[how]}{version}"
        case NotSyn():
            return "tcp flags != syn / fin,syn,rst,ack"
        case ToPorts(first, last):
            return f"tcp dport {first}" + (f"-{last}" if last > first else "")
        case HasSocket():
            # Any value will do: without a socket the expression itself ends the rule.
            return "socket transparent <= 1"
        case Marked(mark):
            return f"meta mark {mark:#010x}"
        case Untracked():
            return "ct state invalid"


def _header(version: int) -> str:
    return "ip" if version == 4 else "ip6"


def _short(network: str) -> str:
    """A network of one address is written as that address."""
    return network.removesuffix("/32") if "." in network else network.removesuffix("/128")
