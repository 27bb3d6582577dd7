"""All services there are, and which of their identities a number means at a port. Reads no file: it is given text."""

import re
import tomllib
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, pairwise
from types import MappingProxyType
from typing import Any, Final, NamedTuple, Protocol

import msgspec

from rawspoof.core.signature import service
from rawspoof.core.signature.identity import Identity
from rawspoof.core.signature.problem import Problem
from rawspoof.core.signature.service import Service
from rawspoof.core.signature.tls_ports import PLAIN, WEB_SHARE

FORMAT: Final = 1
"""The format of signature files that this code reads, and that a file has which names none."""

_SERVICE = re.compile(r"^\[\[service\]\]", re.MULTILINE)
_TOML_LINE = re.compile(r" \(at line (\d+), column \d+\)$| \(at end of document\)$")

_SCALE: Final = 1_000_000
"""A service's weight at a port is its own, however many sets it has: their weights are shares of this."""

_RARER: Final = 6
"""Ours: at ports that nobody lists, what shows no version is dealt so much less than its weight: a name with a number
is what a person, and a vulnerability scanner, looks at further."""

_UNIX: Final = ("linux", "freebsd")
_ELSEWHERE: Final = 0
"""Stands for every port that no service lists."""


class Lot(Protocol):
    """Identities of one service that share an operating system; `Variety` is one."""

    @property
    def os(self) -> str:
        """Operating system tag, see `fits`."""

    @property
    def weight(self) -> int:
        """Its share of the service."""

    @property
    def size(self) -> int:
        """How many identities there are."""

    @property
    def versioned(self) -> bool:
        """Whether a scanner reads a version from them."""


class Offer(Protocol):
    """What can be dealt: `Service` of our own files, `Imported` of others'."""

    @property
    def id(self) -> str:
        """Its name in the catalogue."""

    @property
    def protocol(self) -> str:
        """nmap's service name."""

    @property
    def ports(self) -> Mapping[int, int]:
        """Weight at each port where it is at home."""

    @property
    def elsewhere(self) -> int:
        """Weight at ports that no service lists."""

    @property
    def varieties(self) -> Sequence[Lot]:
        """All that it can be."""

    def identity(self, variety: Any, number: int, facts: Mapping[str, bytes]) -> Identity:
        """The identity with this number in one of its own varieties, at home on the host with these facts."""


class Choice(NamedTuple):
    """An identity picked but not yet at home on a host."""

    service: Offer
    variety: Lot
    number: int
    tls: bool = False
    """Whether it is to speak inside TLS from the first byte."""

    def identity(self, facts: Mapping[str, bytes]) -> Identity:
        """The identity as the host with these facts (HOST_FACTS) shows it."""
        made = self.service.identity(self.variety, self.number, facts)
        return made._replace(tls="implicit") if self.tls else made


class Shelf(NamedTuple):
    """What may be picked at a port: sets, and their weights summed up."""

    bounds: list[int]
    sets: list[tuple[Offer, Lot]]


class Catalogue:
    """The services, indexed by port. Constant once built but for shelves made at their first use."""

    def __init__(self, services: Sequence[Offer], pinned: Mapping[int, Offer] = MappingProxyType({})) -> None:
        self.services: Final = {s.id: s for s in services}
        self.pinned: Final = pinned
        """Who is at a port in any world, whatever would be dealt there."""
        self._shelves: dict[tuple[str, str | None], dict[int, Shelf]] = {}

    @staticmethod
    def parse(name: str, text: str) -> tuple[list[Service], list[Problem]]:
        """The services of one file, and a problem for each that is not as it should be. `name` is for problems."""
        services: list[Service] = []
        problems: list[Problem] = []
        lists: dict[str, Any] = {}
        for line, chunk in _chunks(text):
            try:
                table = tomllib.loads(chunk)
                if table.get("format", FORMAT) != FORMAT:
                    raise ValueError(f"format {table['format']} is not known here, only {FORMAT} is")
                lists |= msgspec.convert(table.get("lists", {}), dict[str, list[Any]])
                services += [service.parse(t, lists) for t in table.get("service", ())]
            except tomllib.TOMLDecodeError as e:
                found = _TOML_LINE.search(str(e))
                inner = int(found[1]) if found and found[1] else 1
                problems.append(Problem(name, line + inner - 1, _TOML_LINE.sub("", str(e))))
            except ValueError as e:
                problems.append(Problem(name, line, str(e)))
        return services, problems

    @property
    def identities(self) -> int:
        """How many identities there are, all services together."""
        return sum(v.size for s in self.services.values() for v in s.varieties)

    def pick(self, port: int, number: int, os_family: str, only: str | None = None) -> Choice:
        """The identity that a number (any size, better 64 bits and more) means at a port.

        A pure function of the four. `os_family` leaves out what does not run there; with `only` that service is
        picked at every port, whatever its system if it has none for this one. Raises ValueError if nothing fits.
        """
        shelves = self._shelves.get((os_family, only)) or self._stock(os_family, only)
        bounds, sets = shelves.get(port) or shelves[_ELSEWHERE]
        number, at = divmod(number, bounds[-1])
        service, variety = sets[bisect_right(bounds, at)]
        number, nth = divmod(number, variety.size)
        tls = PLAIN.get(port) in service.ports
        if only is None and port not in shelves:
            tls = service.protocol == "http" and number % WEB_SHARE == 0
        return Choice(service, variety, nth, tls)

    def _stock(self, os_family: str, only: str | None) -> dict[int, Shelf]:
        """The shelves for one system: bounded by the systems and services there are."""
        fitting = [(s, fit) for s in self.services.values() if (fit := _fitting(s, os_family))]
        if only is not None:
            chosen = self.services[only]
            fit = _fitting(chosen, os_family) or chosen.varieties
            shelves = {_ELSEWHERE: _shelf([(chosen, fit, 1)])}
        else:
            # A port that somebody lists is theirs alone: on 22 lives SSH, and never a web server.
            listed: dict[int, list[tuple[Offer, Sequence[Lot], int]]] = {}
            for s, fit in fitting:
                for port, weight in s.ports.items():
                    if weight:
                        listed.setdefault(port, []).append((s, fit, weight))
            for port, plain in PLAIN.items():
                if plain in listed:
                    listed[port] = listed.get(port, []) + listed[plain]
            shelves = {port: _shelf(offers) for port, offers in listed.items()}
            shelves[_ELSEWHERE] = _shelf([(s, fit, s.elsewhere) for s, fit in fitting], _RARER)
        if not shelves[_ELSEWHERE].sets:
            raise ValueError(f"no service fits a {os_family} host on every port")
        self._shelves[os_family, only] = shelves
        return shelves


def fits(os: str, family: str) -> bool:
    """True if an identity with this tag (`any`, `unix`, `family/distribution`) may live on a host of that family."""
    root = os.partition("/")[0]
    return root in ("any", family) or (root == "unix" and family in _UNIX)


def _fitting(service: Offer, family: str) -> Sequence[Lot]:
    return tuple(v for v in service.varieties if v.weight and fits(v.os, family))


def _shelf(offers: Sequence[tuple[Offer, Sequence[Lot], int]], rarer: int = 1) -> Shelf:
    """A service's weight at the port, shared among its sets by theirs; `rarer` times less without a version."""
    weighed = [
        (weight * v.weight * _SCALE // sum(w.weight for w in fit) // (1 if v.versioned else rarer), (s, v))
        for s, fit, weight in offers
        for v in fit
        if weight
    ]
    return Shelf(list(accumulate(w for w, _ in weighed)), [place for _, place in weighed])


def _chunks(text: str) -> Iterator[tuple[int, str]]:
    """Each service's own lines with the number of the first: a slip in one leaves the others readable."""
    starts = [0, *(m.start() for m in _SERVICE.finditer(text)), len(text)]
    for start, end in pairwise(starts):
        yield text.count("\n", 0, start) + 1, text[start:end]
