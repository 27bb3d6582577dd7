"""nmap's match lines to texts that nmap names by them: what the services of an nmap-service-probes file say.

Decides what is said to which request, and what is left out with which reason. Reads no file.
"""

import re
from typing import Final

from rawspoof.core.signature.foreign import requests
from rawspoof.core.signature.foreign.order import Known, Order
from rawspoof.core.signature.foreign.press import SPEECHLESS, Left, Made, Outcome, gaps, rename, seeded
from rawspoof.core.signature.foreign.probes import Line, Probe
from rawspoof.core.signature.foreign.templates import fill, hints
from rawspoof.core.signature.imported import Entry
from rawspoof.core.signature.pattern.make import Groups, make
from rawspoof.core.signature.pattern.match import Matcher
from rawspoof.core.signature.pattern.steps import Exhausted

_HONEYPOT = re.compile(
    r"honey(?!well)|dionaea|kojoney|cowrie|kippo|nepenthes|backofficer friendly|valhalla|sshtroll", re.IGNORECASE
)
"""What a scanner says when it is not fooled."""

_OTHER_HOST: Final = b"mail.oakfield.home.arpa"
"""A name of another length and shape: what is said with this one fits with any."""

_SYSTEMS: Final = {"windows": "windows", "linux": "linux", "freebsd": "freebsd", "unix": "unix", "mac": "macos"}


def outcomes(probe: Probe, secret: bytes) -> list[Outcome]:
    """Every match line of a probe as an identity that nmap names by it, or a reason why not.

    A pure function of the probe and the secret.
    """
    found: list[Outcome] = []
    known: list[Known] = []
    for line in probe.lines:
        try:
            known.append(Known.read(line))
        except ValueError as e:
            found.append(Left(line.number, str(e)))
    order = Order(known)
    for at, (line, _, _) in enumerate(known):
        try:
            found.append(_make(probe, line, at, order, secret))
        except ValueError as e:
            found.append(Left(line.number, str(e)))
    return found


def _make(probe: Probe, line: Line, at: int, order: Order, secret: bytes) -> Made:
    """Raises ValueError with the reason why the line becomes no identity."""
    _refuse(probe, line)

    def judge(text: bytes, groups: Groups) -> str:
        if not text:
            return SPEECHLESS
        taken = order.first(text, before=at)
        return f"what it matches is taken by line {taken.line.number}" if taken else _unfilled(line, groups)

    matcher = order.matcher(at)
    text, groups = make(matcher, seeded(secret, line.pattern), hints(line.templates), judge)
    named = _named(line, groups)
    other = rename(text, _OTHER_HOST)
    # Where another name would be read as something else, every host says the same one.
    anybody = other == text or (order.first(other, before=at) is None and _reads(line, matcher, other) == named)
    rare = not probe.everywhere
    return Made(
        Entry(line.number, named["p"], named["v"], gaps(text) if anybody else (text,)),
        line.protocol,
        _system(line, named["o"]),
        requests.of_probe(probe.payload) if probe.payload else None,
        probe.name if rare else "",
        tuple(probe.ports) if rare else (),
    )


def _refuse(probe: Probe, line: Line) -> None:
    """Raise ValueError for a line that must not or need not be dealt."""
    if _HONEYPOT.search(" ".join((line.protocol, *line.templates.values()))):
        raise ValueError("names a honeypot")
    if line.protocol == "ssl":
        raise ValueError("nmap looks for the service behind TLS, which is not spoken here")
    if not probe.everywhere and not probe.ports:
        raise ValueError(f"nmap sends {probe.name} to no port by default")


def _unfilled(line: Line, groups: Groups) -> str:
    """Which of the templates nmap could not fill, "" for none."""
    wrong = [f"{key}/{line.templates[key]}/" for key in "pvo" if _filled(line, key, groups) is None]
    return f"`{wrong[0]}` cannot be filled" if wrong else ""


def _filled(line: Line, key: str, groups: Groups) -> str | None:
    return fill(key, line.templates.get(key, ""), groups)


def _named(line: Line, groups: Groups) -> dict[str, str]:
    """What nmap prints."""
    return {key: _filled(line, key, groups) or "" for key in "pvo"}


def _reads(line: Line, matcher: Matcher, text: bytes) -> dict[str, str] | None:
    """What nmap prints of a text, None if the line does not match it."""
    try:
        groups = matcher.search(text)
    except Exhausted:
        return None
    return None if groups is None else _named(line, groups)


def _system(line: Line, named: str) -> str:
    """The operating system tag that goes with what nmap prints."""
    # A CPE is `o:vendor:product:version/flags`.
    named = named or "".join(line.templates.get("cpe:o", "").partition("/")[0].split(":")[2:3])
    known = (tag for word, tag in _SYSTEMS.items() if word in named.lower())
    return next(known, None) or re.sub(r"[^a-z0-9]+", "-", named.lower()).strip("-") or "any"
