"""Events are found by source, port, kind and time, and read back by number for sinks that were away."""

import msgspec
import pytest

from rawspoof.edges.store.database import Store, files
from rawspoof.edges.store.queries import Filter, Reader
from tests.edges.sinks.samples import AT, CREDENTIAL, DATA, EXAMPLES, OPENED, SRC, SRC6, SYN

DAY_S = 86400.0


@pytest.fixture
def store(tmp_path):
    made = Store(tmp_path, 30, 100)
    yield made
    made.close()


@pytest.fixture
def reader(tmp_path):
    made = Reader(tmp_path)
    yield made
    made.close()


def found(reader, **wanted):
    return [event for _, event in reader.events(Filter(**wanted))]


def test_filters(store, reader):
    store.write(EXAMPLES, 1)
    assert found(reader, src=SRC6) == [SYN]
    assert found(reader, port=443, kinds=("session.open",)) == [OPENED]
    assert found(reader, kinds=("session.data", "service.credential")) == [DATA, CREDENTIAL]
    assert {type(event).__name__ for event in found(reader, kinds=("scan.",))} == {
        "ScanDetected", "ScanUpdate", "ScanEnded",
    }  # fmt: skip
    assert found(reader, since=AT + 1) == []
    assert len(found(reader, until=AT + 1)) == len(EXAMPLES)


def test_the_newest_may_come_first_over_days(store, reader):
    days = [msgspec.structs.replace(OPENED, at=AT + day * DAY_S) for day in range(3)]
    store.write(days, 1)
    assert [n for n, _ in reader.events(newest_first=True)] == [3, 2, 1]
    assert [n for n, _ in reader.events()] == [1, 2, 3]


def test_counts(store, reader):
    store.write([*EXAMPLES, OPENED, OPENED], 1)
    assert reader.count("kind", Filter(), 1) == [("session.open", 3)]
    assert dict(reader.count("src", Filter(), 10)) == {SRC: len(EXAMPLES) + 1, SRC6: 1}
    assert reader.count("dport", Filter(kinds=("session.open",)), 5) == [(443, 3)]


def test_what_was_missed_is_read_back_without_a_gap(store, reader):
    store.write([OPENED] * 10, 1)
    assert len(reader.read(0, 4)) == 4
    assert len(reader.read(4, 100)) == 6
    store.write([OPENED] * 5, 13)
    # 11 and 12 are not there yet: nothing after them is read.
    assert reader.read(10, 100) == []
    store.write([OPENED] * 2, 11)
    assert len(reader.read(10, 100)) == 7
    assert reader.last() == 17


def test_days_are_read_on(store, reader):
    store.write([msgspec.structs.replace(OPENED, at=AT + day * DAY_S) for day in range(3)], 1)
    assert len(reader.read(0, 100)) == 3


def test_positions_are_kept(tmp_path, reader):
    assert reader.position("nats") is None
    reader.remember("nats", 5)
    reader.remember("nats", 6)
    other = Reader(tmp_path)
    assert other.position("nats") == 6
    other.close()


def test_an_empty_store_and_a_broken_file_have_nothing(tmp_path, reader):
    assert (reader.last(), reader.read(0, 5), list(reader.events())) == (0, [], [])
    (tmp_path / "events-2025-06-01.sqlite").write_bytes(b"broken" * 1000)
    assert len(files(tmp_path)) == 1
    assert (reader.last(), list(reader.events())) == (0, [])
