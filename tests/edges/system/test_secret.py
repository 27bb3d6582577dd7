"""The secret's file: made once, kept, and told of when it is not as it should be."""

import stat
from pathlib import Path

import pytest

from rawspoof.config.model import Config, Sensor
from rawspoof.edges.system import secret
from rawspoof.edges.system.secret import SECRET_BYTES, SecretError


def config(file: Path | str = "", state: Path | str = "") -> Config:
    return Config(sensor=Sensor(secret_file=str(file), state_dir=str(state)))


def test_it_is_made_at_the_first_start_and_kept(tmp_path: Path) -> None:
    wanted = config(state=tmp_path / "new" / "state")
    first = secret.load(wanted)
    file = tmp_path / "new" / "state" / "secret"
    assert (len(first), file.read_bytes(), secret.path(wanted)) == (SECRET_BYTES, first, file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert secret.load(wanted) == first


def test_two_machines_have_two_secrets(tmp_path: Path) -> None:
    assert secret.load(config(tmp_path / "one")) != secret.load(config(tmp_path / "two"))


def test_a_named_file_goes_before_the_state_directory(tmp_path: Path) -> None:
    (tmp_path / "mine").write_bytes(b"m" * 40)
    assert secret.load(config(tmp_path / "mine", tmp_path)) == b"m" * SECRET_BYTES


def test_a_short_one_is_told_with_the_cure(tmp_path: Path) -> None:
    (tmp_path / "cut").write_bytes(b"short")
    with pytest.raises(SecretError, match=r"cut: 5 bytes, 32 expected: remove it"):
        secret.load(config(tmp_path / "cut"))


def test_a_place_that_cannot_be_had_is_told_with_the_cure(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(SecretError, match=r"file/secret: .*--secret-file"):
        secret.load(config(tmp_path / "file" / "secret"))
    with pytest.raises(SecretError, match="Is a directory"):
        secret.load(config(tmp_path))
