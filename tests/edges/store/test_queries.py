"""Events are found by source, port, kind and time, and read back by number for sinks that were away."""

import shutil
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import pytest

from rawspoof.edges.store.database import Store, files
from rawspoof.edges.store.queries import Filter, Reader
from tests.edges.sinks.samples import AT, CREDENTIAL, DATA, ENDED, EXAMPLES, OPENED, SRC, SRC6, SYN

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
    return [one.event for one in reader.events(Filter(**wanted))]


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
    assert [one.number for one in reader.events(newest_first=True)] == [3, 2, 1]
    assert [one.number for one in reader.events()] == [1, 2, 3]


def test_events_come_by_their_numbers_where_days_overlap_in_them(store, reader):
    # A sensor that was away tells of yesterday today.
    for number, day in enumerate((1, 1, 0, 1, 0, 0, 2, 1, 2), 1):
        store.write([msgspec.structs.replace(OPENED, at=AT + day * DAY_S)], number)
    assert [one.number for one in reader.events()] == list(range(1, 10))
    assert [one.number for one in reader.events(newest_first=True)] == list(range(9, 0, -1))
    assert [one.number for one in reader.events(Filter(before=7), newest_first=True)] == list(range(6, 0, -1))
    assert reader.last() == 9


def test_networks_ranges_of_ports_and_later_ones(store, reader):
    odd = msgspec.structs.replace(OPENED, src=bytes([198, 51, 100, 255]) + bytes(12), dport=8080)
    store.write([*EXAMPLES, odd], 1)
    first, last = bytes([198, 51, 100, 0]), bytes([198, 51, 100, 255])
    # Only IPv4's, though IPv6's may lie between the two as bytes.
    assert len(found(reader, src=first, src_last=last)) == len(EXAMPLES) - 1
    assert found(reader, src=bytes(16), src_last=b"\xff" * 16) == [SYN, odd]
    assert found(reader, port=8000, port_last=9000) == [odd]
    assert found(reader, after=len(EXAMPLES)) == [odd]
    assert found(reader, kinds=("nothing",)) == []


def test_hours(store, reader):
    store.write([*EXAMPLES, msgspec.structs.replace(OPENED, at=AT + 3600)], 1)
    hour = int(AT) // 3600 * 3600
    got = reader.hours(Filter(kinds=("session.",)))
    assert got == {
        (hour, "session.open"): 1, (hour + 3600, "session.open"): 1, (hour, "session.data"): 1,
        (hour, "session.close"): 1,
    }  # fmt: skip


def scan(name, **fields):
    return msgspec.structs.replace(ENDED, scan=name, **fields)


def test_the_last_report_of_a_scan_is_kept_over_days_and_repeats(store, reader):
    next_day = AT + DAY_S
    early, late = scan("a", packets=1, last_at=AT), scan("a", packets=9, at=next_day, last_at=next_day, risk=10)
    store.write([early, scan("b", risk=999, first_at=AT)], 1)
    store.write([late], 3)
    store.write([early], 1)
    assert list(reader.scans(AT - 1, AT + 10 * DAY_S)) == [late, scan("b", risk=999, first_at=AT)]
    assert [each.scan for each in reader.scans(AT - 1, AT + DAY_S, 1)] == ["a", "b"]
    assert list(reader.scans(next_day + 1, 1e12)) == []
    assert list(reader.scans(0, AT - 5)) == []
    assert (reader.scanning(AT - 1), reader.scanning(next_day)) == (2, 1)


def test_a_later_report_is_not_replaced_by_an_earlier_one(store, reader):
    store.write([scan("a", packets=9)], 7)
    store.write([scan("a", packets=1)], 3)
    assert [each.packets for each in reader.scans(0, 1e12)] == [9]


def test_counts(store, reader):
    store.write([*EXAMPLES, OPENED, OPENED], 1)
    assert reader.count("kind", Filter(), 1) == [("session.open", 3)]
    assert dict(reader.count("src", Filter(), 10)) == {SRC: len(EXAMPLES) + 1, SRC6: 1}
    assert reader.count("dport", Filter(kinds=("session.open",)), 5) == [(443, 3)]


def numbers(read):
    first, events = read
    return list(range(first, first + len(events)))


def test_what_was_missed_is_read_back_without_a_gap(store, reader):
    store.write([OPENED] * 10, 1)
    assert numbers(reader.read(0, 4)) == [1, 2, 3, 4]
    assert numbers(reader.read(4, 100)) == [5, 6, 7, 8, 9, 10]
    assert numbers(reader.read(10, 100)) == []
    store.write([OPENED] * 5, 13)
    # 11 and 12 may be on their way: nothing after them is read.
    assert numbers(reader.read(10, 100)) == []
    store.write([OPENED] * 2, 11)
    assert numbers(reader.read(10, 100)) == [11, 12, 13, 14, 15, 16, 17]
    assert reader.last() == 17


def test_what_the_store_never_gets_is_waited_for_once(store, reader):
    store.write([OPENED] * 3, 1)
    store.write([OPENED] * 3, 8)
    assert numbers(reader.read(0, 100)) == [1, 2, 3]
    assert numbers(reader.read(3, 100)) == []
    assert numbers(reader.read(3, 100)) == [8, 9, 10]


def test_days_are_read_on_also_where_their_numbers_mix(store, reader):
    store.write([msgspec.structs.replace(OPENED, at=AT + day * DAY_S) for day in (0, 1, 0, 1, 2)], 1)
    read = [numbers(reader.read(after, 100)) for after in (0, 2, 3)]
    assert read == [[1, 2], [3, 4, 5], [4, 5]]


def test_positions_are_kept(tmp_path, reader):
    assert reader.position("nats") is None
    reader.remember("nats", 5)
    reader.remember("nats", 6)
    other = Reader(tmp_path)
    assert other.position("nats") == 6
    other.close()


def test_what_sinks_took_is_known_where_the_store_knows_less(tmp_path, reader, caplog):
    assert reader.taken() == 0
    reader.remember("nats", 5)
    reader.remember("redis", 9)
    assert (reader.taken(), reader.last()) == (9, 0)
    reader.close()
    (tmp_path / "positions.sqlite").write_bytes(b"broken" * 1000)
    assert (reader.taken(), reader.position("nats")) == (0, None)
    reader.remember("nats", 7)
    assert reader.taken() == 7
    assert "positions.sqlite is broken" in caplog.text


def test_nor_does_a_place_without_a_database_end_anything(tmp_path, caplog):
    (tmp_path / "positions.sqlite").mkdir()
    with closing(Reader(tmp_path)) as reader:
        assert reader.taken() == 0
    assert "unable to open database file" in caplog.text


def test_an_empty_store_and_a_broken_file_have_nothing(tmp_path, reader):
    assert (reader.last(), reader.read(0, 5), list(reader.events())) == (0, (1, []), [])
    (tmp_path / "events-2025-06-01.sqlite").write_bytes(b"broken" * 1000)
    assert len(files(tmp_path)) == 1
    assert (reader.last(), list(reader.events())) == (0, [])
    assert list(reader.unread.values()) == ["file is not a database"]


def test_a_copy_is_read_by_somebody_who_may_not_write(tmp_path, reader):
    store = Store(tmp_path, 30, 100)
    store.write(EXAMPLES, 1)
    store.close()
    script = (
        "import os, sys; from pathlib import Path; from rawspoof.edges.store.queries import Reader\n"
        "os.geteuid() or (os.setgroups([]), os.setgid(65534), os.setuid(65534))\n"
        "reader = Reader(Path(sys.argv[1])); print(len(list(reader.events())), reader.unread)"
    )
    (path,) = files(tmp_path)
    path.chmod(0o644)
    with TemporaryDirectory() as open_to_all:
        copy = Path(open_to_all)
        shutil.copy(path, copy)
        copy.chmod(0o555)
        command = [sys.executable, "-c", script, open_to_all]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30)
    assert done.stdout == f"{len(EXAMPLES)} {{}}\n"
