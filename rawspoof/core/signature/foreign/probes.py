"""The text of an nmap-service-probes file to probes and their match lines. Knows the file's grammar, no scanner.

Source: the chapter on the file's format in nmap's reference guide, and what nmap 7.93 accepts.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from rawspoof.core.signature.problem import Problem

RARITY_MAX: Final = 7
"""Probes up to this rarity are sent to every port by default; rarer ones go to the ports that they list."""

_PROBE = re.compile(r"Probe (TCP|UDP) (\S+) q(.)(.*?)\3")
_MATCH = re.compile(r"(soft)?match (\S+) +m(.)(.*?)\3([a-zA-Z]*)")
_TEMPLATE = re.compile(r"\s+(cpe:|[pvihod])([^\sA-Za-z])(.*?)\2([a-zA-Z]*)")
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|(.))", re.DOTALL)
_CONTROLS: Final = {"0": "\0", "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


class Line(NamedTuple):
    """A match line."""

    number: int
    soft: bool
    protocol: str
    pattern: bytes
    flags: str
    templates: dict[str, str]
    """By `p v i h o d` and `cpe:a` and the like."""


class Probe(NamedTuple):
    """What nmap sends, and how it reads the answers."""

    name: str
    udp: bool
    """Not sent to our ports; but its lines may be another's fallback."""
    payload: bytes
    lines: list[Line]
    facts: dict[str, str]
    """The other directives: `rarity`, `ports`, `fallback` and so on, as they are written."""

    @property
    def everywhere(self) -> bool:
        """Whether every port is asked, by default."""
        return int(self.facts.get("rarity", "5")) <= RARITY_MAX

    @property
    def ports(self) -> Sequence[int]:
        """The ports that are asked whatever the rarity."""
        return tuple(_ports(self.facts.get("ports", "")))

    @property
    def fallback(self) -> list[str]:
        """Names of the probes whose lines are tried after this one's."""
        return [name for name in self.facts.get("fallback", "").split(",") if name]


def parse(name: str, text: str) -> tuple[list[Probe], list[Problem]]:
    """The probes of a file, in its order, and a problem for each line that is not as it should be.

    `text` is the file read as latin-1.
    """
    probes: list[Probe] = []
    problems: list[Problem] = []
    probe: Probe | None = None
    for number, line in enumerate(text.split("\n"), 1):
        line = line.rstrip("\r")
        if not line or line.startswith(("#", "Exclude ")):
            continue
        try:
            if line.startswith("Probe "):
                probe = _probe(line)
                probes.append(probe)
            elif probe is None:
                raise ValueError("stands before the first `Probe` line")
            else:
                _directive(probe, number, line)
        except ValueError as e:
            problems.append(Problem(name, number, str(e)))
    return probes, problems


def _probe(line: str) -> Probe:
    found = _PROBE.match(line)
    if not found:
        raise ValueError("is no `Probe TCP|UDP name q|payload|`")
    return Probe(found[2], found[1] == "UDP", _unescape(found[4]), [], {})


def _directive(probe: Probe, number: int, line: str) -> None:
    if line.startswith(("match ", "softmatch ")):
        probe.lines.append(_line(number, line))
        return
    key, _, value = line.partition(" ")
    if key not in ("ports", "sslports", "rarity", "totalwaitms", "tcpwrappedms", "fallback"):
        raise ValueError(f"`{key}` is no directive")
    if key.endswith("ports"):
        list(_ports(value))
    elif key != "fallback" and not value.isdigit():
        raise ValueError(f"`{key}` wants a number, got {value!r}")
    probe.facts[key] = value


def _line(number: int, line: str) -> Line:
    found = _MATCH.match(line)
    if not found:
        raise ValueError("is no `match service m|pattern|`")
    templates: dict[str, str] = {}
    at = found.end()
    while template := _TEMPLATE.match(line, at):
        key, text = template[1], template[3]
        templates[key + text[:1] if key == "cpe:" else key] = text
        at = template.end()
    if line[at:].strip():
        raise ValueError(f"`{line[at:].strip()[:40]}` is no template")
    return Line(number, bool(found[1]), found[2], found[4].encode("latin-1"), found[5], templates)


def _ports(text: str) -> Iterator[int]:
    for item in filter(None, text.split(",")):
        first, dash, last = item.partition("-")
        if not first.strip().isdigit() or (dash and not last.strip().isdigit()):
            raise ValueError(f"`{item}` is no port and no range of ports")
        ports = range(int(first), int(last or first) + 1)
        if not ports or ports[-1] > 65535:
            raise ValueError(f"`{item}` has to climb, to 65535 at most")
        yield from ports


def _unescape(text: str) -> bytes:
    return _ESCAPE.sub(lambda m: chr(int(m[1], 16)) if m[1] else _CONTROLS.get(m[2], m[2]), text).encode("latin-1")
