"""Files and flags to a Config, and every way they can be wrong to one line that says how to put it right."""

from pathlib import Path

import pytest

from rawspoof.config.load import KNOWN, ConfigError, load
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
        ("[sensors]\nworkers = 2", "sensors: unknown key; the nearest is sensor"),
        ("sensor = 2", "sensor: expected a table, [sensor]"),
        ("[sensor]\nworkers = 'two'", "sensor.workers: expected `int`, got `str`"),
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
    assert complaint(path).startswith(f"{path}: {expected}")


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
    assert complaint(path) == f"{path}: not TOML: Invalid value (at line 2, column 11)"


def test_what_is_not_text_is_named(tmp_path):
    path = tmp_path / "r.toml"
    path.write_bytes(b"\xff\xfe")
    assert complaint(str(path)) == f"{path}: expected UTF-8 text"


def test_a_file_that_is_not_there_is_named():
    assert complaint("/nowhere/r.toml") == "/nowhere/r.toml: cannot be read: No such file or directory"


def test_every_field_of_the_model_is_known_by_its_dotted_key():
    config = Config()
    for key, field in KNOWN.items():
        section, _, name = key.rpartition(".")
        assert getattr(getattr(config, section) if section else config, name) == field.default
    assert len(KNOWN) > 30
