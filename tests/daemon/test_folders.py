"""Folders of the state directory are there and belong to who writes in them."""

import pwd
from pathlib import Path

from rawspoof.config.model import Admin, Config, Evidence, Feeds, Sensor
from rawspoof.daemon.folders import make_folders


def test_each_folder_is_the_collectors(tmp_path: Path) -> None:
    config = Config(
        sensor=Sensor(state_dir=str(tmp_path)), admin=Admin(port=8080), feeds=Feeds(folder=str(tmp_path / "feeds"))
    )  # fmt: skip
    make_folders(config)
    make_folders(config)
    nobody = pwd.getpwnam("nobody").pw_uid
    assert {path.name: path.stat().st_uid for path in tmp_path.iterdir()} == dict.fromkeys(
        ("store", "evidence", "web", "feeds"), nobody
    )  # fmt: skip
    assert (tmp_path / "store").stat().st_mode & 0o777 == 0o750


def test_what_is_not_wanted_is_not_made(tmp_path: Path) -> None:
    config = Config(sensor=Sensor(state_dir=str(tmp_path)), evidence=Evidence(enabled=False))
    make_folders(config)
    assert [path.name for path in tmp_path.iterdir()] == ["store"]
