"""The files of portspoof and portspoof-py: signatures, a pattern a line, and the configuration, a payload a port.

Knows their grammars and where the two tools differ; of a line that neither reads well it says what is wrong.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from rawspoof.core.signature.problem import Problem

_SPEC = re.compile(r"\s*(\S+)")
_RANGE = re.compile(r"(\d+)(?:-(\d+))?", re.ASCII)
_NUMBER = re.compile(r"(\d+)(?:\.\d*)?(?:[eE]\d+)?|(0)[xX][0-9a-fA-F]+", re.ASCII)
"""What portspoof's strtod reads whole; of it, its %d then takes the digits that come first."""
_CONF_LINE = re.compile(r"\s*(?:\d+(?:-\d+)?\s[^\"]*|\d\w*(?:\.\d+)?(?:-\w*)?\s+)\"", re.ASCII)
_SPEC_MAX: Final = 40
TOLD_MAX: Final = 1000
"""Problems of one configuration that are told one by one."""
LINE_MAX: Final = 2047
"""Bytes that portspoof reads of a line; the rest is a line of its own to it."""

_META = re.compile(rb"(\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\.)([*+]|\{\d+(?:,\d*)?\})?|[\^$|?*+{}]|\(\?:|[()]", re.DOTALL)
_SETS: Final = (b"\\w", b"\\d", b"\\s", b"\\W", b"\\D", b"\\S")


class Payload(NamedTuple):
    """What one port is to say."""

    line: int
    text: bytes
    """As the file has it, between the quotes."""


def signatures(text: str) -> Iterator[tuple[int, bytes]]:
    """The patterns of a signature file with their line numbers. `text` is the file read as latin-1.

    Blank lines are passed over, as portspoof-py does (portspoof sends a newline for them), long lines are whole
    (portspoof cuts at 2047 bytes), and there are no comments: a line that begins with `#` is a pattern.
    """
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip("\r \t"):
            yield number, line.rstrip("\r").encode("latin-1")


def is_conf(text: str) -> bool:
    """Whether a text looks like a portspoof.conf: its first line that is no comment has a port and a quote."""
    lines = (line for line in text.split("\n") if line.strip() and not line.lstrip().startswith("#"))
    return bool(_CONF_LINE.match(next(lines, "")))


def conf(name: str, text: str) -> tuple[dict[int, Payload], list[Problem]]:
    """The payloads of a configuration by port, and a problem for each line that is refused or doubtful.

    A later line wins. `text` is the file read as latin-1, `name` is for problems.
    """
    payloads: dict[int, Payload] = {}
    problems = [Problem(name, number, doubt) for number, doubt in _harmless(text)]
    for number, line in enumerate(text.split("\n"), 1):
        line = line.rstrip("\r")
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        try:
            ports, said = _line(line)
        except ValueError as e:
            problems.append(Problem(name, number, f"{e} (the line is left out)"))
            continue
        problems += [Problem(name, number, doubt) for doubt in _doubts(line, said, ports, payloads)]
        payloads |= dict.fromkeys(ports, Payload(number, said))
    return payloads, _some(sorted(problems, key=lambda problem: problem.line))


def _some(problems: list[Problem]) -> list[Problem]:
    """As many as a person reads, and how many there are beyond."""
    if len(problems) <= TOLD_MAX:
        return problems
    name, line, _ = problems[TOLD_MAX]
    more = len(problems) - TOLD_MAX
    return [*problems[:TOLD_MAX], Problem(name, line, f"begins what is not told, {more} more: mend what is told first")]


def _harmless(text: str) -> Iterator[tuple[int, str]]:
    """What is read here and stops portspoof: the first line of each kind, and how many more there are."""
    for looks, what in _ELSEWHERE:
        lines = [number for number, line in enumerate(text.split("\n"), 1) if looks.fullmatch(line)]
        if lines:
            more = f" (and {len(lines) - 1} more)" if lines[1:] else ""
            yield lines[0], what + more


def _line(line: str) -> tuple[range, bytes]:
    """Ports and payload. Raises ValueError."""
    spec = _SPEC.match(line)
    assert spec
    first, last = line.find('"'), line.rfind('"')
    ports = _ports(spec[1])
    if first < 0 or first == last:
        missing = "the second double quote is missing" if first >= 0 else "there are no double quotes"
        raise ValueError(f"{missing}: write the payload between two; one in it is \\x22")
    return ports, line[first + 1 : last].encode("latin-1")


def _ports(spec: str) -> range:
    # Nothing longer is a port, nor a number that int() would take.
    found = _RANGE.fullmatch(spec[:_SPEC_MAX])
    if not found or len(spec) > _SPEC_MAX:
        raise ValueError(
            f"`{spec[:_SPEC_MAX]}` is no port and no range{_taken(spec)}: write one such as 80 or 8000-8100"
        )
    low, high = int(found[1]), int(found[2] or found[1])
    if not 1 <= low <= 65535 or not 1 <= high <= 65535:
        raise ValueError(f"`{spec}` is no port{_taken(spec)}: write 1 to 65535")
    if low > high:
        raise ValueError(f"`{spec}` is a range that falls, which portspoof takes for none: write {high}-{low}")
    return range(low, high + 1)


def _taken(spec: str) -> str:
    """What portspoof makes of it, if that is a port."""
    number = _NUMBER.fullmatch(spec) if len(spec) <= _SPEC_MAX else None
    return f", which portspoof takes for {int(number[1] or number[2]) % 65536}" if number else ""


def _doubts(line: str, said: bytes, ports: range, payloads: dict[int, Payload]) -> Iterator[str]:
    """What is honoured, but may not be what was meant: what it is, and what to do."""
    if line.count('"') > 2:
        yield (
            "has more than two double quotes, and is taken from the first to the last, as portspoof-py does; portspoof"
            " ends at the second: write the inner ones \\x22 to please both"
        )
    again = [port for port in ports if port in payloads]
    if again:
        more = f" and {len(again) - 1} more" if len(again) > 1 else ""
        other = payloads[again[0]].line
        yield f"says anew what port {again[0]}{more} says (line {other}), and counts: take one of the two lines out"
    if len(line) > LINE_MAX:
        yield f"is {len(line)} bytes long and read whole; portspoof cuts at {LINE_MAX}: shorten it to please both"
    weapon = next((what for looks, what in _WEAPONS if looks.search(literal(said))), "")
    if weapon:
        yield f"looks like an attack on the scanner ({weapon}), and is sent: take the line out unless that is meant"


def pattern(payload: bytes) -> bytes:
    """The regular expression that a payload means.

    In a payload only groups, classes and the escapes for them are patterns, with their `*` or `+`; a dot is one if it
    is repeated. Everything else is itself: `$`, `|`, `?` and braces, which old payloads are full of.
    """
    return _META.sub(_as_meant, payload)


def _as_meant(found: re.Match[bytes]) -> bytes:
    whole, item, count = found[0], found[1], found[2] or b""
    if item is None:
        return whole if whole in (b"(", b")", b"(?:") else b"\\" + whole
    if item == b".":
        before, after = found.string[: found.start()], found.string[found.end() :]
        return whole if count or before.endswith(b".") or after.startswith(b".") else b"\\."
    if item.startswith(b"[") or item in _SETS:
        return whole
    return item + (re.escape(count) if count else b"")


def literal(payload: bytes) -> bytes:
    """The payload taken as text, with its escapes: what is sent if no text fits the pattern."""
    return _ESCAPE.sub(_unescape, payload)


_ELSEWHERE: Final = (
    (re.compile(r"[^\n]*\r"), "ends in CR LF, which is passed over; portspoof stops at a blank line of it: dos2unix"),
    (re.compile(r"[ \t]+"), "has blanks and nothing else, and is passed over; portspoof stops there: empty the line"),
    (
        re.compile(r"[ \t]+#.*"),
        "is an indented comment, and passed over; portspoof takes it for ports: begin it with #",
    ),
)
_WEAPONS: Final = (
    (re.compile(rb"/bin/(?:ba|da|z)?sh\b|\$\(|`[^`]+`|;\s*(?:wget|curl|nc|rm|cat|perl)\s"), "a shell command"),
    (re.compile(rb"<script|\bon(?:error|load)\s*=|javascript:|\+ADw-", re.IGNORECASE), "a script for a browser"),
    (re.compile(rb"(?:\.\./){3}|(?:\.\.\\){3}"), "a path out of its folder"),
    (re.compile(rb"%n|(.)\1{511}", re.DOTALL), "a format or an overflow"),
)
"""What payloads against scanners look like; nothing else would be in a banner."""
_ESCAPE = re.compile(rb"\\(?:x([0-9a-fA-F]{2})|(.))", re.DOTALL)
_CONTROLS: Final = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"0": b"\0"}


def _unescape(found: re.Match[bytes]) -> bytes:
    return bytes([int(found[1], 16)]) if found[1] else _CONTROLS.get(found[2], found[2])
