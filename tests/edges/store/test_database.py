"""Events are kept by day, within limits, and a broken file is set aside."""

import logging
import os
import sqlite3
from datetime import UTC, datetime

import msgspec
import pytest

from rawspoof.edges.store.database import Store, files
from rawspoof.edges.store.queries import Reader
from tests.edges.sinks.samples import AT, ENDED, EXAMPLES, OPENED

DAY_S = 86400.0


def at(event, moment):
    return msgspec.structs.replace(event, at=moment)


def names(folder):
    return [path.name for path in files(folder)]


def kept(folder):
    reader = Reader(folder)
    found = [(n, event) for n, event in reader.events()]
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
