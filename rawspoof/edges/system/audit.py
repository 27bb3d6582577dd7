"""Signature files, looked at closely: every identity is made, asked as nmap asks, and held against what it expects.

Reads files and sends nothing: nmap is a model that reads nmap's own data file, where that is on the machine.
"""

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from rawspoof.config.load import ConfigError
from rawspoof.core.conversation.visit import Visit
from rawspoof.core.conversation.which import conversation
from rawspoof.core.signature.catalogue import Catalogue, Offer
from rawspoof.core.signature.foreign import probes
from rawspoof.core.signature.foreign.scan import Finding, Scanner
from rawspoof.core.signature.identity import Identity
from rawspoof.core.signature.problem import Problem
from rawspoof.core.signature.template import Template
from rawspoof.core.world import host
from rawspoof.edges.system import imports
from rawspoof.edges.system.imports import Kind, Wishes

NMAP_FILES: Final = ("/usr/share/nmap/nmap-service-probes", "/usr/local/share/nmap/nmap-service-probes")
"""Where nmap's data file is, if NMAPDIR does not say."""

ANY_PORT: Final = 40001
"""A port that no service lists and no rare probe is sent to."""

TOLD_OTHERWISE: Final = frozenset((1723, 102, 4222, 9092, 20000))
"""Ports of services that no line of the data file names, but a script (pptp-version, s7-info) or the list of ports."""

NOON: Final = 1735732800.0
"""The moment that dates show."""


def nmap_file() -> Path | None:
    """nmap's data file, or None where nmap is not installed."""
    named = os.environ.get("NMAPDIR")
    files = [Path(named) / "nmap-service-probes"] if named else map(Path, NMAP_FILES)
    return next((file for file in files if file.is_file()), None)


def scanner(path: Path) -> Scanner:
    """nmap as the data file has it. Raises ConfigError where it is none."""
    kind, text = imports.read(path)
    if kind is not Kind.NMAP:
        raise ConfigError(f"{path}: expected nmap-service-probes, got {kind.value}")
    return Scanner(probes.parse(str(path), text)[0])


def identities(service: Offer) -> Iterator[Identity]:
    """Every identity of a service, at home on a host that does not matter, at the port where it is most at home."""
    facts = host.facts(bytes(range(32)), b"\xc0\0\2\1", home(service), b"seed")
    return (service.identity(lot, n, facts) for lot in service.varieties for n in range(lot.size))


def home(service: Offer) -> int:
    """The port where a service is found, by those who come for it too."""
    if service.elsewhere or not service.ports:
        return ANY_PORT
    return max(service.ports, key=lambda port: service.ports[port])


class Audit:
    """What is wrong with some files, and how much there is in them."""

    def __init__(self, nmap: Scanner | None) -> None:
        self._nmap = nmap
        self._ids: dict[str, str] = {}
        self.problems: list[str] = []
        self.services = self.identities = 0

    def look(self, path: Path) -> None:
        """Look at a file, or at each TOML file of a folder. Raises ConfigError for what holds no signatures."""
        if path.is_dir():
            for inner in sorted(path.glob("*.toml")):
                self.look(inner)
            return
        kind, text = imports.read(path)
        if kind is Kind.OURS:
            self._ours(path)
        elif kind is Kind.CONF:
            pinned, wrong = imports.pins(Wishes(conf=str(path)))
            self._count({service.id: service for service in pinned.values()}.values())
            self._tell(wrong)
        else:
            made, wrong = imports.load(path, kind, text, Wishes())
            self._count(imports.services_of(kind, made))
            self._tell(wrong)

    def _ours(self, path: Path) -> None:
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError as e:
            self.problems.append(f"{path}: {e}")
            return
        found, wrong = Catalogue.parse(str(path), text)
        self._tell(wrong)
        self.services += len(found)
        for service in found:
            line = _line_of(text, service.id)
            self._tell(Problem(str(path), line, f"{service.id}: {fault}") for fault in self._faults(service, str(path)))

    def _faults(self, service: Offer, path: str) -> Iterator[str]:
        """What is wrong with a service: the first identity that is not as expected stands for all of them."""
        if self._ids.setdefault(service.id, path) != path:
            yield f"has its id from {self._ids[service.id]}; give it another"
        wrong, first = 0, ""
        for identity in identities(service):
            self.identities += 1
            fault = self._fault(identity, home(service))
            wrong += bool(fault)
            first = first or fault
        if wrong:
            yield first + (f" (and {wrong - 1} more identities)" if wrong > 1 else "")

    def _fault(self, identity: Identity, port: int) -> str:
        def ask(request: bytes) -> bytes:
            talk = conversation(Visit(identity))
            return talk.opened(NOON).data + (talk.heard(request, NOON).data if request else b"")

        if identity.site is None and not any(template.render(NOON) for template in _templates(identity)):
            return "says nothing"
        if self._nmap is None:
            return ""
        expected = Finding(identity.protocol, identity.product, identity.version)
        printed = self._nmap.identify(ask, port)
        if printed == expected or _asked_on(printed, expected, port):
            return ""
        return f"nmap prints `{_words(printed)}`, not `{_words(expected)}`"

    def _count(self, services: Iterable[Offer]) -> None:
        for service in services:
            self.services += 1
            self.identities += sum(lot.size for lot in service.varieties)

    def _tell(self, problems: Iterable[Problem]) -> None:
        self.problems += map(str, problems)


def _asked_on(printed: Finding, expected: Finding, port: int) -> bool:
    """Whether more than the data file tells: rpc-grind, amqp-info, docker-version ask on, or the port has a name."""
    scripted = printed == Finding("rpcbind") or printed.protocol == expected.protocol in ("amqp", "docker")
    return scripted or (port in TOLD_OTHERWISE and printed == Finding())


def _templates(identity: Identity) -> Iterator[Template]:
    """All that an identity can say; what it would say again of a request is left empty."""
    if identity.greet is not None:
        yield identity.greet
    yield from (answer.say.bind(dict.fromkeys(answer.when.groupindex, b"")) for answer in identity.answers)
    yield from (word.bind({}) for word in identity.words.values())


def _line_of(text: str, name: str) -> int:
    """The line that gives a service its id."""
    found = re.search(rf'^id\s*=\s*["\']{re.escape(name)}["\']', text, re.MULTILINE)
    return text.count("\n", 0, found.start()) + 1 if found else 1


def _words(finding: Finding) -> str:
    return " ".join(filter(None, finding)) or "nothing"
