"""A log that grows too long is begun anew, and no line of it is lost or cut."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from rawspoof.edges.sinks import pylog
from rawspoof.edges.sinks.jsonl import Jsonl
from rawspoof.edges.sinks.rotate import Rotation

from .samples import OPENED
from .test_jsonl import disk_that_ends_at

LINE = pylog.line(OPENED) or b""
NOBODY = 65534


@contextmanager
def as_nobody() -> Iterator[None]:
    """The collector's rights."""
    os.setegid(NOBODY)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)


@pytest.fixture
def folder(tmp_path) -> Path:
    """Root's, where everybody may look and nobody else may write."""
    logs = tmp_path / "logs"
    logs.mkdir(mode=0o755)
    return logs


def sink(path: Path, lines: int = 3, keep: int = 2) -> Jsonl:
    """A log of so many lines at most."""
    return Jsonl(str(path), pylog.line, Rotation(str(path), lines * len(LINE), keep, "nobody"))


def fill(log: Jsonl, batches: int, lines: int = 1) -> None:
    with as_nobody():
        for _ in range(batches):
            log.write([OPENED] * lines)


def held(path: Path) -> dict[str, int]:
    """How many lines are in each file."""
    for file in path.parent.iterdir():
        assert file.read_bytes() == LINE * (file.stat().st_size // len(LINE))
    return {file.name: file.stat().st_size // len(LINE) for file in path.parent.iterdir()}


@pytest.fixture(params=["moved", "copied"])
def path(request, folder) -> Path:
    """A log in a folder of the writer's own, or of root's."""
    if request.param == "moved":
        os.chown(folder, NOBODY, NOBODY)
    return folder / "e"


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [(3, {"e": 3}), (4, {"e": 1, "e.1": 3}), (7, {"e": 1, "e.1": 3, "e.2": 3}), (11, {"e": 2, "e.1": 3, "e.2": 3})],
)
def test_older_lines_are_in_files_of_their_own_and_the_oldest_go(path, lines, wanted):
    log = sink(path)
    fill(log, lines)
    log.close()
    assert {name: count for name, count in held(path).items() if count} == wanted


def test_a_batch_is_not_cut_and_may_be_longer_than_a_file(path):
    log = sink(path)
    fill(log, 2, lines=5)
    log.close()
    assert {name: count for name, count in held(path).items() if count} == {"e": 5, "e.1": 5}


def test_what_was_there_before_counts_and_is_kept(path):
    path.write_bytes(LINE * 3)
    log = sink(path)
    fill(log, 1)
    log.close()
    assert {name: count for name, count in held(path).items() if count} == {"e": 1, "e.1": 3}


def test_a_restart_goes_on_where_it_was(path):
    for _ in range(4):
        log = sink(path)
        fill(log, 2)
        log.close()
    assert {name: count for name, count in held(path).items() if count} == {"e": 2, "e.1": 3, "e.2": 3}


def test_a_log_that_was_opened_anew_is_rotated_as_well(path):
    log = sink(path)
    fill(log, 2)
    path.rename(path.parent / "elsewhere")
    log.reopen()
    fill(log, 4)
    log.close()
    assert {name: count for name, count in held(path).items() if count} == {"e": 1, "e.1": 3, "elsewhere": 2}


def test_copying_is_told_at_the_start_with_the_cure(folder, caplog):
    sink(folder / "e").close()
    assert caplog.messages == [
        f"{folder}/e: rotated by copying, for nobody may not move files in its folder: give it one of its own"
    ]


@pytest.mark.parametrize(
    ("owner", "mode", "copied"),
    [
        ((NOBODY, 0), 0o700, False),
        ((NOBODY, 0), 0o500, True),
        ((0, NOBODY), 0o770, False),
        ((0, NOBODY), 0o755, True),
        ((0, 0), 0o777, False),
        ((0, 0), 0o1777, True),
    ],
)
def test_what_a_folders_permissions_mean(folder, owner, mode, copied, caplog):
    os.chown(folder, *owner)
    folder.chmod(mode)
    sink(folder / "e").close()
    assert ("rotated by copying" in caplog.text) == copied
    caplog.clear()
    Jsonl(str(folder / "e"), pylog.line, Rotation(str(folder / "e"), 1, 1, "root")).close()
    assert caplog.text == ""


def test_a_full_disk_costs_no_line_that_was_written(folder, caplog):
    """Copies are made on a disk without room for them: the log then grows on, as far as there is room."""
    path = folder / "e"
    log = sink(path)
    fill(log, 2)
    with disk_that_ends_at(2 * len(LINE) - 1):
        fill(log, 1, lines=2)
    assert "not rotated: 1 so far" in caplog.text
    assert path.read_bytes() == LINE * 2
    fill(log, 1, lines=4)
    fill(log, 1, lines=4)
    log.close()
    assert held(path)["e.1"] >= 2


def test_where_nothing_can_be_moved_the_log_goes_on_and_that_is_told(folder, caplog):
    os.chown(folder, NOBODY, NOBODY)
    path = folder / "e"
    log = sink(path)
    (folder / "e.1").mkdir()
    (folder / "e.2").write_bytes(LINE)
    fill(log, 5)
    assert path.read_bytes() == LINE * 5
    assert caplog.messages == [f"{path}: not rotated: 1 so far (Not a directory)"]
    (folder / "e.1").rmdir()
    fill(log, 2)
    log.close()
    assert held(path) == {"e": 1, "e.1": 6, "e.2": 1}


def test_a_folder_that_is_not_there_is_told_at_the_start():
    with pytest.raises(FileNotFoundError):
        Rotation("/nowhere/e", 1, 1, "nobody")


def test_what_is_no_file_is_never_rotated(tmp_path):
    log = Jsonl("/dev/null", pylog.line, Rotation(str(tmp_path / "null"), 1, 1, "root"))
    log.write([OPENED])
    log.write([OPENED])
    log.close()
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_left_open(path):
    before = len(os.listdir("/proc/self/fd"))
    log = sink(path)
    fill(log, 9)
    log.reopen()
    log.close()
    assert len(os.listdir("/proc/self/fd")) == before
