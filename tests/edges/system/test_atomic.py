"""A file is replaced whole, or not at all."""

import os

import pytest

from rawspoof.edges.system.atomic import write


def test_what_is_written_takes_the_place_of_what_was_there(tmp_path):
    path = tmp_path / "list"
    write(path, b"one", mode=0o600)
    reading = path.open("rb")
    write(path, b"two", lasting=True)
    assert path.read_bytes() == b"two"
    with reading:
        assert reading.read() == b"one"
    assert os.listdir(tmp_path) == ["list"]


def test_it_has_the_mode_asked_for(tmp_path):
    write(tmp_path / "list", b"", mode=0o600)
    assert (tmp_path / "list").stat().st_mode & 0o777 == 0o600


def test_what_fails_leaves_everything_as_it_was(tmp_path):
    (tmp_path / "list").mkdir()
    with pytest.raises(OSError, match="list"):
        write(tmp_path / "list", b"one")
    assert os.listdir(tmp_path) == ["list"]
    with pytest.raises(FileNotFoundError):
        write(tmp_path / "none" / "list", b"one")


def test_a_link_that_somebody_put_there_is_not_followed(tmp_path):
    (tmp_path / ".list.new").symlink_to(tmp_path / "other")
    with pytest.raises(OSError, match="symbolic link"):
        write(tmp_path / "list", b"one")
    assert not (tmp_path / "other").exists()


def test_what_root_writes_belongs_to_the_folders_owner(tmp_path):
    os.chown(tmp_path, 12345, 12346)
    write(tmp_path / "list", b"one", mode=0o600)
    assert ((tmp_path / "list").stat().st_uid, (tmp_path / "list").stat().st_gid) == (12345, 12346)
