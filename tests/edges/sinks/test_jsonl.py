"""Lines reach the file whole, whatever the disk does in between."""

import json
import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from rawspoof.core.event import SessionData
from rawspoof.edges.sinks import ecs, pylog
from rawspoof.edges.sinks.jsonl import Jsonl

from .samples import AT, DST, EXAMPLES, OPENED, SRC, SYN

LINE = pylog.line(OPENED) or b""
ROOM = 1 << 20


@contextmanager
def disk_that_ends_at(size: int) -> Iterator[None]:
    """A file grows up to `size` bytes and no further, as on a full disk: the write that crosses it is cut short."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_one_line_for_each_event_after_what_is_there(tmp_path):
    path = tmp_path / "e.jsonl"
    path.write_bytes(b"{}\n")
    sink = Jsonl(str(path), ecs.lines("s"))
    sink.write(EXAMPLES)
    sink.close()
    objects = [json.loads(line) for line in path.read_text().splitlines()]
    assert objects == [{}] + [ecs.document(event, "s") for event in EXAMPLES]
    assert path.stat().st_mode & 0o077 == 0o044


def test_a_new_file_is_not_for_everybody(tmp_path):
    Jsonl(str(tmp_path / "e"), pylog.line).close()
    assert (tmp_path / "e").stat().st_mode & 0o137 == 0


def test_events_without_a_line_write_nothing(tmp_path):
    sink = Jsonl(str(tmp_path / "e"), pylog.line)
    sink.write([SYN])
    assert (tmp_path / "e").read_bytes() == b""


def test_standard_output(capfd):
    sink = Jsonl("-", pylog.line)
    sink.write([OPENED])
    sink.reopen()
    sink.close()
    os.fstat(1)
    assert capfd.readouterr().out.encode() == LINE


def test_a_place_that_is_not_there_is_told_at_the_start():
    with pytest.raises(FileNotFoundError):
        Jsonl("/nowhere/e", pylog.line)


def test_a_full_disk_is_counted_and_told_at_powers_of_ten(caplog):
    sink = Jsonl("/dev/full", pylog.line)
    for _ in range(12):
        sink.write([OPENED, SYN])
    sink.close()
    assert caplog.messages == [f"/dev/full: events lost: {count} so far (No space left on device)" for count in (1, 10)]


@pytest.mark.parametrize("room", [0, 1, len(LINE) - 1, len(LINE), len(LINE) + 1, 2 * len(LINE) + 7])
def test_a_line_cut_by_a_full_disk_is_made_whole_first(room, tmp_path, caplog):
    path = tmp_path / "e"
    path.write_bytes(b"x" * (ROOM - 1) + b"\n")
    sink = Jsonl(str(path), pylog.line)
    with disk_that_ends_at(ROOM + room):
        sink.write([OPENED] * 4)
        sink.write([OPENED] * 2)
    sink.write([OPENED])
    sink.write([OPENED])
    sink.close()
    kept = room // len(LINE) + bool(room % len(LINE))
    assert path.read_bytes()[ROOM:] == LINE * (kept + 2)
    assert caplog.messages[0].startswith(f"{path}: events lost: {4 - kept} so far")


def test_a_line_cut_by_a_crash_spoils_no_other(tmp_path):
    path = tmp_path / "e"
    path.write_bytes(b'{"half": ')
    sink = Jsonl(str(path), pylog.line)
    sink.write([OPENED])
    sink.close()
    assert path.read_bytes() == b'{"half": \n' + LINE


def test_a_rotated_log_is_opened_anew(tmp_path):
    path = tmp_path / "e"
    sink = Jsonl(str(path), pylog.line)
    sink.write([OPENED])
    path.rename(tmp_path / "e.1")
    sink.reopen()
    sink.write([OPENED, OPENED])
    sink.close()
    assert (tmp_path / "e.1").read_bytes() == LINE
    assert path.read_bytes() == LINE * 2


def test_where_a_new_file_is_not_allowed_the_old_one_is_kept(tmp_path, caplog):
    folder = tmp_path / "logs"
    folder.mkdir()
    sink = Jsonl(str(folder / "e"), pylog.line)
    folder.rename(tmp_path / "moved")
    sink.reopen()
    sink.write([OPENED])
    sink.close()
    assert (tmp_path / "moved" / "e").read_bytes() == LINE
    assert "not opened again, the old file stays in use (No such file or directory)" in caplog.text


def test_an_event_no_sensor_makes_costs_no_other(tmp_path, caplog):
    sink = Jsonl(str(tmp_path / "e"), ecs.lines("s"))
    sink.write([SessionData(float("nan"), SRC, 1, DST, 2, b"", 0), SessionData(AT, b"", 1, DST, 2, b"", 0), OPENED])
    sink.close()
    assert len((tmp_path / "e").read_bytes().splitlines()) == 1
    assert "events lost: 1 so far" in caplog.text


def test_nothing_is_left_open(tmp_path: Path):
    before = len(os.listdir("/proc/self/fd"))
    sink = Jsonl(str(tmp_path / "e"), pylog.line)
    for _ in range(3):
        sink.reopen()
    sink.close()
    assert len(os.listdir("/proc/self/fd")) == before
