"""Events are kept by day, within limits, and a broken file is set aside."""

import logging
import os
import sqlite3
from datetime import UTC, datetime

import msgspec
import pytest

from rawspoof.core.event import Scan
from rawspoof.edges.store.database import Heard, Store, files
from rawspoof.edges.store.queries import Filter, Reader
from tests.edges.sinks.samples import AT, ENDED, EXAMPLES, OPENED

DAY_S = 86400.0


def at(event, moment):
    return msgspec.structs.replace(event, at=moment)


def names(folder):
    return [path.name for path in files(folder)]


def kept(folder):
    reader = Reader(folder)
    found = [(n, event) for n, event, _ in reader.events()]
    reader.close()
    return found


def test_every_kind_of_event_comes_back_as_it_was(tmp_path):
    store = Store(tmp_path / "s", 30, 100)
    store.write(EXAMPLES, 7)
    store.close()
    assert kept(tmp_path / "s") == list(enumerate(EXAMPLES, 7))
    assert os.stat(files(tmp_path / "s")[0]).st_mode & 0o777 == 0o640


def test_an_event_written_twice_is_there_once(tmp_path):
    store = Store(tmp_path, 30, 100)
    store.write(EXAMPLES, 1)
    store.write(EXAMPLES, 1)
    store.close()
    assert len(kept(tmp_path)) == len(EXAMPLES)


def test_each_day_has_a_file_and_old_ones_go(tmp_path):
    store = Store(tmp_path, 2, 100)
    for day in range(4):
        store.write([at(OPENED, AT + day * DAY_S)], day + 1)
    store.close()
    assert names(tmp_path) == ["events-2025-06-03.sqlite", "events-2025-06-04.sqlite"]
    assert len(os.listdir(tmp_path)) == 2


def test_an_event_from_the_future_makes_nothing_old(tmp_path):
    store = Store(tmp_path, 2, 100)
    store.write([at(OPENED, datetime.now(UTC).timestamp())], 1)
    store.write([at(OPENED, 4e9)], 2)
    store.close()
    assert len(names(tmp_path)) == 2


def test_the_oldest_day_goes_when_there_is_too_much(tmp_path, monkeypatch):
    monkeypatch.setattr("rawspoof.edges.store.database.CHECK_EVERY", 50)
    store = Store(tmp_path, 30, 1)
    large = msgspec.structs.replace(OPENED, greeting=bytes(10_000))
    for day in range(3):
        store.write([at(large, AT + day * DAY_S)] * 80, day * 80 + 1)
    store.close()
    assert names(tmp_path) == ["events-2025-06-03.sqlite"]


def test_a_broken_file_is_set_aside(tmp_path, caplog):
    (tmp_path / "events-2025-06-01.sqlite").write_bytes(b"this is no database" * 100)
    store = Store(tmp_path, 30, 100)
    with caplog.at_level(logging.WARNING):
        store.write(EXAMPLES, 1)
    store.close()
    assert len(kept(tmp_path)) == len(EXAMPLES)
    assert len(list(tmp_path.glob("*.broken-*"))) == 1
    assert "set" not in caplog.text
    assert "is broken" in caplog.text


def test_a_file_of_another_version_is_set_aside(tmp_path):
    with sqlite3.connect(tmp_path / "events-2025-06-01.sqlite") as old:
        old.execute("PRAGMA user_version = 99")
    old.close()
    store = Store(tmp_path, 30, 100)
    store.write([OPENED], 1)
    store.close()
    assert len(list(tmp_path.glob("*.broken-*"))) == 1


def first_version(path, *events):
    """A file as version 1 wrote it."""
    with sqlite3.connect(path) as old:
        old.executescript(
            """PRAGMA journal_mode=WAL;
            CREATE TABLE events (number INTEGER PRIMARY KEY, at REAL NOT NULL, kind TEXT NOT NULL, src BLOB NOT NULL,
                dport INTEGER NOT NULL, body BLOB NOT NULL) STRICT;
            CREATE INDEX by_source ON events (src, at, kind);
            CREATE INDEX by_kind ON events (kind, at, dport);
            CREATE TABLE scans (scan TEXT PRIMARY KEY, number INTEGER NOT NULL, src BLOB NOT NULL,
                first_at REAL NOT NULL, last_at REAL NOT NULL, packets INTEGER NOT NULL, port_count INTEGER NOT NULL,
                verified INTEGER NOT NULL, tool TEXT NOT NULL, level INTEGER NOT NULL, risk INTEGER NOT NULL
                ) STRICT, WITHOUT ROWID;
            PRAGMA user_version = 1"""
        )
        for number, event in enumerate(events, 1):
            row = (number, event.at, type(event).__struct_config__.tag, event.src, event.dport)
            old.execute("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?)", (*row, msgspec.msgpack.encode(event)))
            if isinstance(event, Scan):
                row = (event.scan, number, event.src, event.first_at, event.last_at, 1, 1, 1, "", 1, 1)
                old.execute("INSERT INTO scans VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
    old.close()


def test_a_file_of_version_1_is_read_as_it_is_and_raised_when_it_is_written_to(tmp_path):
    first_version(tmp_path / "events-2025-06-01.sqlite", OPENED, ENDED)
    reader = Reader(tmp_path)
    before = list(reader.events())
    assert [(n, event, sensor) for n, event, sensor in before] == [(1, OPENED, ""), (2, ENDED, "")]
    assert [scan.scan for scan in reader.scans(0.0, 1e12)] == [ENDED.scan]
    assert (list(reader.events(Filter(sensor="a"))), reader.sensors(1, 2)) == ([], {1: "", 2: ""})
    store = Store(tmp_path, 30, 100)
    store.take([Heard("a", 1, OPENED)], 3)
    # The same reader goes on, and so does one that comes new.
    for one in (reader, Reader(tmp_path)):
        assert [(n, sensor) for n, _, sensor in one.events()] == [(1, ""), (2, ""), (3, "a")]
        assert [n for n, _, _ in one.events(Filter(sensor="a"))] == [3]
        one.close()
    store.close()
    assert list(tmp_path.glob("*.broken-*")) == []


def test_what_a_sensor_tells_again_under_another_number_is_there_once(tmp_path):
    store = Store(tmp_path, 30, 100, durable=True)
    new = [Heard("a", 1, OPENED), Heard("b", 1, OPENED), Heard("a", 2, ENDED)]
    assert store.take([*new, new[0]], 1) == new
    newer = [Heard("a", 3, OPENED), Heard("a", 1, at(OPENED, AT + 1))]
    assert store.take([*new, *newer], 4) == newer
    store.close()
    reader = Reader(tmp_path)
    assert [(n, sensor) for n, _, sensor in reader.events()] == [(1, "a"), (2, "b"), (3, "a"), (4, "a"), (5, "a")]
    assert [(n, sensor) for n, _, sensor in reader.reports(0.0, 1e12)] == [(3, "a")]
    assert dict(reader.count("sensor", Filter(), 9)) == {"a": 4, "b": 1}
    assert dict(reader.count("kind", Filter(sensor="b"), 9)) == {"session.open": 1}
    assert (reader.scanning(0.0, "a"), reader.scanning(0.0, "b"), reader.scanning(0.0)) == (1, 0, 1)
    reader.close()


def test_a_broken_one_among_several_sensors_is_lost_alone(tmp_path):
    store = Store(tmp_path, 30, 100)
    odd = [Heard("a", 1, at(OPENED, 1e300)), Heard("a", 2, msgspec.structs.replace(OPENED, dport=1 << 70))]
    assert store.take([*odd, Heard("a", 3, OPENED)], 1) == [Heard("a", 3, OPENED)]
    store.close()
    assert store.lost.count == 2


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"):
        Store(tmp_path / "file" / "store", 30, 100)


@pytest.mark.parametrize("fields", [{"at": 1e300}, {"at": float("nan")}, {"dport": 1 << 70}])
def test_an_event_that_no_sensor_makes_is_counted_and_the_others_kept(tmp_path, fields):
    store = Store(tmp_path, 30, 100)
    store.write([OPENED, msgspec.structs.replace(OPENED, **fields), OPENED], 1)
    store.write([msgspec.structs.replace(ENDED, packets=1 << 63), ENDED], 4)
    store.close()
    assert [n for n, _ in kept(tmp_path)] == [1, 3, 5]
    assert store.lost.count == 2
