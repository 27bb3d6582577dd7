"""How far others have come: sinks in the store, a hub in its stream. One small file beside the days; knows no event."""

import logging
import sqlite3
from pathlib import Path
from typing import Final, NamedTuple

from rawspoof.edges.store import schema
from rawspoof.edges.store.database import BUSY_S

log = logging.getLogger(__name__)

POSITIONS: Final = "positions.sqlite"


class Place(NamedTuple):
    """How far a hub has read a stream."""

    created: str
    """When the stream was made: another one of the same name begins anew."""
    number: int
    """Of the last message."""
    stamp: int
    """When that came in, ns since the epoch."""


class Places:
    """A hub's. Belongs to one thread."""

    def __init__(self, folder: Path) -> None:
        """Raises sqlite3.Error."""
        self._database = open_positions(folder / POSITIONS)

    def of(self, stream: str) -> Place | None:
        """How far this stream has been read, None if it never was. Raises sqlite3.Error."""
        query = "SELECT created, number, stamp FROM streams WHERE name = ?"
        row = self._database.execute(query, (stream,)).fetchone()
        return None if row is None else Place(*row)

    def move(self, stream: str, to: Place) -> None:
        """Keep that. Raises sqlite3.Error."""
        with self._database as database:
            database.execute("INSERT OR REPLACE INTO streams VALUES (?, ?, ?, ?)", (stream, *to))

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()


def open_positions(path: Path) -> sqlite3.Connection:
    """What sinks took, begun anew where it is broken. Raises sqlite3.Error."""
    for last_try in (False, True):
        database = sqlite3.connect(path, timeout=BUSY_S, check_same_thread=False)
        try:
            database.execute("PRAGMA journal_mode=WAL")
            database.execute("PRAGMA synchronous=NORMAL")
            database.executescript(schema.POSITIONS + schema.STREAMS)
            return database
        except sqlite3.DatabaseError as error:
            database.close()
            if last_try or isinstance(error, sqlite3.OperationalError):
                raise
            log.warning("%s is broken (%s): sinks begin with the events of now", path, error)
            for part in (path, *(path.with_name(path.name + end) for end in ("-wal", "-shm"))):
                part.unlink(missing_ok=True)
    raise AssertionError("the last try returns or raises")
