"""Files of evidence: their names, and which of them go when there are too many."""

import os

import pytest

from rawspoof.config.model import Config, Sensor
from rawspoof.edges.evidence import folder
from rawspoof.edges.evidence.folder import BLOCK_BYTES, Folder, Name, folder_of, listed, name, named

SRC, SRC6 = bytes([198, 51, 100, 42]), bytes.fromhex("20010db8" + "00" * 11 + "07")
SCAN = "0123456789abcdef"
AT = 1748788327.841203
MIB = 1 << 20


def nth(number: int, source: bytes = SRC) -> Name:
    return name(source, SCAN, AT + number)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (SRC, "198.51.100.42_0123456789abcdef_20250601T143207.841203.pcap"),
        (SRC6, "2001-db8--7_0123456789abcdef_20250601T143207.841203.pcap"),
    ],
)
def test_a_name_tells_source_scan_and_moment(source, text):
    assert str(name(source, SCAN, AT)) == text
    assert named(text) == name(source, SCAN, AT)


@pytest.mark.parametrize("text", ["", "x.pcap", "..", "../1_0123456789abcdef_20250601T143207.841203.pcap", "a.pcap~"])
def test_what_is_not_called_so_is_none_of_ours(text):
    assert named(text) is None


@pytest.mark.parametrize("at", [1e20, float("nan"), float("inf"), -1e20])
def test_a_moment_that_no_calendar_has_makes_no_name(at):
    with pytest.raises((ValueError, OverflowError)):
        name(SRC, SCAN, at)


def test_where_it_is(tmp_path):
    assert folder_of(Config(sensor=Sensor(state_dir=str(tmp_path)))) == tmp_path / "evidence"


def test_a_file_is_begun_and_added_to(tmp_path):
    of = Folder(tmp_path, 1, 2)
    of.create(nth(0), b"abc")
    of.append(nth(0), b"def", 6)
    assert (tmp_path / str(nth(0))).read_bytes() == b"abcdef"
    assert (tmp_path / str(nth(0))).stat().st_mode & 0o777 == 0o640
    assert listed(tmp_path) == [(nth(0), 6)]
    assert of.total == BLOCK_BYTES
    with pytest.raises(FileExistsError):
        of.create(nth(0), b"again")
    with pytest.raises(FileNotFoundError):
        of.append(nth(1), b"who", 3)


def test_no_file_is_written_through_a_link(tmp_path):
    (tmp_path / str(nth(0))).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="File exists"):
        Folder(tmp_path, 1, 2).create(nth(0), b"abc")
    with pytest.raises(OSError, match="symbolic links"):
        Folder(tmp_path, 1, 2).append(nth(0), b"abc", 3)
    assert not (tmp_path / "elsewhere").exists()


def test_the_oldest_of_a_source_goes_for_its_newer_ones(tmp_path):
    of = Folder(tmp_path, 1, 8)
    of.create(nth(0, SRC6), b"x" * 1000)
    for number in range(7):
        of.create(nth(number), bytes(of.file_bytes_max))
    assert [known for known, _ in listed(tmp_path)] == [nth(0, SRC6), *map(nth, range(3, 7))]
    assert of.removed == 3
    assert of.total == MIB + BLOCK_BYTES


def test_the_oldest_of_all_goes_when_all_are_too_much(tmp_path):
    of = Folder(tmp_path, 1, 1)
    for number in range(300):
        of.create(nth(number, SRC[:3] + bytes([number % 256])), b"x")
    assert [known for known, _ in listed(tmp_path)] == [nth(n, SRC[:3] + bytes([n % 256])) for n in range(44, 300)]
    assert (of.removed, of.total) == (44, MIB)


def test_what_was_there_before_counts_and_goes_first(tmp_path):
    for number in (2, 0, 1):
        (tmp_path / str(nth(number))).write_bytes(bytes(MIB // 2))
    (tmp_path / "notes.txt").write_text("the operator's")
    of = Folder(tmp_path, 1, 1)
    assert [known for known, _ in listed(tmp_path)] == [nth(1), nth(2)]
    of.create(nth(3), b"x")
    assert [known for known, _ in listed(tmp_path)] == [nth(2), nth(3)]
    assert (tmp_path / "notes.txt").exists()


def test_a_file_that_somebody_removed_is_no_trouble(tmp_path):
    of = Folder(tmp_path, 1, 1)
    of.create(nth(0), bytes(MIB))
    os.unlink(tmp_path / str(nth(0)))
    of.create(nth(1), b"x")
    assert [known for known, _ in listed(tmp_path)] == [nth(1)]


@pytest.mark.parametrize("before", [b"", b"whole"])
def test_what_the_disk_does_not_take_whole_leaves_no_trace(tmp_path, monkeypatch, before):
    of = Folder(tmp_path, 1, 1)
    if before:
        of.create(nth(0), before)
    write, room = os.write, [2]

    def cramped(fd: int, data: bytes) -> int:
        if not room[0]:
            raise OSError(28, "No space left on device")
        done = write(fd, data[: room[0]])
        room[0] -= done
        return done

    monkeypatch.setattr(folder.os, "write", cramped)
    with pytest.raises(OSError, match="No space"):
        of.append(nth(0), b"more", 9) if before else of.create(nth(0), b"more")
    assert [(tmp_path / str(known)).read_bytes() for known, _ in listed(tmp_path)] == ([before] if before else [])
    assert of.total == (BLOCK_BYTES if before else 0)
