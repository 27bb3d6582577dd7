"""What this machine has to do with each key: facts become notes beside the keys, and values where they have to.

Knows no way to find a fact out. What others chose, such as a process's name, is printable ASCII in a note.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from rawspoof.config.keys import KNOWN

LISTED_MAX: Final = 20
"""Of a kind, in one note; of more only the number is told."""

_ROOM: Final = 2
"""Free disk has to be so many times what store and evidence may take."""


class Interface(NamedTuple):
    """An interface that is not loopback."""

    name: str
    kind: str
    """`bridge`, `veth` …; "" for a card."""
    addresses: tuple[str, ...]
    """With their networks' lengths."""


class Facts(NamedTuple):
    """What was found out of a machine; nothing is in doubt, what could not be found out is empty."""

    interfaces: tuple[Interface, ...] = ()
    services: tuple[tuple[int, str], ...] = ()
    """Ports with a listening socket beyond loopback, and whose it is."""
    inner: tuple[tuple[int, str], ...] = ()
    """The same, on loopback only."""
    gateways: tuple[str, ...] = ()
    resolvers: tuple[str, ...] = ()
    sessions: tuple[tuple[str, str], ...] = ()
    """Who is logged in by SSH, and from which address."""
    system: str = ""
    cores: int = 0
    free_mb: int | None = None
    """MiB free where the state directory is or will be."""
    user: bool = True
    """Whether there is the user of sensor.user's default."""


def settings(facts: Facts) -> dict[str, object]:
    """The keys that this machine cannot leave at their default, and what to set them to."""
    if not _short(facts):
        return {}
    assert facts.free_mb is not None, "it is short of something"
    # A quarter and a sixteenth: something of the disk is left to everybody else.
    store, evidence = max(1, facts.free_mb // 4), max(_default("evidence.mb_max"), facts.free_mb // 16)
    return {"store.mb_max": store, "evidence.total_mb_max": evidence}


def notes(facts: Facts) -> dict[str, list[str]]:
    """Lines to stand beside a key, by key."""
    found: dict[str, list[str]] = {}
    for key, line in _each(facts):
        found.setdefault(key, []).append(line)
    return found


def _each(facts: Facts) -> Iterator[tuple[str, str]]:
    yield from _interfaces(facts.interfaces)
    yield from _services(facts)
    yield from _sessions(facts.sessions)
    for what, addresses in (("gateways", facts.gateways), ("resolvers", facts.resolvers)):
        if addresses:
            yield "block.never", f"Here: {what} {_few(addresses)}; never blocked, there is no need to name them."
    if facts.cores:
        enough = "one worker answers some 50,000 packets a second"
        more = f"; for more: workers = {min(facts.cores, 64)}" if facts.cores > 1 else ""
        yield "sensor.workers", f"Here: {facts.cores} core{'s' * (facts.cores > 1)}; {enough}{more}"
    if facts.system:
        yield "sensor.personality", f"Here: {_plain(facts.system)}; `host` speaks as it does."
    if not facts.user:
        yield "sensor.user", "Here: there is no such user; name one that may do nothing: useradd -r rawspoof"
    if facts.free_mb is not None:
        why = "; too little for the default" if _short(facts) else ""
        for key in ("store.mb_max", "evidence.total_mb_max"):
            yield key, f"Here: {facts.free_mb:,} MiB are free{why}."


def _interfaces(interfaces: Sequence[Interface]) -> Iterator[tuple[str, str]]:
    told = [f"{_plain(one.name)} ({', '.join(one.addresses) or 'no address'})" for one in interfaces]
    if told:
        yield "sensor.interfaces", f"Here: {_few(told)}; covered, all of them."
    cards = [one.name for one in interfaces if one.addresses and not one.kind]
    if cards and len(interfaces) > 1:
        yield "sensor.interfaces", f'To cover one only: interfaces = ["{_plain(cards[0])}"]'


def _services(facts: Facts) -> Iterator[tuple[str, str]]:
    if facts.services:
        told = [f"{port} ({_plain(who)})" if who else str(port) for port, who in facts.services]
        yield "sensor.exempt_ports", f"Here: {_few(told)}; the kernel's, there is no need to name them."
    if facts.inner:
        told = [f"{port} ({_plain(who)})" if who else str(port) for port, who in facts.inner]
        yield "sensor.exempt_ports", f"On loopback only, so that others meet the sensor there: {_few(told)}."


def _sessions(sessions: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    if not sessions:
        return
    told = [f"{_plain(who)} from {address}" if who else address for who, address in sessions]
    yield "sensor.allow", f"Here, by SSH: {_few(told)}; connections to real services need nothing here."
    whole = [f'"{address}/{128 if ":" in address else 32}"' for address in dict.fromkeys(far for _, far in sessions)]
    yield "sensor.allow", f"To see the machine as it is from there: allow = [{', '.join(whole[:LISTED_MAX])}]"


def _short(facts: Facts) -> bool:
    most = _default("store.mb_max") + _default("evidence.total_mb_max")
    return facts.free_mb is not None and facts.free_mb < _ROOM * most


def _default(key: str) -> int:
    return int(KNOWN[key].default)


def _few(texts: Sequence[str]) -> str:
    more = len(texts) - LISTED_MAX
    return ", ".join(texts[:LISTED_MAX]) + (f" and {more} more" if more > 0 else "")


def _plain(text: str) -> str:
    return re.sub(r"[^ -!#-\[\]-~]", "?", text)[:64]
