"""An event as IBM's Log Event Extended Format, LEEF 2.0 (QRadar DSM guide, LEEF overview).

Pure: event in, line out. LEEF knows no escaping: the delimiter inside of a value is written as other bytes that cannot
be printed are, `\\x5e`.
"""

from collections.abc import Callable
from typing import Final

from rawspoof import __version__
from rawspoof.core.event import AnyEvent
from rawspoof.edges.sinks.ecs import address, timestamp
from rawspoof.edges.sinks.forms.facts import facts, kind, plain, severity, text

TAB: Final = "\t"
CARET: Final = "^"
"""For ways that do not leave a tab alone: rsyslog writes `#011` for it."""

_KEYS: Final = {
    "user": "usrName",
    "size": "srcBytes",
    "bytes_in": "srcBytes",
    "bytes_out": "dstBytes",
    "packets": "srcPackets",
    "reason": "reason",
}


def lines(observer: str, delimiter: str = TAB) -> Callable[[AnyEvent], bytes]:
    """A function that makes one line, without its end, of each event seen by `observer` (a host name).

    `delimiter` is one ASCII character that is in no address, number or time.
    """
    told = f"x{ord(delimiter):02x}" if delimiter == TAB else delimiter
    header = f"LEEF:2.0|rawspoof|rawspoof|{__version__}|"
    seen_by = plain(observer)

    def line(event: AnyEvent) -> bytes:
        values = [_value(f"{key}={value}", delimiter) for key, value in _attributes(event, seen_by).items()]
        return f"{header}{kind(event)}|{told}|{delimiter.join(values)}".encode("ascii")

    return line


def _attributes(event: AnyEvent, observer: str) -> dict[str, object]:
    return {
        "devTime": timestamp(event.at).replace("+00:00", "+0000"),
        "devTimeFormat": "yyyy-MM-dd'T'HH:mm:ss.SSSSSSZ",
        "cat": kind(event).partition(".")[0],
        "sev": severity(event),
        "proto": "TCP",
        "src": address(event.src),
        "srcPort": event.sport,
        "dst": address(event.dst),
        "dstPort": event.dport,
        "sensor": observer,
        **{_KEYS.get(name, name): text(fact) for name, fact in facts(event).items()},
    }


def _value(part: str, delimiter: str) -> str:
    return part.replace(delimiter, f"\\x{ord(delimiter):02x}")
