"""Files and folders as they may be found: room, rights, secrets, logs."""

import os
from collections import namedtuple
from pathlib import Path

import pytest

from rawspoof.config.model import Admin, Config, Events, Mail, Sensor
from rawspoof.edges.doctor import storage
from rawspoof.edges.doctor.finding import Finding, Level

STATVFS = namedtuple("STATVFS", "f_bavail f_frsize f_files f_favail f_flag")
ROOMY = STATVFS(1 << 20, 1 << 20, 10**6, 10**6, 0)


@pytest.fixture
def state(tmp_path, monkeypatch):
    """A state directory with room, that its user can enter."""
    monkeypatch.setattr(storage.os, "statvfs", lambda path: ROOMY)
    folder = tmp_path / "state"
    folder.mkdir(mode=0o755)
    return folder


def found(state: Path, path: str = "", **sections) -> list[Finding]:
    """All that is not fine. Its user is root, who may enter pytest's folders."""
    config = Config(sensor=Sensor(state_dir=str(state), user="root"), **sections)
    return [one for one in storage.storage(config, path, state.parent) if one.level is not Level.GOOD]


def ids(state: Path, path: str = "", **sections) -> list[str]:
    return [finding.id for finding in found(state, path, **sections)]


def test_a_proper_place_is_fine_even_before_it_is_there(state):
    assert found(state) == []
    assert found(state / "deep/down") == []


@pytest.mark.parametrize(
    ("has", "level", "told"),
    [
        (ROOMY._replace(f_bavail=1000), Level.ADVICE, "storage.space"),
        (ROOMY._replace(f_favail=500), Level.ADVICE, "storage.inodes"),
        (ROOMY._replace(f_flag=os.ST_RDONLY), Level.TROUBLE, "storage.read-only"),
    ],
)
def test_a_file_system_without_room_is_told(state, monkeypatch, has, level, told):
    monkeypatch.setattr(storage.os, "statvfs", lambda path: has)
    (finding,) = found(state)
    assert (finding.level, finding.id) == (level, told)
    assert finding.cure


def test_one_that_does_not_count_inodes_is_fine(state, monkeypatch):
    monkeypatch.setattr(storage.os, "statvfs", lambda path: ROOMY._replace(f_files=0, f_favail=0))
    assert found(state) == []


def test_what_is_kept_already_needs_no_more_room(state, monkeypatch):
    monkeypatch.setattr(storage.os, "statvfs", lambda path: ROOMY._replace(f_bavail=1000))
    (state / "store").mkdir()
    with (state / "store/day").open("wb") as sparse:
        sparse.truncate(1 << 30)
    assert found(state) == []


def test_a_place_that_is_gone_after_a_restart_is_told(state):
    table = state.parent / "proc/self/mountinfo"
    table.parent.mkdir(parents=True)
    table.write_text(f"1 0 8:1 / / rw - ext4 /dev/sda1 rw\n2 1 0:9 / {state} rw shared:3 - tmpfs tmpfs rw\n")
    (finding,) = found(state)
    assert finding.id == "storage.passing"
    assert "on tmpfs" in finding.what
    assert found(state.parent) == []


def test_a_folder_that_anybody_may_write_in_is_told(state):
    state.chmod(0o777)
    assert [(one.id, one.cure) for one in found(state)] == [("storage.state-writable", f"chmod o-w {state}")]


def test_a_user_who_cannot_get_there_is_told(state):
    state.chmod(0o700)
    config = Config(sensor=Sensor(state_dir=str(state), user="nobody"))
    (finding,) = [one for one in storage.storage(config, "", state.parent) if one.id == "storage.reach"]
    assert finding.what.startswith(f"the user 'nobody' may not enter {state}")
    assert finding.cure.startswith(f"chmod o+x {state}")


def test_a_folder_that_is_a_service_users_own_is_entered_by_that_user(state):
    state.chmod(0o700)
    os.chown(state, 1, 1)
    findings = storage.storage(Config(sensor=Sensor(state_dir=str(state))), "", state.parent)
    # Above it are pytest's own folders, which only root may enter.
    assert all(str(state) not in one.what for one in findings if one.id == "storage.reach")


def test_a_log_without_a_folder_is_trouble(state):
    (finding,) = found(state, events=Events(file=str(state / "none/events.json"), rotate_mb=1))
    assert (finding.level, finding.id) == (Level.TROUBLE, "storage.folder")
    assert finding.cure == f"mkdir -p {state}/none"


def test_secrets_that_anybody_may_read_are_told(state):
    secret, config = state / "secret", state / "r.toml"
    secret.write_bytes(bytes(32))
    secret.chmod(0o644)
    config.touch(mode=0o644)
    assert [one.cure for one in found(state)] == [f"chmod 600 {secret}"]
    assert [one.cure for one in found(state, str(config), mail=Mail(smtp_password="x"))][1:] == [f"chmod 600 {config}"]
    secret.chmod(0o600)
    assert found(state, str(config)) == []
    (state / "admin.key").touch(mode=0o604)
    assert ids(state, admin=Admin(port=8080)) == ["storage.secret-mode"]


def test_a_log_that_grows_for_ever_is_told(state):
    log = str(state / "events.json")
    (finding,) = found(state, events=Events(file=log))
    assert finding.id == "storage.rotation"
    assert "events.rotate_mb" in finding.cure
    assert found(state, events=Events(file=log, rotate_mb=10)) == []
    assert found(state, events=Events(file="-")) == []


@pytest.mark.parametrize("line", ["{log} {{\n daily\n}}\n", "{folder}/* {{\n daily\n}}\n"])
def test_one_that_logrotate_sees_to_is_fine(state, line):
    log = state / "events.json"
    (state.parent / "etc/logrotate.d").mkdir(parents=True)
    (state.parent / "etc/logrotate.d/rawspoof").write_text(line.format(log=log, folder=state))
    assert found(state, events=Events(file=str(log))) == []
