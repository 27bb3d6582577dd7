"""Writes events into SQLite, a file for each UTC day, and lets the oldest go. A broken file is set aside.

Each object belongs to one thread. Readers open the same files themselves (WAL lets them).
"""

import errno
import logging
import os
import sqlite3
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final, NamedTuple, TypeVar

import msgspec

from rawspoof.core.event import AnyEvent, Scan
from rawspoof.edges.sinks.base import Tally
from rawspoof.edges.store import schema

NAME: Final = "events-{day}.sqlite"
BUSY_S: Final = 5.0
"""How long a reader or writer waits for another."""
CHECK_EVERY: Final = 20_000
"""Events between two looks at how much there is."""
UNFIT: Final = (ValueError, OverflowError, sqlite3.IntegrityError)
"""What an event raises whose time or numbers nobody can keep."""

Thing = TypeVar("Thing")

log = logging.getLogger(__name__)


class Heard(NamedTuple):
    """An event, and who saw it. `theirs` and the event's moment are what tells it from all others of that sensor."""

    sensor: str
    """Empty: we ourselves."""
    theirs: int
    event: AnyEvent


class Store:
    """A Sink."""

    def __init__(self, folder: Path, retention_days: int, mb_max: int, durable: bool = False) -> None:
        """`mb_max` is MiB of all files together. What a `durable` one has taken outlasts a power cut.

        Raises OSError where the folder cannot be made or written.
        """
        self.name = "store"
        self._durable = durable
        self._folder, self._retention_days, self._bytes_max = folder, retention_days, mb_max << 20
        folder.mkdir(parents=True, exist_ok=True, mode=0o750)
        if not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(folder))
        self._day: date | None = None
        self._database: sqlite3.Connection | None = None
        self._encode = msgspec.msgpack.Encoder().encode
        self._unchecked = 0
        self.lost = Tally("store: events that no sensor makes")

    def write(self, batch: Sequence[AnyEvent], first: int = 0) -> None:
        """Keep events under their numbers; one that is there already stays. Raises sqlite3.Error, OSError."""
        for day, todays in _by_day(list(enumerate(batch, first)), self.lost).items():
            self._put(day, [(number, Heard("", 0, event)) for number, event in todays])
        self._count(len(batch))

    def take(self, heard: Sequence[Heard], first: int) -> list[Heard]:
        """Keep what sensors told, but for what is there already; those kept, by their numbers from `first` on.

        Raises sqlite3.Error, OSError.
        """
        kept: list[Heard] = []
        for day, todays in _by_day([(one, one.event) for one in heard], self.lost).items():
            fresh = self._unknown(day, [one for one, _ in todays])
            kept += self._put(day, list(enumerate(fresh, first + len(kept))))
        self._count(len(heard))
        return kept

    def reopen(self) -> None:
        """Nothing: the files are ours alone."""

    def close(self) -> None:
        """Close the file of the day."""
        if self._database is not None:
            self._database.close()
        self._database, self._day = None, None

    def _count(self, events: int) -> None:
        self._unchecked += events
        if self._unchecked >= CHECK_EVERY:
            self._unchecked = 0
            self._prune()

    def _unknown(self, day: date, heard: Sequence[Heard]) -> list[Heard]:
        """Those that the day has not yet, each once."""
        find = self._of(day).execute
        once = {(one.sensor, one.theirs, one.event.at): one for one in heard}
        return [one for key, one in once.items() if not find(schema.KNOWN, key).fetchone()]

    def _put(self, day: date, numbered: Sequence[tuple[int, Heard]]) -> list[Heard]:
        """Keep all of them; those that could be."""
        try:
            self._write(day, numbered)
        except UNFIT as error:
            if len(numbered) == 1:
                self.lost.add(1, repr(error))
                return []
            # One of them is such as no sensor makes; the others are still good.
            return [good for one in numbered for good in self._put(day, [one])]
        return [heard for _, heard in numbered]

    def _write(self, day: date, numbered: Sequence[tuple[int, Heard]]) -> None:
        with self._of(day) as database:
            database.executemany(schema.ADD_EVENT, [self._row(number, heard) for number, heard in numbered])
            scans = [_scan(number, one.event) for number, one in numbered if isinstance(one.event, Scan)]
            database.executemany(schema.ADD_SCAN, scans)

    def _row(self, number: int, heard: Heard) -> tuple[object, ...]:
        sensor, theirs, event = heard
        kind = str(type(event).__struct_config__.tag)
        return number, event.at, kind, event.src, event.dport, self._encode(event), sensor, theirs

    def _of(self, day: date) -> sqlite3.Connection:
        if self._database is None or day != self._day:
            self.close()
            self._database, self._day = open_day(self._folder / NAME.format(day=day.isoformat())), day
            if self._durable:
                self._database.execute(f"PRAGMA {schema.DURABLE}")
            self._prune()
        return self._database

    def _prune(self) -> None:
        """Days beyond the retention go, then the oldest until there is room; today's stays.

        An event from the future, of a clock that was wrong, makes no day old.
        """
        days = files(self._folder)
        latest = min(self._day or date.min, datetime.now(UTC).date())
        today = self._day.isoformat() if self._day else ""
        sizes = {path: _size(path) for path in days}
        for path in days:
            old = (latest - day_of(path)).days >= self._retention_days
            if today in path.name or not (old or sum(sizes.values()) > self._bytes_max):
                continue
            log.info("store: %s goes: %s", path.name, "its time is over" if old else "store.mb_max is reached")
            del sizes[path]
            for part in (path, *_beside(path)):
                part.unlink(missing_ok=True)


def open_day(path: Path) -> sqlite3.Connection:
    """The database of a day, made or set aside where needed. Raises sqlite3.Error, OSError."""
    try:
        return _open(path)
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            raise
        aside = path.with_suffix(f".broken-{datetime.now(UTC):%H%M%S}")
        log.warning("%s is broken (%s): it is kept as %s and a new one begun", path.name, error, aside.name)
        path.rename(aside)
        for part in _beside(path):
            part.unlink(missing_ok=True)
        return _open(path)


def files(folder: Path) -> list[Path]:
    """The files there are, oldest first."""
    return sorted(folder.glob(NAME.format(day="????-??-??")))


def day_of(path: Path) -> date:
    """The day of one of these files."""
    return date.fromisoformat(path.stem.removeprefix("events-"))


def _by_day(things: Sequence[tuple[Thing, AnyEvent]], lost: Tally) -> dict[date, list[tuple[Thing, AnyEvent]]]:
    """They by the day of their event; one that is in no day is lost."""
    found: dict[date, list[tuple[Thing, AnyEvent]]] = {}
    for thing, event in things:
        try:
            found.setdefault(datetime.fromtimestamp(event.at, UTC).date(), []).append((thing, event))
        except UNFIT as error:
            lost.add(1, repr(error))
    return found


def _scan(number: int, scan: Scan) -> tuple[object, ...]:
    return (
        scan.scan, number, scan.src, scan.first_at, scan.last_at, scan.packets, scan.port_count, scan.verified,
        scan.tool, scan.level, scan.risk,
    )  # fmt: skip


def _open(path: Path) -> sqlite3.Connection:
    # A Store is made in one thread, its lane's owner, and used in that lane only.
    database = sqlite3.connect(path, timeout=BUSY_S, check_same_thread=False)
    try:
        version = database.execute("PRAGMA user_version").fetchone()[0]
        if version not in (0, schema.VERSION, *schema.RAISE):
            raise sqlite3.DatabaseError(f"version {version}, {schema.VERSION} expected")
        for pragma in schema.PRAGMAS:
            database.execute(f"PRAGMA {pragma}")
        database.executescript(schema.RAISE.get(version, ""))
        database.executescript(schema.TABLES)
        database.execute(f"PRAGMA user_version = {schema.VERSION}")
        database.execute("SELECT count(*) FROM sqlite_master")
    except sqlite3.Error:
        database.close()
        raise
    path.chmod(0o640)
    return database


def _beside(path: Path) -> tuple[Path, Path]:
    return path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")


def _size(path: Path) -> int:
    return sum(part.stat().st_size for part in (path, *_beside(path)) if part.exists())
