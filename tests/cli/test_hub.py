"""`rawspoof hub`: keys, the broker's settings, and what it says where it cannot start."""

import os
import pwd

import pytest

from rawspoof.cli.main import main


def hub(folder, *args):
    return main(["hub", "--state-dir", str(folder), *args])


def test_keys_and_the_brokers_settings(tmp_path, capsys):
    assert hub(tmp_path, "keys", "paris", "-o", str(tmp_path / "paris.seed")) == 0
    assert (tmp_path / "paris.seed").stat().st_mode & 0o777 == 0o600
    assert capsys.readouterr().err.startswith("paris: U")
    assert hub(tmp_path, "keys", "tokyo") == 0
    assert capsys.readouterr().out.startswith("SU")
    assert hub(tmp_path, "keys") == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == ["hub", "paris", "tokyo"]
    assert hub(tmp_path, "keys", "tokyo", "--remove") == 0
    capsys.readouterr()
    assert hub(tmp_path, "broker", "--name", "broker.example", "--store-dir", str(tmp_path / "nats")) == 0
    said = capsys.readouterr()
    assert "rawspoof.paris.>" in said.out
    assert "rawspoof.tokyo.>" not in said.out
    assert "was made: sensors need a copy" in said.err
    assert hub(tmp_path, "broker", "--store-dir", str(tmp_path / "nats"), "-o", str(tmp_path / "conf")) == 0
    assert (tmp_path / "conf").read_text() == said.out
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("args", "status", "why"),
    [
        ((), 2, "hub.url: expected the broker"),
        (("--url", "http://x"), 2, "hub.url: expected a URL"),
        (("keys", "hub"), 1, "the hub's own name"),
        (("keys", "a.b"), 1, "for a sensor's name"),
        (("keys", "--remove"), 2, "whose key?"),
        (("keys", "nobody", "--remove"), 1, "there is no sensor"),
        (("broker", "--cert", "x"), 2, "--cert and --key go together"),
        (("broker", "--user", "no-such-user"), 2, "there is no user"),
    ],
)
def test_what_is_wrong_is_one_line(tmp_path, capsys, args, status, why):
    assert hub(tmp_path, *args) == status
    said = capsys.readouterr().err
    assert why in said
    assert said.count("\n") == 1


def test_no_seed_is_written_over(tmp_path, capsys):
    (tmp_path / "there").write_text("mine")
    assert hub(tmp_path, "keys", "paris", "-o", str(tmp_path / "there")) == 2
    assert "is there already" in capsys.readouterr().err
    assert hub(tmp_path, "keys") == 0
    assert "paris" not in capsys.readouterr().out


def test_a_hub_without_a_store_does_not_start(tmp_path, capsys):
    conf = tmp_path / "hub.toml"
    conf.write_text('[hub]\nurl = "nats://127.0.0.1"\n[store]\nenabled = false\n')
    assert hub(tmp_path, "-c", str(conf)) == 1
    assert "store.enabled: a hub keeps what it is told" in capsys.readouterr().err


def test_the_server_may_read_its_key_and_write_its_streams(tmp_path, capsys):
    key, streams = tmp_path / "hub" / "broker.key", tmp_path / "streams"
    assert hub(tmp_path, "broker", "--user", "nobody", "--store-dir", str(streams)) == 0
    its = pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else os.geteuid()
    assert key.stat().st_uid == its
    assert key.stat().st_mode & 0o777 == 0o600
    assert not streams.exists() or streams.stat().st_uid == its


def test_variables_count_as_for_a_sensor(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("RAWSPOOF_SENSOR_STATE_DIR", str(tmp_path))
    assert main(["hub", "keys", "paris", "-o", str(tmp_path / "seed")]) == 0
    assert (tmp_path / "hub" / "keys" / "paris.pub").exists()
