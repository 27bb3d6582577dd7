"""The store's tables: a file a day, an event a row. Knows SQL and no time."""

from typing import Final

VERSION: Final = 1
"""In each file's user_version; a file of another version is set aside."""

TABLES: Final = """
CREATE TABLE IF NOT EXISTS events (
    number INTEGER PRIMARY KEY,
    at REAL NOT NULL,
    kind TEXT NOT NULL,
    src BLOB NOT NULL,
    dport INTEGER NOT NULL,
    body BLOB NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS by_source ON events (src, at, kind);
CREATE INDEX IF NOT EXISTS by_kind ON events (kind, at, dport);
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
"""

ADD_EVENT: Final = "INSERT OR IGNORE INTO events VALUES (?, ?, ?, ?, ?, ?)"
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

PRAGMAS: Final = ("journal_mode=WAL", "synchronous=NORMAL", "journal_size_limit=16777216")
