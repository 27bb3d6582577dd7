"""Files and flags to a Config, and every way they can be wrong to one line that says how to put it right."""

from pathlib import Path

import pytest

from rawspoof.config.load import ConfigError, load, look
from rawspoof.config.model import Config


def written(tmp_path: Path, text: str) -> str:
    path = tmp_path / "r.toml"
    path.write_text(text)
    return str(path)


def complaint(path: str | None, overrides: dict[str, object] | None = None) -> str:
    with pytest.raises(ConfigError) as caught:
        load(path, overrides or {})
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_no_file_means_the_defaults():
    assert load(None) == Config()


def test_an_empty_file_means_the_defaults(tmp_path):
    assert load(written(tmp_path, "[sensor]\n")) == Config()


def test_a_file_is_read(tmp_path):
    config = load(written(tmp_path, 'signatures = ["/s"]\n[sensor]\nexempt_ports = [22]\n[world]\nhold_max_s = 60\n'))
    assert config.signatures == ("/s",)
    assert config.sensor.exempt_ports == (22,)
    assert config.world.hold_max_s == 60.0


def test_a_flag_wins_over_the_file(tmp_path):
    path = written(tmp_path, "[sensor]\nworkers = 2\nqueue = 7\n")
    sensor = load(path, {"sensor.workers": 3}).sensor
    assert (sensor.workers, sensor.queue) == (3, 7)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[sensor]\nwrkers = 2", "sensor.wrkers: unknown key; the nearest is sensor.workers"),
        ("workers = 2", "workers: unknown key; the nearest is sensor.workers"),
        ("[tcp]\nlog_file = 'x'", "tcp.log_file: unknown key; the nearest is events.log_file"),
        ("[sensors]", "sensors: unknown key; the nearest is sensor"),
        ("sensor = 2", "sensor: expected a table, [sensor]"),
        ("[sensor]\nworkers = 'two'", "sensor.workers: expected `int`, got 'two'"),
        ("[sensor]\nworkers = 0", "sensor.workers: expected `int` >= 1, got 0"),
        ("[sensor]\nexempt_ports = [22, 65536]", "sensor.exempt_ports[1]: expected `int` <= 65535"),
        ("[world]\nkind = 'maize'", "world.kind: expected `maze` or `plausible` or `open` or `fuzz`, got 'maize'"),
        ("[tcp]\nidle_s = inf", "tcp.idle_s: expected a finite number, got inf"),
        ("[tcp]\nidle_s = nan", "tcp.idle_s: expected `float` >= 0.0, got nan"),
        ("[sensor]\nallow = ['10.0.0.1/8']", "sensor.allow[0]: expected 10.0.0.0/8"),
    ],
)
def test_a_wrong_value_is_named_with_what_was_expected(tmp_path, text, expected):
    path = written(tmp_path, text)
    assert complaint(path).startswith(f"{path}:{text.count(chr(10)) + 1}: {expected}")


def test_a_portspoof_conf_names_itself(tmp_path):
    (tmp_path / "their.conf").write_text('# ours was TOML\n22 "SSH-2.0-x\\r\\n"\n')
    config = load(str(tmp_path / "their.conf"), {"world.hold_min_s": 10.0})
    assert (config.portspoof_conf, config.world.hold_min_s) == (str(tmp_path / "their.conf"), 10.0)


def test_a_wrong_flag_is_not_blamed_on_the_file(tmp_path):
    path = written(tmp_path, "[sensor]\nworkers = 2\n")
    assert complaint(path, {"sensor.allow": ["10/8"]}).startswith("command line: sensor.allow[0]: expected a network")


def test_two_flags_that_do_not_fit_are_the_command_lines_fault():
    assert complaint(None, {"world.hold_max_s": 2.0}).startswith("command line: world.hold_max_s: expected 0 or at")


def test_what_is_not_toml_is_named_with_its_line(tmp_path):
    path = written(tmp_path, "[sensor]\nworkers = \n")
    assert complaint(path) == f"{path}:2: not TOML: Invalid value (column 11)"


def test_a_file_that_is_not_there_is_named():
    assert complaint("/nowhere/r.toml") == "/nowhere/r.toml: cannot be read: No such file or directory"


def test_every_complaint_is_told_and_what_only_follows_from_another_is_not(tmp_path):
    path = written(tmp_path, "[world]\nhold_min_s = 'x'\nhold_max_s = 2\n[tcp]\nidle = 2\nretries_max = 0\n")
    assert look(path).wrong == [
        f"{path}:2: world.hold_min_s: expected `float`, got 'x'",
        f"{path}:5: tcp.idle: unknown key; the nearest is tcp.idle_s",
        f"{path}:6: tcp.retries_max: expected `int` >= 1, got 0",
    ]
    assert complaint(path).endswith(" (and 2 more: `rawspoof config check` tells all)")


def test_every_fault_of_a_list_and_of_a_table_of_sinks_is_told(tmp_path):
    path = written(
        tmp_path, "sink = [{kind = 'redis', url = 3, lenght_max = 4}]\nsensor.exempt_ports = [\n0,\n22,\n-1\n]\n"
    )
    assert [line.removeprefix(path) for line in look(path).wrong] == [
        ":1: sink[0].url: expected `str`, got `int`",
        ":1: sink[0].lenght_max: unknown key",
        ":3: sensor.exempt_ports[0]: expected `int` >= 1, got 0",
        ":5: sensor.exempt_ports[2]: expected `int` >= 1, got -1",
    ]


def test_the_environment_wins_over_the_file_and_a_flag_over_it(tmp_path):
    path = written(tmp_path, "[sensor]\nworkers = 2\nqueue = 7\nqueue_max = 9\n")
    environ = {"RAWSPOOF_SENSOR_WORKERS": "3", "RAWSPOOF_SENSOR_QUEUE": "8"}
    sensor = load(path, {"sensor.queue": 10}, environ).sensor
    assert (sensor.workers, sensor.queue, sensor.queue_max) == (3, 10, 9)


def test_nobody_looks_at_the_environment_unless_it_is_given(monkeypatch):
    monkeypatch.setenv("RAWSPOOF_SENSOR_WORKERS", "3")
    assert load(None) == Config()


def test_a_wrong_variable_is_named(tmp_path):
    path = written(tmp_path, "[sensor]\nworkers = 2\n")
    environ = {
        "RAWSPOOF_SENSOR_WORKERS": "two",
        "RAWSPOOF_SENSOR_ALLOW": "192.0.2.0/24, 10.0.0.1/8",
        "RAWSPOOF_SENSOR_FIREWALL": "maybe",
        "RAWSPOOF_WORLD_KNID": "open",
    }
    assert look(path, {}, environ).wrong == [
        "environment: RAWSPOOF_SENSOR_WORKERS: expected `int`, got 'two'",
        "environment: RAWSPOOF_SENSOR_FIREWALL: expected `bool`, got 'maybe'",
        "environment: RAWSPOOF_SENSOR_ALLOW[1]: expected 10.0.0.0/8 (no bits beyond the prefix), got '10.0.0.1/8'",
        "environment: RAWSPOOF_WORLD_KNID: no key has this variable; the nearest is RAWSPOOF_WORLD_KIND",
    ]


def test_a_variable_that_holds_a_secret_is_no_setting():
    environ = {"RAWSPOOF_TOKEN": "t", "RAWSPOOF_SMTP": "s"}
    splunk = {"kind": "splunk", "url": "https://h", "secret_env": "RAWSPOOF_TOKEN"}
    assert look(None, {"sink": [splunk], "mail.smtp_password_env": "RAWSPOOF_SMTP"}, environ).wrong == []
    assert len(look(None, {}, environ).wrong) == 2


def test_a_file_of_a_newer_version_says_so_first_and_what_is_unknown_too(tmp_path):
    path = written(tmp_path, "version = 2\n[world]\nrotate_h = 1\n")
    first, second = look(path).wrong
    assert first.startswith(f"{path}:1: version: written for a newer rawspoof (2): this one knows 1; upgrade")
    assert second == f"{path}:3: world.rotate_h: unknown key; the nearest is world.rotate_s"


def test_a_key_of_an_earlier_version_names_the_one_of_today(tmp_path):
    path = written(tmp_path, "[events]\nbatch_max = 4096\n")
    assert complaint(path) == f"{path}:2: events.batch_max: is gone; events.queue_max stands in for it"


def test_a_key_that_would_move_the_cursor_is_a_line_like_others(tmp_path):
    path = written(tmp_path, '"a\\u000ab\\u001b" = 2\n')
    assert complaint(path).startswith(f"{path}: a?b?: unknown key")


def test_a_credential_is_a_file_where_systemd_puts_it():
    flags = {
        "sensor.secret_file": "credential:secret",
        "sink": [{"kind": "splunk", "url": "https://h", "secret_file": "credential:token"}],
        "events.log_file": "credential:log",
        "mail.smtp_password_file": "plain",
    }
    config = load(None, flags, {"CREDENTIALS_DIRECTORY": "/c"})
    assert (config.sensor.secret_file, config.sink[0].secret_file) == ("/c/secret", "/c/token")
    assert (config.events.log_file, config.mail.smtp_password_file) == ("credential:log", "plain")
    assert load(None, flags).sensor.secret_file == "/run/credentials/rawspoof.service/secret"
