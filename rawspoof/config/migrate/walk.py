"""What nat rules redirect to portspoof, port by port, with chains that jump to chains. Knows no configuration."""

from collections.abc import Mapping, Sequence
from typing import Final

from rawspoof.config.migrate.rules import ALL, Rule

STEPS_MAX: Final = 100_000
"""Rules looked at: chains that jump to each other end here."""
_ENDS: Final = frozenset({"ACCEPT", "DROP", "REJECT", "DNAT", "REDIRECT", "MASQUERADE", "TPROXY", "NETMAP"})


class TooManyRules(Exception):
    """Chains jump to chains without an end in sight."""


def chains(rules: Sequence[Rule]) -> dict[str, list[Rule]]:
    """The chains as these commands leave them; rules with matches that are not understood are in them too."""
    found: dict[str, list[Rule]] = {}
    for rule in rules:
        if rule.does == "-A":
            found.setdefault(rule.chain, []).append(rule)
        elif rule.does == "-I":
            found.setdefault(rule.chain, []).insert(0, rule)
        elif rule.does == "-N":
            found.setdefault(rule.chain, [])
    return found


class Walk:
    """Walks packets of every port through the chains."""

    def __init__(self, table: Mapping[str, Sequence[Rule]], listeners: frozenset[int]) -> None:
        self._table, self._listeners, self._steps = table, listeners, 0

    def redirected(self, interface: str) -> int:
        """The ports that go to the listener for packets that come in there, a bit each. Raises TooManyRules."""
        return self._through("PREROUTING", interface, ALL, frozenset())[0]

    def to_listener(self, rule: Rule) -> bool:
        """Whether a rule redirects to it."""
        return rule.target == "REDIRECT" and listener(rule) in self._listeners

    def _through(self, name: str, interface: str, ports: int, above: frozenset[str]) -> tuple[int, int]:
        """Of these ports those that were redirected, and those that come back to the chain above."""
        taken = returned = 0
        for rule in self._table.get(name, ()):
            self._steps += 1
            if self._steps > STEPS_MAX:
                raise TooManyRules
            hit = ports & rule.ports
            if not hit or not _plain(rule) or not rule.meets(interface):
                continue
            ports &= ~hit
            if self.to_listener(rule):
                taken |= hit
            elif rule.target == "RETURN":
                returned |= hit
            elif rule.target in self._table and rule.target not in above:
                inner, back = self._through(rule.target, interface, hit, above | {name})
                taken |= inner
                ports |= back
            elif rule.target not in _ENDS:
                ports |= hit
        return taken, ports | returned


def listener(rule: Rule) -> int:
    """The port that a REDIRECT goes to; 0 if that is no single one."""
    said = rule.options.get("--to-ports", "")
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 6 else 0


def _plain(rule: Rule) -> bool:
    """Whether it is about all TCP packets of its ports and interface; a redirection of some is taken for one of all."""
    some = rule.partial or "-s" in rule.options or "-d" in rule.options
    return rule.tcp and (rule.target == "REDIRECT" or not some)
