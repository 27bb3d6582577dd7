"""Reads events back: by number for sinks that were away, by source, port, kind and time for people."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from rawspoof.core.event import AnyEvent
from rawspoof.edges.store import schema
from rawspoof.edges.store.database import BUSY_S, files

POSITIONS: Final = "positions.sqlite"


class Numbered(NamedTuple):
    """An event and its number."""

    number: int
    event: AnyEvent


class Filter(NamedTuple):
    """Which events are wanted; what is not said does not matter."""

    since: float = 0.0
    """Seconds since the epoch."""
    until: float = float("inf")
    src: bytes = b""
    """Packed address of the source."""
    port: int = 0
    """Our port."""
    kinds: tuple[str, ...] = ()
    """`session.open`, or `session.` for all that begin so."""


class Reader:
    """All files of a store. Belongs to one thread; a file that cannot be read is as one that is not there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._decode = msgspec.msgpack.Decoder(AnyEvent).decode
        self._open: dict[Path, sqlite3.Connection] = {}

    def events(self, wanted: Filter = Filter(), newest_first: bool = False) -> Iterator[Numbered]:  # noqa: B008
        """The events that pass, in order of their numbers or the other way round."""
        where, values = _where(wanted)
        order = "DESC" if newest_first else "ASC"
        paths = files(self._folder)
        for path in reversed(paths) if newest_first else paths:
            query = f"SELECT number, body FROM events WHERE {where} ORDER BY number {order}"  # noqa: S608  no text of others
            for number, body in self._rows(path, query, values):
                yield Numbered(number, self._decode(body))

    def count(self, column: str, wanted: Filter, most: int) -> list[tuple[bytes | int | str, int]]:
        """How often each value of `src`, `dport` or `kind` is there, most often first."""
        assert column in ("src", "dport", "kind")
        where, values = _where(wanted)
        totals: dict[bytes | int | str, int] = {}
        for path in files(self._folder):
            query = f"SELECT {column}, count(*) FROM events WHERE {where} GROUP BY {column}"  # noqa: S608  one of three
            for value, count in self._rows(path, query, values):
                totals[value] = totals.get(value, 0) + count
        return sorted(totals.items(), key=lambda item: -item[1])[:most]

    def last(self) -> int:
        """The highest number there is, 0 for an empty store."""
        for path in reversed(files(self._folder)):
            for (number,) in self._rows(path, "SELECT max(number) FROM events", ()):
                if number:
                    return int(number)
        return 0

    def close(self) -> None:
        """Let go of the files."""
        for database in self._open.values():
            database.close()
        self._open.clear()

    # A lane's spool

    def read(self, after: int, most: int) -> list[AnyEvent]:
        """Events numbered after this one, in order and without a gap, at most so many."""
        found: list[AnyEvent] = []
        for path in files(self._folder):
            query = "SELECT number, body FROM events WHERE number > ? ORDER BY number LIMIT ?"
            for number, body in self._rows(path, query, (after + len(found), most - len(found))):
                if number != after + len(found) + 1:
                    # Days overlap in their numbers where clocks do, or the next is not written yet.
                    break
                found.append(self._decode(body))
        return found

    def position(self, sink: str) -> int | None:
        """The number of the last event that a sink took, None if it never took one."""
        row = self._positions().execute("SELECT number FROM positions WHERE sink = ?", (sink,)).fetchone()
        return None if row is None else int(row[0])

    def remember(self, sink: str, number: int) -> None:
        """Keep that. Raises sqlite3.Error."""
        with self._positions() as database:
            database.execute("INSERT OR REPLACE INTO positions VALUES (?, ?)", (sink, number))

    def _positions(self) -> sqlite3.Connection:
        path = self._folder / POSITIONS
        if path not in self._open:
            database = self._open[path] = sqlite3.connect(path, timeout=BUSY_S, check_same_thread=False)
            database.execute("PRAGMA journal_mode=WAL")
            database.execute("PRAGMA synchronous=NORMAL")
            database.executescript(schema.POSITIONS)
        return self._open[path]

    def _rows(self, path: Path, query: str, values: tuple[object, ...]) -> Iterator[tuple[Any, ...]]:
        try:
            if path not in self._open:
                uri = f"{path.resolve().as_uri()}?mode=ro"
                self._open[path] = sqlite3.connect(uri, uri=True, timeout=BUSY_S, check_same_thread=False)
            yield from self._open[path].execute(query, values)
        except sqlite3.DatabaseError:
            # Pruned meanwhile, or set aside; what it held is gone for everybody.
            if database := self._open.pop(path, None):
                database.close()


def _where(wanted: Filter) -> tuple[str, tuple[object, ...]]:
    parts, values = ["at >= ?", "at < ?"], [wanted.since, min(wanted.until, 1e12)]
    if wanted.src:
        parts.append("src = ?")
        values.append(wanted.src)  # type: ignore[arg-type]
    if wanted.port:
        parts.append("dport = ?")
        values.append(wanted.port)
    if wanted.kinds:
        parts.append(f"({' OR '.join(['kind GLOB ?'] * len(wanted.kinds))})")
        values += [f"{kind}*" if kind.endswith(".") else kind for kind in wanted.kinds]  # type: ignore[misc]
    return " AND ".join(parts), tuple(values)
