"""What is kept comes back; what is broken, another's or not to be written is made anew without a word."""

import os
from pathlib import Path

from rawspoof.core.signature.imported import Pressed, Request
from rawspoof.edges.system.kept import KEPT_MAX, keep, name, recall

MADE = Pressed((Request(b"x"),), (), ((1, "why"),))


def test_what_is_kept_comes_back(tmp_path):
    path = tmp_path / "inner" / "a.msgpack"
    assert recall(path) is None
    keep(path, MADE)
    assert recall(path) == MADE
    assert path.stat().st_mode & 0o077 == path.parent.stat().st_mode & 0o077 == 0
    assert list(path.parent.iterdir()) == [path]


def test_what_is_cut_short_or_another_form_is_not_taken(tmp_path):
    path = tmp_path / "a.msgpack"
    keep(path, MADE)
    path.write_bytes(path.read_bytes()[:-3])
    assert recall(path) is None
    path.write_bytes(b"\x93\xc0\xc0\xc0")
    assert recall(path) is None


def test_what_somebody_else_wrote_is_not_taken(tmp_path, monkeypatch):
    path = tmp_path / "a.msgpack"
    keep(path, MADE)
    monkeypatch.setattr(os, "geteuid", lambda: path.stat().st_uid + 1)
    assert recall(path) is None


def test_where_nothing_can_be_written_nothing_happens(tmp_path):
    (tmp_path / "file").write_text("")
    path = tmp_path / "file" / "a.msgpack"
    keep(path, MADE)
    assert recall(path) is None


def test_the_oldest_goes_for_a_new_one(tmp_path):
    paths = [tmp_path / f"{number}.msgpack" for number in range(KEPT_MAX + 1)]
    for age, path in enumerate(paths):
        keep(path, MADE)
        os.utime(path, (age, age))
    keep(tmp_path / "new.msgpack", MADE)
    assert sorted(set(paths) - set(tmp_path.iterdir())) == sorted(paths[:2])


def test_the_name_depends_on_everything():
    names = [name("a", b"s"), name("b", b"s"), name("a", b"t"), name("a", b"s", "old"), name("a", b"s")]
    assert len(set(names)) == 4
    assert Path(names[0]).name == names[0]
