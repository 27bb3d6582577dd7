"""What the firewall rules around portspoof come to: ports, interfaces and sources left alone, limits, bans.

Knows which keys do the same; rules that only guard real services stay where they are.
"""

import re
from collections.abc import Callable, Sequence
from typing import Final

from rawspoof.config.migrate.draft import Draft
from rawspoof.config.migrate.rules import ALL, Rule, bits, written
from rawspoof.config.migrate.walk import TooManyRules, Walk, chains, listener

ONLY_MAX: Final = 1024
"""Ports covered, up to which they are named; of more, those left alone are."""

_PER_S: Final = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_RATE: Final = re.compile(r"(\d{1,9})(?:/([smhd])[a-z]*)?")


def take(rules: Sequence[Rule], listeners: frozenset[int], draft: Draft) -> None:
    """Put what the rules mean into the draft; `listeners` are the ports that portspoof listened on."""
    added = [rule for rule in rules if rule.does in ("-A", "-I")]
    for rule in rules:
        if rule.does not in ("-A", "-I"):
            draft.none(rule.where, rule.text, _not_added(rule))
    nat = [rule for rule in added if rule.table == "nat"]
    heard = _listeners(nat, listeners)
    _cover(nat, heard, draft)
    for rule in nat:
        _of_nat(rule, heard, draft)
    for rule in added:
        if rule.table != "nat":
            _of_filter(rule, draft)
    exempt = draft.values.get("sensor.exempt_ports")
    if isinstance(exempt, list):
        # What is in several lines, and in ranges, is in there once.
        draft.values["sensor.exempt_ports"] = written(bits(exempt))


def _not_added(rule: Rule) -> str:
    if rule.does == "-P":
        return "goes on for real services; packets that rawspoof takes never get there"
    return "adds no rule; rawspoof's own go when it ends"


def _listeners(nat: Sequence[Rule], said: frozenset[int]) -> frozenset[int]:
    """Where portspoof listened: what was said, if a rule goes there; else where most ports go."""
    to = [rule for rule in nat if rule.target == "REDIRECT" and listener(rule)]
    if not to or any(listener(rule) in said for rule in to):
        return said
    return frozenset({listener(max(to, key=lambda rule: rule.ports.bit_count()))})


def _cover(nat: Sequence[Rule], listeners: frozenset[int], draft: Draft) -> None:
    """Decide the interfaces and ports that both families' rules together cover."""
    seen: list[tuple[str, dict[str, int]]] = []
    for family in (4, 6):
        mine = [rule for rule in nat if rule.family == family]
        walk = Walk(chains(mine), listeners)
        first = next((rule.where for rule in mine if walk.to_listener(rule)), "")
        names = {rule.options.get("-i", "+").removeprefix("!") for rule in mine}
        if first:
            try:
                ports = {
                    name: walk.redirected(name) for name in {"", *names} if not name.endswith("+") and name != "lo"
                }
            except TooManyRules:
                draft.ask(first, "chains of nat", "jump to each other without end; set sensor.exempt_ports yourself")
                return
            seen.append((first, {name: some for name, some in ports.items() if some}))
    if seen and (len(seen) > 1 or 4 in {rule.family for rule in nat}):
        _covered(seen, nat, draft)


def _covered(seen: Sequence[tuple[str, dict[str, int]]], nat: Sequence[Rule], draft: Draft) -> None:
    where, by_name = seen[0]
    every = [ports for _, by in seen for ports in by.values()]
    if not every:
        draft.ask(where, "redirection", "every port is taken out before it; nothing was spoofed")
        return
    if "" not in by_name:
        names = sorted({name for _, ports in seen for name in ports})
        draft.keep(where, "redirection", "sensor.interfaces", names, "the interfaces of the redirection")
    elif without := {rule.options["-i"].removeprefix("!") for rule in nat if "-i" in rule.options} - {*by_name, "lo"}:
        named = ", ".join(sorted(without))
        draft.ask(where, "redirection", f"is for every interface but {named}: name yours in sensor.interfaces")
    covered = ALL
    for ports in every:
        covered &= ports
    if len(set(every)) > 1:
        draft.ask(where, "redirection", "not the same ports everywhere; rawspoof covers those that all have in common")
    if len(seen) == 1:
        why = (
            "rawspoof answers on IPv6 too, where portspoof did not: name IPv4 ones in sensor.addresses if it shall not"
        )
        draft.none(where, "(no ip6tables)", why)
    if covered.bit_count() <= ONLY_MAX:
        draft.keep(where, "redirection", "sensor.only_ports", written(covered), "only these ports were redirected")
    elif covered != ALL:
        draft.keep(where, "redirection", "sensor.exempt_ports", written(ALL & ~covered), "what was not redirected")


def _of_nat(rule: Rule, listeners: frozenset[int], draft: Draft) -> None:
    where, text = rule.where, rule.text
    if not rule.tcp:
        draft.none(where, text, "rawspoof is about TCP alone, and portspoof never heard UDP either")
    elif rule.chain in ("OUTPUT", "INPUT", "POSTROUTING"):
        _of_own(rule, draft)
    elif rule.target == "REDIRECT" and listener(rule) in listeners:
        _redirect(rule, draft)
    elif rule.target in ("REDIRECT", "DNAT"):
        _forwarded(rule, draft)
    elif rule.target == "LOG":
        draft.none(where, text, "every scan is an event: `rawspoof events`")
    elif rule.target in ("RETURN", "ACCEPT"):
        _exempt(rule, draft)
    elif rule.partial or "-s" in rule.options or "-d" in rule.options:
        draft.ask(where, text, "rawspoof knows no such condition; see whether anything is to be left alone by it")
    else:
        draft.none(where, text, "a way to another chain, which was followed")


def _of_own(rule: Rule, draft: Draft) -> None:
    if rule.target == "MASQUERADE" or rule.target == "SNAT":
        why = "answers to masqueraded connections find no socket here: set sensor.exempt_ports to 32768-60999 as well"
        draft.ask(rule.where, rule.text, why)
    else:
        draft.none(rule.where, rule.text, "not on the way of packets that rawspoof takes; it stays as it is")


def _redirect(rule: Rule, draft: Draft) -> None:
    if rule.partial or "-s" in rule.options:
        draft.ask(rule.where, rule.text, "only some packets were redirected; rawspoof takes all: see sensor.allow")
    elif address := rule.options.get("-d"):
        why = "only this address was redirected"
        draft.keep(rule.where, rule.text, "sensor.addresses", [re.sub(r"/(32|128)$", "", address)], why)
    else:
        draft.none(rule.where, rule.text, "rawspoof takes packets before it: take the rule away when portspoof is gone")


def _forwarded(rule: Rule, draft: Draft) -> None:
    if rule.ports == ALL or rule.partial or "-s" in rule.options:
        why = "rawspoof takes packets before they are forwarded: name the ports that are to be in sensor.exempt_ports"
        draft.ask(rule.where, rule.text, why)
        return
    why = "yours, not portspoof's: rawspoof leaves these ports to it"
    draft.keep(rule.where, rule.text, "sensor.exempt_ports", written(rule.ports), why)


def _exempt(rule: Rule, draft: Draft) -> None:
    source = rule.options.get("-s")
    if rule.partial or "-d" in rule.options or (source and rule.ports != ALL):
        draft.ask(
            rule.where, rule.text, "rawspoof leaves alone whole ports (sensor.exempt_ports) or sources (sensor.allow)"
        )
    elif source:
        draft.keep(rule.where, rule.text, "sensor.allow", [source], "these sources see the machine as it is")
    elif rule.ports != ALL:
        why = "left to the kernel; a real service there would be found by itself"
        draft.keep(rule.where, rule.text, "sensor.exempt_ports", written(rule.ports), why)
    elif "-i" in rule.options:
        draft.none(rule.where, rule.text, "an interface left alone; sensor.interfaces names those that are not")
    else:
        draft.none(rule.where, rule.text, "everything else stays the kernel's anyway")


def _of_filter(rule: Rule, draft: Draft) -> None:
    for applies, take_rule in _FILTERS:
        if applies(rule):
            take_rule(rule, draft)
            return
    draft.none(rule.where, rule.text, "stays for real services; packets that rawspoof takes never get there")


def _ban(rule: Rule, draft: Draft) -> None:
    where, text = rule.where, rule.text
    draft.keep(where, text, "block.enabled", True, "who is flagged is dropped, all packets of it")
    if seconds := rule.options.get("--seconds"):
        known = _number(seconds)
        if known:
            draft.keep(where, text, "block.seconds", float(known), "the next time it is twice as long")
    if hits := _number(rule.options.get("--hitcount", "")):
        _flag(rule, draft, hits)


def _flag(rule: Rule, draft: Draft, connections: int) -> None:
    where, text = rule.where, rule.text
    draft.keep(where, text, "block.enabled", True, "who has too many connections is blocked")
    why = "counted over a visit, not at one time: completed connections only, so that nobody can have another banned"
    draft.keep(where, text, "block.connections_min", connections, why)
    draft.keep(where, text, "block.ports_min", 0, "connections alone decided; 100 also blocks who touched 100 ports")
    draft.keep(where, text, "block.level_min", 0, "connections alone decided; 3 also blocks the worst scans")


def _connections(rule: Rule, draft: Draft) -> None:
    limit = _number(rule.options["--connlimit-above"])
    if "--set" in rule.options and limit is not None:
        _flag(rule, draft, limit + 1)
    else:
        draft.none(
            rule.where, rule.text, "a held connection costs the kernel nothing here, and us 44 bytes: no cap is needed"
        )


def _rate(rule: Rule, draft: Draft) -> None:
    said = (
        rule.options.get("--hashlimit-above") or rule.options.get("--hashlimit-upto") or rule.options.get("--hashlimit")
    )
    found = _RATE.fullmatch(said or "")
    if not found:
        draft.ask(rule.where, rule.text, "a rate that is not packets a time: set tcp.answers_per_s_max")
        return
    why = "those beyond are answered late, not dropped: no port looks filtered"
    rate = int(found[1]) / _PER_S[found[2] or "s"]
    draft.keep(rule.where, rule.text, "tcp.answers_per_s_max", round(rate, 3), why)


def _drop_source(rule: Rule, draft: Draft) -> None:
    why = f"keeps it from real services only; from the others: `rawspoof block add {rule.options['-s']}`"
    draft.ask(rule.where, rule.text, why)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def _drops(rule: Rule) -> bool:
    return rule.target in ("DROP", "REJECT")


_FILTERS: Final[tuple[tuple[Callable[[Rule], bool], Callable[[Rule, Draft], None]], ...]] = (
    (lambda rule: "--connlimit-above" in rule.options, _connections),
    (lambda rule: bool({"--rcheck", "--update"} & set(rule.options)) and _drops(rule), _ban),
    (lambda rule: any(option.startswith("--hashlimit") for option in rule.options), _rate),
    (lambda rule: rule.options.get("-s", "!")[0] != "!" and _drops(rule) and rule.chain == "INPUT", _drop_source),
)


def kernel_setting(words: Sequence[str]) -> str:
    """Why a sysctl or a module's option that portspoof wanted is not needed; "" for any other command."""
    text = " ".join(words)
    return next((why for name, why in _KERNEL.items() if name in text), "")


_KERNEL: Final = {
    "nf_conntrack_max": "packets that rawspoof takes are not tracked",
    "somaxconn": "there is no listening socket and no backlog",
    "xt_recent": "who is blocked is in a set of rawspoof's own: block.blocks_max",
}
