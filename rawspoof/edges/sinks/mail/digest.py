"""Many events become one mail of bounded length, grouped by source. Pure: knows no server, no file and no clock.

What the mail says of a connection is portspoof-py's form, byte for byte; nothing in it is an attacker's text but as
hex, and headers are made of numbers only.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Final

from rawspoof.config.mail import recipients, sender
from rawspoof.config.model import Mail
from rawspoof.core.event import AnyEvent, Scan, ScanDetected, ScanEnded, SessionOpened
from rawspoof.edges.sinks.ecs import address
from rawspoof.edges.sinks.forms.facts import plain

SOURCES_MAX: Final = 50
"""Sources whose connections are told one by one; of more, only the number is."""
LINES_MAX: Final = 10
"""Connections told of one source."""
SCANS_MAX: Final = 50
"""Scans told; of more, those of the highest risk."""
HEX_MAX: Final = 30
WORDS_MAX: Final = 200
"""Characters of a scan's techniques and tool."""


def wanted(event: AnyEvent, mail: Mail) -> bool:
    """Whether these settings ask to be told of this event."""
    ports = mail.trigger_ports
    match event:
        case SessionOpened():
            return not ports or event.dport in ports
        case ScanDetected() | ScanEnded():
            return mail.scans and (not ports or event.dport in ports or any(_touched(event, port) for port in ports))
    return False


class Digest:
    """What the next mail tells. Its size does not depend on how much that is."""

    def __init__(self) -> None:
        self.connections = 0
        self.scans = 0
        self._sources: dict[bytes, tuple[int, list[SessionOpened]]] = {}
        """By source, how many connections and the first of them."""
        self._reports: dict[str, Scan] = {}
        """By scan, its latest report."""

    def __bool__(self) -> bool:
        return bool(self.connections or self.scans)

    def add(self, event: AnyEvent) -> None:
        """Take an event in; what is neither a connection nor a scan's report is left out."""
        if isinstance(event, SessionOpened):
            self.connections += 1
            self._connected(event.src, 1, [event])
        elif isinstance(event, Scan):
            self.scans += event.scan not in self._reports
            self._reported(event)

    def absorb(self, later: "Digest") -> None:
        """Take in what came after; it counts as if it had been added here."""
        self.connections += later.connections
        self.scans += later.scans - len(later._reports.keys() & self._reports.keys())
        for source, (count, events) in later._sources.items():
            self._connected(source, count, events)
        for report in later._reports.values():
            self._reported(report)

    def subject(self) -> str:
        """`[portspoof] 3 connections detected`."""
        return f"[portspoof] {self._what()} detected"

    def body(self, observer: str) -> str:
        """The text, lines ended by newlines."""
        lines = [f"portspoof alert — {self._what()}", "", *self._lines(), "", f"{plain(observer)}, times are UTC"]
        return "\n".join(lines) + "\n"

    def _connected(self, source: bytes, count: int, events: list[SessionOpened]) -> None:
        before, kept = self._sources.get(source, (0, []))
        if kept or len(self._sources) < SOURCES_MAX:
            self._sources[source] = before + count, (kept + events)[:LINES_MAX]

    def _reported(self, event: Scan) -> None:
        self._reports[event.scan] = event
        if len(self._reports) > SCANS_MAX:
            del self._reports[min(self._reports.values(), key=lambda report: report.risk).scan]

    def _what(self) -> str:
        counted = ((self.connections, "connection"), (self.scans, "scan"))
        return ", ".join([_number(count, name) for count, name in counted if count])

    def _lines(self) -> Iterator[str]:
        sources = dict.fromkeys([*self._sources, *(report.src for report in self._reports.values())])
        told = 0
        for source in sources:
            count, events = self._sources.get(source, (0, []))
            told += count
            yield from map(_connection, events)
            if count > len(events):
                yield f"… and {_number(count - len(events), 'more connection')} from {address(source)}"
            yield from [_scan(report) for report in self._reports.values() if report.src == source]
        if self.connections > told:
            yield f"… and {_number(self.connections - told, 'more connection')} from other sources"
        if self.scans > len(self._reports):
            yield f"… and {_number(self.scans - len(self._reports), 'more scan')} of lower risk"


def message(subject: str, body: str, mail: Mail, at: float, token: str) -> EmailMessage:
    """A mail of this text. `token` makes its id unlike any other's.

    Raises ValueError where a header would hold more than one line.
    """
    made = EmailMessage(SMTP)
    made["Subject"] = subject
    made["From"] = sender(mail)
    made["To"] = ", ".join(recipients(mail))
    made["Date"] = format_datetime(datetime.fromtimestamp(at, UTC))
    made["Message-ID"] = f"<{token}@{sender(mail).rpartition('@')[2]}>"
    # RFC 3834 §5: nobody's holiday notice shall answer it.
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(body, cte="quoted-printable")
    return made


def _connection(event: SessionOpened) -> str:
    banner = event.greeting.hex()
    shown = f" {banner[:HEX_MAX]}{'…' * (len(banner) > HEX_MAX)}" if banner else ""
    ends = f"{_host(event.src)}:{event.sport} → port {event.dport}"
    return f"{_time(event.at)}  {ends}  ({len(event.greeting)} B {shown})"


def _scan(event: Scan) -> str:
    where = f"{_number(event.port_count, 'port')} on {_number(event.target_count, 'address', 'es')}"
    words = [", ".join(event.techniques), event.tool, f"risk {event.risk}", f"level {event.level}"]
    proven = "" if event.verified else "; the address is not proven"
    how = plain("; ".join(filter(None, words)))[:WORDS_MAX]
    return f"{_time(event.first_at)}  {address(event.src)} scanned {where}  ({how}{proven})"


def _touched(event: Scan, port: int) -> bool:
    for target in event.targets:
        for part in target.ports.split(","):
            first, _, last = part.partition("-")
            if first.isdecimal() and int(first) <= port <= int(last or first):
                return True
    return False


def _host(packed: bytes) -> str:
    return address(packed) if len(packed) == 4 else f"[{address(packed)}]"


def _time(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S")


def _number(count: int, name: str, ending: str = "s") -> str:
    return f"{count} {name}{ending * (count != 1)}"
