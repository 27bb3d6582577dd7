"""The better one of portspoof's init scripts, and its defaults file: variables that say what its rules do.

Makes the rules that the script would make. Knows no configuration.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from rawspoof.config.migrate.draft import Draft
from rawspoof.config.migrate.rules import Rule, command

PORTS: Final = "PS_UNFILTEREDPORTS"
CHAIN: Final = "PREPORTSPOOF"
"""Where custom rules go, before the script's own."""

Variables = Mapping[str, tuple[str, str]]
"""Where each was set, and its value."""


def rules(known: Variables, custom: Sequence[Rule], draft: Draft) -> Iterator[Rule]:
    """The rules that its variables ask for, around the custom ones; tells what the others came to."""
    for name, (where, value) in known.items():
        if name in _TOLD:
            draft.none(where, f"{name}={value}", _TOLD[name])
    where, ports = known.get(PORTS, ("", ""))
    if not where:
        draft.ask("init script", PORTS, "is not set: without it nothing was spoofed; import /etc/default/portspoof too")
        return
    if ports.split() == ["0:65535"]:
        draft.ask(
            where, f"{PORTS}={ports}", "the script's fallback, which spoofs nothing; import /etc/default/portspoof too"
        )
        return
    listener = known.get("PS_LISTENPORT", ("", "4444"))[1]
    interfaces = known.get("PS_INTERFACES", (where, "eth0"))
    for name in interfaces[1].split():
        entry = ["-t", "nat", "-A", "PREROUTING", "-i", name, "-j", CHAIN]
        yield from _made(entry, interfaces[0], f"PS_INTERFACES {name}", draft)
    yield from custom
    for port in ports.split():
        left = ["-t", "nat", "-A", CHAIN, "-p", "tcp", "--dport", port, "-j", "RETURN"]
        yield from _made(left, where, f"{PORTS} {port}", draft)
    last = ["-t", "nat", "-A", CHAIN, "-p", "tcp", "-j", "REDIRECT", "--to-ports", listener]
    yield from _made(last, where, "(all other ports)", draft)


def _made(words: list[str], where: str, text: str, draft: Draft) -> Iterator[Rule]:
    try:
        yield replace(command(["iptables", *words], where), text=text)
    except ValueError as wrong:
        draft.ask(where, text, f"{wrong}; portspoof's script fails there too")


_TOLD: Final = {
    "PS_LISTENPORT": "rawspoof has no listening port, and redirects nothing",
    "PS_USER": "rawspoof starts as root and goes on as sensor.user, which is nobody",
}
