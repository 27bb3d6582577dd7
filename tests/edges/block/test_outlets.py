"""Feeds and hook get the events of blocks, and no others."""

import os
import pwd

import pytest

from rawspoof.config.model import Block, Config, Feeds, Sensor
from rawspoof.edges.block.outlets import BlocksOnly, outlets, prepare
from tests.edges.sinks.samples import BLOCKED, EXAMPLES, SPARED, UNBLOCKED, CaptureSink


def config(tmp_path, **settings):
    return Config(feeds=Feeds(folder=str(tmp_path)), **settings)


def test_a_lane_takes_only_events_of_blocks():
    sink = CaptureSink()
    lane = BlocksOnly(sink, 10)
    lane.put(1, EXAMPLES)
    lane.put(1 + len(EXAMPLES), [EXAMPLES[0]] * 100)
    assert lane.close(5.0)
    assert sink.events == [BLOCKED, UNBLOCKED, SPARED]
    assert lane.dropped.count == 0


def test_there_are_as_many_as_are_configured(tmp_path):
    assert outlets(Config(), "s", []) == []
    (feeds,) = outlets(config(tmp_path), "s", [])
    assert (tmp_path / "blocked.txt").exists()
    feeds.put(1, [BLOCKED])
    assert feeds.close(5.0)
    assert (tmp_path / "blocked.txt").read_text() == "198.51.100.42\n"
    both = outlets(config(tmp_path, block=Block(hook=("true",))), "s", [])
    assert [lane.sink.name for lane in both] == [str(tmp_path), "block.hook"]


def test_a_folder_that_cannot_be_written_is_told_with_its_key(tmp_path, caplog):
    assert outlets(config(tmp_path / "none"), "s", []) == []
    assert f"feeds.folder: {tmp_path / 'none'}: No such file or directory: let nobody write in it" in caplog.text


def test_a_new_folder_is_the_collectors_and_an_old_one_stays_whose_it_was(tmp_path):
    made = config(tmp_path / "new" / "feeds", sensor=Sensor(user="nobody"))
    prepare(made)
    nobody = pwd.getpwnam("nobody").pw_uid
    assert {(tmp_path / "new" / "feeds" / inner).stat().st_uid for inner in ("", "misp")} == {nobody}
    prepare(made)
    prepare(config(tmp_path))
    assert tmp_path.stat().st_uid == os.geteuid()
    prepare(Config())


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match=r"^feeds\.folder: .*file.*: Not a directory: name another folder, or "):
        prepare(config(tmp_path / "file" / "feeds"))


def test_a_hook_that_is_no_command_is_an_error():
    prepare(Config(block=Block(hook=("true",))))
    with pytest.raises(OSError, match=r"^block\.hook: there is no command 'no-such': write its whole path$"):
        prepare(Config(block=Block(hook=("no-such", "x"))))
