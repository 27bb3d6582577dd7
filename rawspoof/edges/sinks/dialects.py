"""How Elasticsearch (and OpenSearch), ClickHouse and Splunk are told of many events at once. Pure: no connection.

Elasticsearch refuses an id that it has, ClickHouse a block whose token it has; Splunk takes what comes, so that there
`id` is what finds doubles in a search.
"""

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlencode

import msgspec

from rawspoof.config.sinks import Clickhouse as ClickhouseSettings
from rawspoof.config.sinks import Elasticsearch as ElasticsearchSettings
from rawspoof.config.sinks import Splunk as SplunkSettings
from rawspoof.edges.sinks.bulk import REFUSED, Request
from rawspoof.edges.sinks.chosen import Row, kind, level
from rawspoof.edges.sinks.ecs import address, document, timestamp
from rawspoof.edges.sinks.post import Away, shown

TAKEN: Final = frozenset({200, 201, 409})
"""Of one document of Elasticsearch's: 409 says that there is one of this id."""
SPLUNK_REFUSED: Final = frozenset({6, 12, 13, 15})
"""Codes of Splunk's collector for events that are none: no such data format, no event field, an empty one, fields."""

_encode: Final = msgspec.json.Encoder().encode


class Elasticsearch:
    """A Dialect: `_bulk` with `create`, so that what comes twice is refused."""

    def __init__(self, settings: ElasticsearchSettings, sensor: str) -> None:
        self._index, self._sensor = settings.index, sensor

    def line(self, row: Row) -> bytes:
        """Two lines: what to do, and with what."""
        what = {"create": {"_index": self._index, "_id": row.id}}
        return _encode(what) + b"\n" + _encode(document(row.event, self._sensor)) + b"\n"

    def request(self, rows: Sequence[tuple[Row, bytes]]) -> Request:
        """One `_bulk`."""
        return Request("/_bulk", b"".join([line for _, line in rows]), {"Content-Type": "application/x-ndjson"})

    def refused(self, status: int, answer: bytes, count: int) -> list[int]:
        """Every document has a status of its own."""
        if status in REFUSED:
            return list(range(count))
        if status != 200:
            raise Away(shown(status, answer))
        try:
            said = msgspec.json.decode(answer, type=_Bulk)
        except msgspec.MsgspecError as error:
            raise Away(f"not a _bulk answer ({error}): {shown(status, answer)}") from None
        if len(said.items) != count:
            raise Away(f"{len(said.items)} answers to {count} documents")
        for item in said.items:
            if item.create.status not in TAKEN | REFUSED:
                raise Away(f"{item.create.status}: {item.create.error!r:.200}")
        return [index for index, item in enumerate(said.items) if item.create.status in REFUSED]


class Clickhouse:
    """A Dialect: INSERT … FORMAT JSONEachRow. The same rows again have the same token."""

    def __init__(self, settings: ClickhouseSettings, sensor: str) -> None:
        self._table, self._sensor = settings.table, sensor

    def line(self, row: Row) -> bytes:
        """A row of the table; the event's whole ECS form is one of its columns, as text."""
        event = row.event
        columns = {
            "id": row.id,
            "number": row.number,
            "sensor": self._sensor,
            "at": timestamp(event.at).replace("+00:00", "").replace("T", " "),
            "kind": kind(event),
            "level": level(event),
            "src": address(event.src),
            "sport": event.sport,
            "dst": address(event.dst),
            "dport": event.dport,
            "event": _encode(document(event, self._sensor)).decode(),
        }
        return _encode(columns) + b"\n"

    def request(self, rows: Sequence[tuple[Row, bytes]]) -> Request:
        """One INSERT."""
        query = {
            "query": f"INSERT INTO {self._table} FORMAT JSONEachRow",
            "insert_deduplicate": "1",
            "insert_deduplication_token": f"{rows[0][0].id}.{rows[-1][0].id}",
            # A table may have fewer columns than we tell of.
            "input_format_skip_unknown_fields": "1",
            "wait_end_of_query": "1",
        }
        return Request(f"/?{urlencode(query)}", b"".join([line for _, line in rows]), {})

    def refused(self, status: int, answer: bytes, count: int) -> list[int]:
        """All or none; what is inserted is answered with nothing."""
        if status in REFUSED:
            return list(range(count))
        if status != 200 or answer.strip():
            raise Away(shown(status, answer))
        return []


class Splunk:
    """A Dialect: the HTTP event collector's."""

    def __init__(self, settings: SplunkSettings, sensor: str) -> None:
        self._sensor = sensor
        self._about = {"host": sensor, "source": "rawspoof", "sourcetype": settings.sourcetype}
        if settings.index:
            self._about["index"] = settings.index

    def line(self, row: Row) -> bytes:
        """One event with what Splunk wants to know of it."""
        fields = {"id": row.id, "number": row.number}
        said = {"time": row.event.at, **self._about, "fields": fields, "event": document(row.event, self._sensor)}
        return _encode(said) + b"\n"

    def request(self, rows: Sequence[tuple[Row, bytes]]) -> Request:
        """Events one after the other."""
        body = b"".join([line for _, line in rows])
        return Request("/services/collector/event", body, {"Content-Type": "application/json"})

    def refused(self, status: int, answer: bytes, count: int) -> list[int]:
        """All or none: a batch with a wrong event is refused from there on, or whole."""
        code = _code(answer)
        if status == 200 and code == 0:
            return []
        if status in REFUSED and (status != 400 or code in SPLUNK_REFUSED):
            return list(range(count))
        raise Away(shown(status, answer))


class _Item(msgspec.Struct):
    status: int
    error: Any = None


class _Create(msgspec.Struct):
    create: _Item


class _Bulk(msgspec.Struct):
    items: list[_Create]


def _code(answer: bytes) -> int | None:
    try:
        said = msgspec.json.decode(answer)
    except msgspec.MsgspecError:
        return None
    return said.get("code") if isinstance(said, dict) else None
