"""The ruleset as a shell script of iptables and ip6tables commands, equal in effect. Decides nothing.

For kernels and habits that nftables does not suit. There are no sets of blocked sources here: rawspoof fills those of
the table that it holds itself. The ipset feed (`block.feeds`) is there for a rule of one's own.
"""

from shlex import join
from typing import Final

from rawspoof.edges.firewall.plan import Plan
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
    Rule,
    ToPorts,
    Untracked,
    ruleset,
)

CHAIN: Final = "RAWSPOOF"
"""Our chain in table raw. It returns what is not ours to the rules after it."""

_COMMANDS: Final = {4: "iptables", 6: "ip6tables"}

_HEAD: Final = """\
#!/bin/sh
# What rawspoof's own table does, for a sensor with sensor.firewall = false. Blocked sources are not dropped here.
# Unlike that table these rules outlive the sensor; how to remove them is at the end.
set -e
"""


def as_iptables(plan: Plan) -> str:
    """A script that installs the rules for both families, and in comments at its end the commands to remove them."""
    install = [line for version in _COMMANDS for line in _install(plan, version)]
    remove = [f"# {line}" for version in _COMMANDS for line in _remove(plan, version)]
    return _HEAD + "\n".join([*install, "", "# To remove them:", *remove]) + "\n"


def _install(plan: Plan, version: int) -> list[str]:
    rules = [_rule(rule, plan) for rule in ruleset(plan) if _belongs(rule, version)]
    # The packets are sent our way only when the way is whole.
    lines = [["-N", CHAIN], *(["-A", *rule] for rule in rules), *(["-A", *hook] for hook in _hooks(plan))]
    return [_line(version, line) for line in lines]


def _remove(plan: Plan, version: int) -> list[str]:
    sent = [_rule(rule, plan) for rule in ruleset(plan) if rule.chain is Chain.OUTPUT and _belongs(rule, version)]
    lines = [*(["-D", *rule] for rule in (*_hooks(plan), *sent)), ["-F", CHAIN], ["-X", CHAIN]]
    return [_line(version, line) for line in lines]


def _line(version: int, words: list[str]) -> str:
    return join([_COMMANDS[version], "-w", "-t", "raw", *words])


def _hooks(plan: Plan) -> list[list[str]]:
    """The rules that send TCP of the covered interfaces into our chain."""
    ways = [["-i", name] for name in plan.interfaces] or [["!", "-i", "lo"]]
    return [["PREROUTING", *way, "-p", "tcp", "-j", CHAIN] for way in ways]


def _belongs(rule: Rule, version: int) -> bool:
    """Whether a rule has a place in the script of this family."""
    for wanted in rule.matches:
        match wanted:
            case Interface() | NotTcp() | Blocked() | NotSyn() | Untracked():
                # The first two are in the hooks; the last is for reassembly, which the socket match turns on here.
                return False
            case Family(other) if other != version:
                return False
            case From(network) if network.version != version:
                return False
    return True


def _rule(rule: Rule, plan: Plan) -> list[str]:
    chain = "OUTPUT" if rule.chain is Chain.OUTPUT else CHAIN
    words = [word for wanted in rule.matches for word in _match(wanted)]
    return [chain, *words, "-m", "comment", "--comment", rule.comment, "-j", *_target(rule.action, plan)]


def _target(action: Action, plan: Plan) -> list[str]:
    match action:
        case Action.NOTRACK:
            return ["CT", "--notrack"]
        case Action.QUEUE:
            last = plan.queue + plan.queues - 1
            which = (
                ["--queue-num", str(plan.queue)] if plan.queues == 1 else ["--queue-balance", f"{plan.queue}:{last}"]
            )
            return ["NFQUEUE", *which, *(["--queue-bypass"] if plan.bypass else [])]
        case Action.ACCEPT:
            return ["RETURN"]
        case Action.DROP:
            return ["DROP"]


def _match(wanted: Match) -> list[str]:
    match wanted:
        case Local(negated):
            return ["-m", "addrtype", *(["!"] if negated else []), "--dst-type", "LOCAL"]
        case NotTo(network):
            # A rule can have one -d, but as many ranges as it likes.
            return ["-m", "iprange", "!", "--dst-range", f"{network[0]}-{network[-1]}"]
        case From(network):
            return ["-s", str(network)]
        case ToPorts(first, last):
            return ["-p", "tcp", "--dport", f"{first}:{last}"]
        case HasSocket():
            return ["-m", "socket", "--nowildcard"]
        case Marked(mark):
            return ["-m", "mark", "--mark", f"{mark:#010x}"]
        case Interface() | NotTcp() | Family() | Blocked() | NotSyn() | Untracked():
            return []
