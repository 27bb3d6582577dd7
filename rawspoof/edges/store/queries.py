"""Reads events back: by number for sinks that were away, by source, port, kind and time for people."""

import logging
import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from heapq import heappop, heappush, heapreplace
from itertools import islice
from pathlib import Path
from typing import Any, Final, NamedTuple, get_args

import msgspec

from rawspoof.core.event import AnyEvent, Scan
from rawspoof.edges.store import schema
from rawspoof.edges.store.database import BUSY_S, day_of, files
from rawspoof.edges.store.places import POSITIONS, open_positions

log = logging.getLogger(__name__)

KINDS: Final = tuple(str(kind.__struct_config__.tag) for kind in get_args(AnyEvent))
"""Of all events there are."""
HOUR_S: Final = 3600
DAY_S: Final = 86400.0
_ORDER: Final = {False: "ASC", True: "DESC"}
NEVER: Final = 1e12
"""Later than any event."""


class Numbered(NamedTuple):
    """An event and its number."""

    number: int
    event: AnyEvent
    sensor: str = ""
    """Who saw it, in a hub's store; "" in a sensor's own."""


class Filter(NamedTuple):
    """Which events are wanted; what is not said does not matter."""

    since: float = 0.0
    """Seconds since the epoch."""
    until: float = float("inf")
    src: bytes = b""
    """Packed address of the source, or the first of a network."""
    src_last: bytes = b""
    """The last of that network; empty: the one address."""
    port: int = 0
    """Our port, or the first of several."""
    port_last: int = 0
    """The last of these; 0: the one port."""
    kinds: tuple[str, ...] = ()
    """`session.open`, or `session.` for all that begin so."""
    after: int = 0
    """The number of an event: only later ones."""
    before: int = 0
    """The same: only earlier ones; 0: all."""
    sensor: str = ""
    """The name of one sensor of a hub; empty: all."""


class Reader:
    """All files of a store. Belongs to one thread; a file that cannot be read is as one that is not there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._decode = msgspec.msgpack.Decoder(AnyEvent).decode
        self._open: dict[Path, sqlite3.Connection] = {}
        self._gap_after = -1
        self.unread: dict[Path, str] = {}
        """Files that could not be read, and why."""

    def events(self, wanted: Filter = Filter(), newest_first: bool = False) -> Iterator[Numbered]:  # noqa: B008
        """The events that pass, in order of their numbers or the other way round."""
        where, values = _where(wanted)
        query = f"SELECT number, body, sensor FROM events WHERE {where} ORDER BY number {_ORDER[newest_first]}"  # noqa: S608  no text of others
        for number, body, sensor in self._merged(self._files(wanted), query, values, newest_first):
            yield Numbered(number, self._decode(body), sensor)

    def _merged(
        self, paths: list[Path], query: str, values: tuple[object, ...], newest_first: bool
    ) -> Iterator[tuple[Any, ...]]:
        """The rows of all files in order of their numbers. A file is asked when its turn has come.

        Days overlap in their numbers where clocks differ, or where a hub hears of yesterday today.
        """
        way, edge = (-1, "max") if newest_first else (1, "min")
        asked = ((path, self._rows(path, f"SELECT {edge}(number) FROM events", ())) for path in paths)  # noqa: S608
        ahead = sorted((way * number, path) for path, rows in asked for (number,) in rows if number is not None)
        open_now: list[tuple[int, Path, tuple[Any, ...], Iterator[tuple[Any, ...]]]] = []
        while ahead or open_now:
            while ahead and not (open_now and open_now[0][0] < ahead[0][0]):
                path = ahead.pop(0)[1]
                rows = self._rows(path, query, values)
                for row in islice(rows, 1):
                    heappush(open_now, (way * row[0], path, row, rows))
            if open_now:
                _, path, row, rows = open_now[0]
                yield row
                following = next(rows, None)
                if following is None:
                    heappop(open_now)
                else:
                    heapreplace(open_now, (way * following[0], path, following, rows))

    def count(self, column: str, wanted: Filter, most: int) -> list[tuple[bytes | int | str, int]]:
        """How often each value of `src`, `dport`, `kind` or `sensor` is there, most often first."""
        assert column in ("src", "dport", "kind", "sensor")
        where, values = _where(wanted)
        totals: dict[bytes | int | str, int] = {}
        for path in self._files(wanted):
            query = f"SELECT {column}, count(*) FROM events WHERE {where} GROUP BY {column}"  # noqa: S608  one of four
            for value, count in self._rows(path, query, values):
                totals[value] = totals.get(value, 0) + count
        return sorted(totals.items(), key=lambda item: -item[1])[:most]

    def hours(self, wanted: Filter) -> dict[tuple[int, str], int]:
        """How many events there were, by hour (of its start, seconds since the epoch) and kind."""
        where, values = _where(wanted)
        totals: dict[tuple[int, str], int] = {}
        for path in self._files(wanted):
            query = f"SELECT kind, CAST(at / {HOUR_S} AS INTEGER), count(*) FROM events WHERE {where} GROUP BY 1, 2"  # noqa: S608
            for kind, hour, count in self._rows(path, query, values):
                key = (hour * HOUR_S, kind)
                totals[key] = totals.get(key, 0) + count
        return totals

    def scans(self, since: float, until: float, most: int = -1, sensor: str = "") -> Iterator[Scan]:
        """The last report of each scan that was going on in this time, whole; of each day the `most` risky ones.

        The newest day comes first.
        """
        for one in self.reports(since, until, most, sensor):
            assert isinstance(one.event, Scan)
            yield one.event

    def reports(self, since: float, until: float, most: int = -1, sensor: str = "") -> Iterator[Numbered]:
        """The same, with who told it."""
        query = """SELECT scan, number, body, sensor FROM scans JOIN events USING (number)
            WHERE last_at >= ? AND first_at < ? AND ? IN ('', sensor) ORDER BY risk DESC, packets DESC LIMIT ?"""
        told: set[str] = set()
        for path in reversed(self._files(Filter(since))):
            for scan, number, body, who in self._rows(path, query, (since, min(until, NEVER), sensor, most)):
                if scan not in told:
                    told.add(scan)
                    yield Numbered(number, self._decode(body), who)

    def scanning(self, since: float, sensor: str = "") -> int:
        """How many scans were going on since then."""
        query, values = "SELECT scan FROM scans WHERE last_at >= ?", (since,)
        if sensor:
            return sum(1 for _ in self.reports(since, NEVER, sensor=sensor))
        return len({row for path in self._files(Filter(since)) for row in self._rows(path, query, values)})

    def sensors(self, first: int, last: int) -> dict[int, str]:
        """Who saw each event with a number from one to another."""
        query = "SELECT number, sensor FROM events WHERE number BETWEEN ? AND ?"
        return {n: who for path in files(self._folder) for n, who in self._rows(path, query, (first, last))}

    def last(self) -> int:
        """The highest number there is, 0 for an empty store."""
        # Clocks differ, one's own from itself too: it need not be in the latest day.
        paths = files(self._folder)
        rows = [row for path in paths for row in self._rows(path, "SELECT max(number) FROM events", ())]
        return max((int(number) for (number,) in rows if number), default=0)

    def close(self) -> None:
        """Let go of the files."""
        for database in self._open.values():
            database.close()
        self._open.clear()

    # A lane's spool

    def read(self, after: int, most: int) -> tuple[int, list[AnyEvent]]:
        """The number of the first event after this one, and it and those behind it without a gap, at most so many.

        A gap right after `after` is waited for once: a batch over midnight is written a day at a time. Those missing
        at the second look never come: the store had to let them go.
        """
        first = self._first(after)
        if first != after + 1 and self._gap_after != after:
            self._gap_after = after
            return after + 1, []
        found: list[AnyEvent] = []
        for path in files(self._folder):
            query = "SELECT number, body FROM events WHERE number >= ? ORDER BY number LIMIT ?"
            for number, body in self._rows(path, query, (first + len(found), most - len(found))):
                if number != first + len(found):
                    # Days overlap in their numbers where clocks do.
                    break
                found.append(self._decode(body))
        return first, found

    def _first(self, after: int) -> int:
        """The lowest number there is after this one; where there is none, the next."""
        query = "SELECT min(number) FROM events WHERE number > ?"
        rows = [row for path in files(self._folder) for row in self._rows(path, query, (after,))]
        return min((number for (number,) in rows if number is not None), default=after + 1)

    def position(self, sink: str) -> int | None:
        """The number of the last event that a sink took, None if it never took one."""
        row = self._positions().execute("SELECT number FROM positions WHERE sink = ?", (sink,)).fetchone()
        return None if row is None else int(row[0])

    def remember(self, sink: str, number: int) -> None:
        """Keep that. Raises sqlite3.Error."""
        with self._positions() as database:
            database.execute("INSERT OR REPLACE INTO positions VALUES (?, ?)", (sink, number))

    def taken(self) -> int:
        """The highest number that a sink took, 0 if none did: a store whose file was set aside may have less itself."""
        try:
            return int(self._positions().execute("SELECT max(number) FROM positions").fetchone()[0] or 0)
        except sqlite3.Error as error:
            log.warning("%s: %s: sinks may be told again of events that they know", self._folder / POSITIONS, error)
            return 0

    def _positions(self) -> sqlite3.Connection:
        path = self._folder / POSITIONS
        if path not in self._open:
            self._open[path] = open_positions(path)
        return self._open[path]

    def _files(self, wanted: Filter) -> list[Path]:
        """Those of the days in question, oldest first."""
        return [path for path in files(self._folder) if _overlap(day_of(path), wanted)]

    def _rows(self, path: Path, query: str, values: tuple[object, ...]) -> Iterator[tuple[Any, ...]]:
        try:
            if path not in self._open:
                self._open[path] = _connect(path)
            yield from self._open[path].execute(query, values)
        except sqlite3.DatabaseError as error:
            self.unread[path] = str(error)
            # Pruned meanwhile, or set aside; what it held is gone for everybody.
            if database := self._open.pop(path, None):
                database.close()


def _connect(path: Path) -> sqlite3.Connection:
    """A reader of the file. Raises sqlite3.Error."""
    uri = f"{path.resolve().as_uri()}?mode=ro"
    database = sqlite3.connect(uri, uri=True, timeout=BUSY_S, check_same_thread=False)
    try:
        version = database.execute("PRAGMA user_version").fetchone()[0]
    except sqlite3.OperationalError:
        database.close()
        # A file that nobody writes has no log beside it, and who may not write in the folder cannot make one.
        database = sqlite3.connect(f"{uri}&immutable=1", uri=True, check_same_thread=False)
        version = database.execute("PRAGMA user_version").fetchone()[0]
    database.executescript(schema.AS_NOW.get(version, ""))
    return database


def _overlap(day: date, wanted: Filter) -> bool:
    begins_at = datetime.combine(day, time(), UTC).timestamp()
    return begins_at + DAY_S > wanted.since and begins_at < wanted.until


def _where(wanted: Filter) -> tuple[str, tuple[object, ...]]:
    """A condition, and what its question marks stand for."""
    parts: list[tuple[str, tuple[object, ...]]] = [("at >= ? AND at < ?", (wanted.since, min(wanted.until, NEVER)))]
    if wanted.after:
        parts.append(("number > ?", (wanted.after,)))
    if wanted.before:
        parts.append(("number < ?", (wanted.before,)))
    if wanted.sensor:
        # The second half is what the index of sensors asks for.
        parts.append(("sensor = ? AND sensor <> ''", (wanted.sensor,)))
    if wanted.src_last:
        # Bytes are compared from the left, so addresses of the other family lie in between.
        last = wanted.src_last
        parts.append(("src BETWEEN ? AND ? AND length(src) = ?", (wanted.src, last, len(last))))
    elif wanted.src:
        parts.append(("src = ?", (wanted.src,)))
    if wanted.port:
        parts.append(("dport BETWEEN ? AND ?", (wanted.port, wanted.port_last or wanted.port)))
    if wanted.kinds:
        kinds = matching(wanted.kinds)
        parts.append((f"kind IN ({', '.join('?' * len(kinds))})", kinds))
    return " AND ".join(part for part, _ in parts), tuple(value for _, values in parts for value in values)


def matching(kinds: tuple[str, ...]) -> tuple[str, ...]:
    """The kinds there are that are named so, or begin so where the name ends in a dot."""
    return tuple(kind for kind in KINDS if any(kind == k or (k.endswith(".") and kind.startswith(k)) for k in kinds))
