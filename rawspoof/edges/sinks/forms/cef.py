"""An event as ArcSight's Common Event Format, CEF:0 (Implementing ArcSight CEF, revision 25).

Pure: event in, line out. Keys that the dictionary lacks have its form for one's own: vendor's and product's name first.
"""

from collections.abc import Callable
from typing import Final

from rawspoof import __version__
from rawspoof.core.event import AnyEvent
from rawspoof.edges.sinks.ecs import address
from rawspoof.edges.sinks.forms.facts import Fact, facts, kind, plain, severity, text, title

_KEYS: Final = {
    "service": "app",
    "user": "suser",
    "reason": "reason",
    "size": "in",
    "bytes_in": "in",
    "bytes_out": "out",
    "packets": "cnt",
    "scan": "externalId",
}
_LABELLED: Final = {
    "tool": "cs1",
    "techniques": "cs2",
    "attack": "cs3",
    "targets": "cs4",
    "secret": "cs5",
    "data": "cs6",
    "greeting": "cs6",
    "risk": "cn1",
    "port_count": "cn2",
    "target_count": "cn3",
}
"""Strings and numbers of one's own that every reader of CEF has a column for; a label says what each is."""


def lines(observer: str) -> Callable[[AnyEvent], bytes]:
    """A function that makes one line, without its end, of each event seen by `observer` (a host name)."""
    seen_by = _value(plain(observer))
    return lambda event: _line(event, seen_by).encode("ascii")


def _line(event: AnyEvent, observer: str) -> str:
    header = (kind(event), title(event), str(severity(event)))
    pairs = [f"rt={round(event.at * 1000)}", f"dvchost={observer}", "proto=TCP", *_ends(event)]
    pairs += [pair for name, fact in facts(event).items() for pair in _pairs(name, fact)]
    return f"CEF:0|rawspoof|rawspoof|{_header(__version__)}|{'|'.join(map(_header, header))}|{' '.join(pairs)}"


def _ends(event: AnyEvent) -> tuple[str, ...]:
    """Both addresses and ports; CEF:0 has IPv6 in fields of its own."""
    src, dst = address(event.src), address(event.dst)
    if len(event.src) == 4:
        ends: tuple[str, ...] = (f"src={src}", f"dst={dst}")
    else:
        ends = (f"c6a2={src}", "c6a2Label=Source IPv6 Address", f"c6a3={dst}", "c6a3Label=Destination IPv6 Address")
    return *ends, f"spt={event.sport}", f"dpt={event.dport}"


def _pairs(name: str, fact: Fact) -> tuple[str, ...]:
    value = _value(text(fact))
    if slot := _LABELLED.get(name):
        return f"{slot}={value}", f"{slot}Label={_words(name)}"
    return (f"{_KEYS.get(name, 'rawspoof' + _words(name).replace(' ', ''))}={value}",)


def _words(name: str) -> str:
    return name.replace("_", " ").title()


def _header(part: str) -> str:
    return part.replace("\\", "\\\\").replace("|", "\\|")


def _value(part: str) -> str:
    """For the extension, where a bar is nothing special; line ends cannot be in a fact."""
    return part.replace("\\", "\\\\").replace("=", "\\=")
