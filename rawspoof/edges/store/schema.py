"""The store's tables: a file a day, an event a row. Knows SQL and no time."""

from typing import Final

VERSION: Final = 2
"""In each file's user_version. Those that can be are raised to it when they are written to; others are set aside."""

TABLES: Final = """
CREATE TABLE IF NOT EXISTS events (
    number INTEGER PRIMARY KEY,
    at REAL NOT NULL,
    kind TEXT NOT NULL,
    src BLOB NOT NULL,
    dport INTEGER NOT NULL,
    body BLOB NOT NULL,
    sensor TEXT NOT NULL DEFAULT '',
    theirs INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX IF NOT EXISTS by_source ON events (src, at, kind);
CREATE INDEX IF NOT EXISTS by_kind ON events (kind, at, dport);
CREATE INDEX IF NOT EXISTS by_sensor ON events (sensor) WHERE sensor <> '';
CREATE UNIQUE INDEX IF NOT EXISTS once ON events (sensor, theirs, at) WHERE sensor <> '';
CREATE TABLE IF NOT EXISTS scans (
    scan TEXT PRIMARY KEY,
    number INTEGER NOT NULL,
    src BLOB NOT NULL,
    first_at REAL NOT NULL,
    last_at REAL NOT NULL,
    packets INTEGER NOT NULL,
    port_count INTEGER NOT NULL,
    verified INTEGER NOT NULL,
    tool TEXT NOT NULL,
    level INTEGER NOT NULL,
    risk INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS scans_by_time ON scans (last_at);
"""
"""A row of `scans` is the last report of that scan on that day: the event with its number, and what one sorts by.

The indices hold all that is asked for in counting, so that no body is read for that.

In a sensor's own store `sensor` is empty, and the indices of sensors have no row. In a hub's store it is the name, and
`theirs` the number that the event has there: with its moment, that is which event it is, however often it is told.
"""

RAISE: Final = {
    1: """
BEGIN IMMEDIATE;
ALTER TABLE events ADD COLUMN sensor TEXT NOT NULL DEFAULT '';
ALTER TABLE events ADD COLUMN theirs INTEGER NOT NULL DEFAULT 0;
PRAGMA user_version = 2;
COMMIT;
"""
}
"""What makes a file of this version one of now, all of it or nothing. No row is touched."""

AS_NOW: Final = {1: "CREATE TEMP VIEW events AS SELECT *, '' AS sensor, 0 AS theirs FROM main.events"}
"""What lets a file of this version, which is not to be written to, be read like one of now."""

ADD_EVENT: Final = "INSERT OR IGNORE INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
KNOWN: Final = "SELECT 1 FROM events WHERE sensor = ? AND theirs = ? AND at = ? AND sensor <> ''"
ADD_SCAN: Final = """
INSERT INTO scans VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (scan) DO UPDATE SET
    number = excluded.number, last_at = excluded.last_at, packets = excluded.packets,
    port_count = excluded.port_count, verified = excluded.verified, tool = excluded.tool,
    level = excluded.level, risk = excluded.risk
WHERE excluded.number > number
"""

POSITIONS: Final = """
CREATE TABLE IF NOT EXISTS positions (
    sink TEXT PRIMARY KEY,
    number INTEGER NOT NULL
) STRICT;
"""

STREAMS: Final = """
CREATE TABLE IF NOT EXISTS streams (
    name TEXT PRIMARY KEY,
    created TEXT NOT NULL,
    number INTEGER NOT NULL,
    stamp INTEGER NOT NULL
) STRICT;
"""
"""How far a hub has read a stream: which stream it was, the last message's number there and when it came in (ns)."""

PRAGMAS: Final = ("journal_mode=WAL", "synchronous=NORMAL", "journal_size_limit=16777216")
DURABLE: Final = "synchronous=FULL"
"""For who tells others that an event is kept: a commit then outlasts a power cut."""
