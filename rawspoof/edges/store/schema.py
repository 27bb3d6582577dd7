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
CREATE INDEX IF NOT EXISTS by_source ON events (src, at);
CREATE INDEX IF NOT EXISTS by_kind ON events (kind, at);
"""

POSITIONS: Final = """
CREATE TABLE IF NOT EXISTS positions (
    sink TEXT PRIMARY KEY,
    number INTEGER NOT NULL
) STRICT;
"""

PRAGMAS: Final = ("journal_mode=WAL", "synchronous=NORMAL", "journal_size_limit=16777216")
