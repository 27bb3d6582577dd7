"""How an OpenTelemetry collector is told of many events at once: OTLP/HTTP logs, JSON. Pure: no connection.

https://opentelemetry.io/docs/specs/otlp, logs data model. 64-bit numbers are text there, as JSON's protobuf form is.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final

import msgspec

from rawspoof.edges.sinks.bulk import REFUSED, Request
from rawspoof.edges.sinks.chosen import Row, kind, level
from rawspoof.edges.sinks.ecs import document
from rawspoof.edges.sinks.post import Away, shown

SEVERITIES: Final = ((9, "INFO"), (10, "INFO2"), (13, "WARN"), (17, "ERROR"))
"""OpenTelemetry's severity number and text for each level."""
PATH: Final = "/v1/logs"

_encode: Final = msgspec.json.Encoder().encode


class Otlp:
    """A Dialect. `thrown` counts what the far end says it threw away."""

    def __init__(self, path: str, sensor: str, thrown: Callable[[int, object], None]) -> None:
        """`path` is the URL's own; without one, posts go to PATH."""
        self._sensor, self._thrown = sensor, thrown
        self._path = "" if path.strip("/") else PATH
        about = [_pair("service.name", "rawspoof"), _pair("host.name", sensor)]
        self._before = b'{"resourceLogs":[{"resource":' + _encode({"attributes": about})
        self._before += b',"scopeLogs":[{"scope":{"name":"rawspoof"},"logRecords":['

    def line(self, row: Row) -> bytes:
        """One log record: its body is the event's ECS form."""
        event = row.event
        number, text = SEVERITIES[level(event)]
        at = str(round(event.at * 1e6) * 1000)
        record = {
            "timeUnixNano": at,
            "observedTimeUnixNano": at,
            "severityNumber": number,
            "severityText": text,
            "eventName": kind(event),
            "body": _value(document(event, self._sensor)),
            "attributes": [_pair("log.record.uid", row.id), _pair("rawspoof.number", row.number)],
        }
        return _encode(record)

    def request(self, rows: Sequence[tuple[Row, bytes]]) -> Request:
        """One export."""
        body = self._before + b",".join([line for _, line in rows]) + b"]}]}]}"
        return Request(self._path, body, {"Content-Type": "application/json"})

    def refused(self, status: int, answer: bytes, count: int) -> list[int]:
        """All or none; what a collector takes and throws away is not sent again (so says its specification)."""
        if status in REFUSED:
            return list(range(count))
        if not 200 <= status < 300:
            raise Away(shown(status, answer))
        self._partial(status, answer, count)
        return []

    def _partial(self, status: int, answer: bytes, count: int) -> None:
        if not answer.strip():
            return
        try:
            part = msgspec.json.decode(answer, type=_Answer).partial or _Partial()
            thrown = int(part.rejected)
        except (msgspec.MsgspecError, ValueError):
            raise Away(f"not an OTLP answer: {shown(status, answer)}") from None
        if thrown > 0:
            self._thrown(min(thrown, count), part.message[:200].encode())


class _Partial(msgspec.Struct):
    rejected: int | str = msgspec.field(name="rejectedLogRecords", default=0)
    message: str = msgspec.field(name="errorMessage", default="")


class _Answer(msgspec.Struct):
    partial: _Partial | None = msgspec.field(name="partialSuccess", default=None)


def _pair(key: str, value: object) -> dict[str, Any]:
    return {"key": key, "value": _value(value)}


def _value(value: object) -> dict[str, Any]:
    """An AnyValue."""
    if isinstance(value, dict):
        return {"kvlistValue": {"values": [_pair(key, inner) for key, inner in value.items()]}}
    if isinstance(value, list | tuple):
        return {"arrayValue": {"values": [_value(inner) for inner in value]}}
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    if isinstance(value, float):
        return {"doubleValue": value}
    return {"stringValue": str(value)}
