"""What `nmap -sV` would name a service, by its data file: which probe comes when, and which line names the answer.

A model of the scanner without its sockets. Knows no service: it is handed a way to ask one.

Source: what nmap 7.93 does, read in its source and measured.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from rawspoof.core.signature.foreign.order import Known, Named, Order, chains
from rawspoof.core.signature.foreign.probes import Probe
from rawspoof.core.signature.foreign.templates import fill
from rawspoof.core.signature.pattern.make import Groups


class Finding(NamedTuple):
    """What nmap prints of a port; all empty if it names nothing."""

    protocol: str = ""
    product: str = ""
    version: str = ""


class Scanner:
    """nmap with this data file, at its default intensity."""

    def __init__(self, probes: Sequence[Probe]) -> None:
        self._probes = [(probe, frozenset(probe.ports)) for probe in probes if not probe.udp]
        self._chains = chains(probes, {(probe.name, probe.udp): Order(_known(probe)) for probe in probes})

    def identify(self, ask: Callable[[bytes], bytes], port: int) -> Finding:
        """What is printed of a service on this port; `ask` gives what it says on a new connection to these bytes."""
        soft: Named | None = None
        for probe, listed in self._sent_to(port):
            if not listed and not (probe.everywhere if soft is None else _knows(probe, soft)):
                continue
            named = self._name(probe, ask(probe.payload))
            if named is not None and not named.line.soft:
                return _print(named)
            soft = soft or named
        return Finding() if soft is None else _print(soft)

    def _sent_to(self, port: int) -> Iterator[tuple[Probe, bool]]:
        """A greeting is awaited first, then the probes that list the port are sent, then the others."""
        yield from ((probe, True) for probe, _ in self._probes if not probe.payload)
        yield from ((probe, True) for probe, ports in self._probes if probe.payload and port in ports)
        yield from ((probe, False) for probe, ports in self._probes if probe.payload and port not in ports)

    def _name(self, probe: Probe, answer: bytes) -> Named | None:
        if not answer:
            return None
        return next((named for order in self._chains[probe.name] if (named := order.first(answer))), None)


def _knows(probe: Probe, soft: Named) -> bool:
    """Whether a probe may tell more of a service that is known by its name only."""
    return any(line.protocol == soft.line.protocol for line in probe.lines)


def _known(probe: Probe) -> list[Known]:
    """The lines that can be read; nmap's own file has no others."""
    known = []
    for line in probe.lines:
        try:
            known.append(Known.read(line))
        except ValueError:
            continue
    return known


def _print(named: Named) -> Finding:
    return Finding(
        named.line.protocol, *(_filled(named.line.templates.get(key, ""), key, named.groups) for key in "pv")
    )


def _filled(template: str, key: str, groups: Groups) -> str:
    return fill(key, template, groups) or ""
