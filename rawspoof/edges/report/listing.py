"""Events as lines for people and for spreadsheets. Pure: event in, text out.

Whatever an attacker sent is printable ASCII here, and never the beginning of a formula in a spreadsheet.
"""

import csv
import io
from collections.abc import Iterable
from typing import Final

from rawspoof.core.event import (
    RANGES_TOLD_MAX,
    AnyEvent,
    Event,
    Scan,
    ServiceCredential,
    ServiceRequest,
    SessionClosed,
    SessionData,
    SessionOpened,
    SynData,
    TlsClientHello,
)
from rawspoof.edges.report.plain import cut, ip, moment, shown, size, span
from rawspoof.edges.report.ports import MORE, spans, written
from rawspoof.edges.store.queries import Numbered

HEADER: Final = ("number", "time", "kind", "proven", "source_ip", "source_port", "target_ip", "target_port", "service",
                 "user", "secret", "tool", "risk", "packets", "ports", "what", "sensor")  # fmt: skip
"""Of CSV; a column that an event knows nothing of is empty."""
HEADS: Final = ("time (UTC)", "source", "port", "kind", "what")
"""Of the table; that of a hub begins with the sensor."""
SENSOR: Final = "sensor"
SENSOR_WIDE: Final = 16
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""With these a cell begins that a spreadsheet computes (OWASP, CSV Injection)."""

COMMON_FIELDS: Final = len(Event.__struct_fields__)


def proven(event: AnyEvent) -> bool:
    """Whether the source's address is genuine: it completed a handshake."""
    return event.verified if isinstance(event, Scan) else not isinstance(event, SynData)


def kind(event: AnyEvent) -> str:
    """`session.open` and the like."""
    return str(type(event).__struct_config__.tag)


def what(event: AnyEvent) -> str:
    """What is peculiar to it, in a line."""
    match event:
        case SessionOpened():
            return f"{shown(event.service) or 'silent'}  {shown(event.greeting)}".rstrip()
        case SessionData() | SynData():
            return shown(event.data)
        case SessionClosed():
            lasted = f", lasted {span(event.duration_s)}" if event.duration_s >= 0 else ""
            return f"{shown(event.reason)}, heard {size(event.bytes_in)}, said {size(event.bytes_out)}{lasted}"
        case ServiceRequest():
            return f"{shown(event.service)}  {shown(event.data)}"
        case ServiceCredential():
            tried = f"user {shown(event.user)}, secret {shown(event.secret)}"
            return f"{shown(event.service)}  {shown(event.method)}: {tried}"
        case TlsClientHello():
            return f"{shown(event.name) or 'no name'}  {shown(event.ja4)}"
        case Scan():
            return _scan(event)
        case _:
            return _others(event)


def _others(event: AnyEvent) -> str:
    """The names and values of a kind that needs no words of its own."""
    values = ((name, getattr(event, name)) for name in event.__struct_fields__[COMMON_FIELDS:])
    return ", ".join(
        f"{name} {shown(value if isinstance(value, bytes | str) else str(value))}" for name, value in values
    )


def _scan(scan: Scan) -> str:
    on = f" on {scan.target_count:,} addresses" if scan.target_count > 1 else ""
    words = " ".join(shown(name) for name in scan.techniques)
    parts = (
        f"{shown(scan.tool) or 'unknown tool'}: {scan.port_count:,} ports{on}",
        f"{scan.packets:,} packets",
        words,
        f"risk {scan.risk}",
    )
    return ", ".join(part for part in parts if part)


def widths(events: Iterable[AnyEvent]) -> int:
    """Room for the longest source among these; IPv4's at least."""
    return max([15, *(len(ip(event.src)) for event in events)])


def line(cells: tuple[str, ...], source_wide: int, width: int, sensor: str | None = None) -> str:
    """A line of the table, no longer than `width`; with the sensor where there is one to be told."""
    at, source, port, name, text = cells
    who = "" if sensor is None else f"{shown(sensor, SENSOR_WIDE):<{SENSOR_WIDE}}  "
    return cut(f"{who}{at:<19}  {source:<{source_wide}}  {port:>5}  {name:<18}  {text}".rstrip(), width)


def cells(event: AnyEvent) -> tuple[str, ...]:
    """Those of a line."""
    return moment(event.at), ip(event.src), str(event.dport), kind(event), what(event)


def row(numbered: Numbered) -> str:
    """A line of CSV, its newline included."""
    number, event, sensor = numbered
    scan = event if isinstance(event, Scan) else None
    login = event if isinstance(event, ServiceCredential) else None
    return sheet(
        (
            str(number), f"{moment(event.at)}Z", kind(event), "yes" if proven(event) else "no", ip(event.src),
            str(event.sport), ip(event.dst), str(event.dport), shown(getattr(event, "service", "")),
            shown(login.user) if login else "", shown(login.secret) if login else "",
            shown(scan.tool) if scan else "", str(scan.risk) if scan else "", str(scan.packets) if scan else "",
            ports(scan) if scan else "", what(event), sensor,
        )
    )  # fmt: skip


def ports(scan: Scan) -> str:
    """Those of each address of ours, as far as they are told."""
    told = ((target, written(spans(target.ports), RANGES_TOLD_MAX)) for target in scan.targets)
    return " ".join(f"{ip(target.address)}:{ports}{',...' * target.ports.endswith(MORE)}" for target, ports in told)


def sheet(cells: Iterable[str]) -> str:
    """Cells as a line of CSV (RFC 4180); one that would be a formula begins with a quote instead."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(f"'{cell}" if cell.startswith(FORMULA) else cell for cell in cells)
    return out.getvalue()
