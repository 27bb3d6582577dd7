"""The sink: files follow events, change as a whole, and tell of proven sources alone."""

import json

import msgspec
import pytest

from rawspoof.core.watch.blocklist import Blocked
from rawspoof.core.watch.policy import Deed
from rawspoof.edges.feeds.feeds import LISTS, Feeds
from tests.edges.sinks.samples import AT, BLOCKED, DST, OPENED, SRC, UNBLOCKED

OTHER = bytes([203, 0, 113, 9])


def feeds(folder, *blocked):
    return Feeds(folder, "sensor-1", blocked, lambda: AT)


def block(address=OTHER, reason="ports"):
    deed = Deed(AT, address, 54312, DST, 23, reason)
    return Blocked(address=address, how="all", since=AT, until=AT + 600, times=1, deed=deed)


def listed(folder):
    return (folder / "blocked.txt").read_text().split()


def test_every_file_is_there_from_the_start_and_follows_what_happens(tmp_path):
    sink = feeds(tmp_path, block())
    names = {f"blocked.{ending}" for ending in LISTS} | {"blocked.stix.json", "misp"}
    assert {path.name for path in tmp_path.iterdir()} == names
    assert listed(tmp_path) == ["203.0.113.9"]
    sink.write([OPENED, BLOCKED])
    assert listed(tmp_path) == ["203.0.113.9", "198.51.100.42"]
    for path in tmp_path.glob("blocked.*"):
        told = "32.42.100.51.198" if path.suffix == ".rpz" else "198.51.100.42"
        assert told in path.read_text(), path
    (event,) = (tmp_path / "misp").glob("*-*-*-*-*.json")
    assert len(json.loads(event.read_text())["Event"]["Attribute"]) == 2
    sink.write([UNBLOCKED])
    assert listed(tmp_path) == ["203.0.113.9"]


def test_files_are_left_alone_by_events_that_change_nothing(tmp_path):
    sink = feeds(tmp_path)
    before = (tmp_path / "blocked.rpz").stat().st_mtime_ns
    sink.write([OPENED, UNBLOCKED])
    assert (tmp_path / "blocked.rpz").stat().st_mtime_ns == before
    (tmp_path / "blocked.txt").unlink()
    sink.reopen()
    assert listed(tmp_path) == []


def test_whom_a_person_blocked_is_told_to_nobody(tmp_path):
    sink = feeds(tmp_path, block(reason="operator"))
    ordered = msgspec.structs.replace(BLOCKED, reason="operator")
    sink.write([ordered])
    assert listed(tmp_path) == []
    sink.write([BLOCKED])
    assert listed(tmp_path) == ["198.51.100.42"]
    sink.write([ordered])
    assert listed(tmp_path) == []


def test_the_serial_rises_within_a_second(tmp_path):
    sink = feeds(tmp_path)
    serials = []
    for last in range(3):
        sink.write([msgspec.structs.replace(BLOCKED, src=SRC[:3] + bytes([last]))])
        serials.append(int((tmp_path / "blocked.rpz").read_text().split("( ")[1].split()[0]))
    assert serials == sorted(set(serials))


def test_a_batch_that_could_not_be_written_is_written_when_it_comes_again(tmp_path):
    sink = feeds(tmp_path)
    (tmp_path / ".blocked.csv.new").mkdir()
    for _ in range(2):
        with pytest.raises(IsADirectoryError):
            sink.write([BLOCKED])
    (tmp_path / ".blocked.csv.new").rmdir()
    sink.write([BLOCKED])
    assert "198.51.100.42" in (tmp_path / "blocked.csv").read_text()
    sink.close()


def test_a_folder_that_is_not_there_is_an_error_at_once(tmp_path):
    with pytest.raises(FileNotFoundError):
        feeds(tmp_path / "none")


def test_thousands_are_written_in_a_moment(tmp_path):
    sink = feeds(tmp_path)
    sink.write([msgspec.structs.replace(BLOCKED, src=b"\xcb\x00" + n.to_bytes(2, "big")) for n in range(5000)])
    assert len(listed(tmp_path)) == 5000
