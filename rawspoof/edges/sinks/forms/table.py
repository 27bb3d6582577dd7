"""The forms that events can be written in, by name. Knows where each is made and nothing of how."""

from collections.abc import Callable
from typing import Final

from rawspoof.core.event import AnyEvent
from rawspoof.edges.sinks import ecs, pylog
from rawspoof.edges.sinks.forms import cef, fail2ban, leef, lossless, ocsf, portspoof, pro, tpot

Maker = Callable[[AnyEvent], bytes | None]

FORMS: Final[dict[str, Callable[[str], Maker]]] = {
    "ecs": lambda observer: _bare(ecs.lines(observer)),
    "ocsf": ocsf.lines,
    "cef": cef.lines,
    "leef": leef.lines,
    "leef-caret": lambda observer: leef.lines(observer, leef.CARET),
    "tpot": tpot.lines,
    "pro": pro.lines,
    "fail2ban": lambda _: fail2ban.line,
    "portspoof": lambda _: portspoof.line,
    "pylog": lambda _: _bare(pylog.line),
    "rawspoof": lambda _: lossless.encode,
}


def named(name: str, observer: str) -> Maker:
    """A function that makes one line, without its end, of an event seen by `observer`, or None where it has none.

    Raises ValueError, which says what there is, for a name that is none.
    """
    if name not in FORMS:
        raise ValueError(f"expected {' or '.join(f'`{known}`' for known in FORMS)}, got {name!r}")
    return FORMS[name](observer)


def lines(name: str, observer: str) -> Maker:
    """The same with the line's end, for files."""
    make = named(name, observer)

    def line(event: AnyEvent) -> bytes | None:
        made = make(event)
        return made if made is None else made + b"\n"

    return line


def _bare(make: Maker) -> Maker:
    def line(event: AnyEvent) -> bytes | None:
        made = make(event)
        return made if made is None else made[:-1]

    return line
