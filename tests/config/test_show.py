"""The default file and the effective values are TOML that means what it says."""

import re
import tomllib

import msgspec
import pytest

from rawspoof.config.keys import KNOWN, SECTIONS
from rawspoof.config.load import ConfigError, load
from rawspoof.config.model import Config
from rawspoof.config.show import default_text, descriptions, effective_text, toml


def test_the_default_file_loads_to_the_defaults(tmp_path):
    path = tmp_path / "r.toml"
    path.write_text(default_text())
    assert max(map(len, default_text().splitlines())) <= 120
    assert load(str(path)) == Config()


def test_so_does_the_default_file_with_every_key_uncommented(tmp_path):
    text, keys = re.subn(r"(?m)^#(\w+ = )", r"\1", default_text())
    path = tmp_path / "r.toml"
    path.write_text(text)
    assert keys == len(KNOWN) - len(["version"])
    assert load(str(path)) == Config()


def test_every_key_and_section_is_explained():
    assert set(descriptions()) == {"", *SECTIONS, *KNOWN}
    assert f"# {descriptions()['world.hold_min_s']}\n#hold_min_s = 4.0\n" in default_text()


def test_effective_values_come_with_their_origin(tmp_path):
    path = tmp_path / "r.toml"
    path.write_text("[sensor]\nworkers = 2\nqueue = 1\n")
    environ = {"RAWSPOOF_SENSOR_QUEUE_MAX": "9", "RAWSPOOF_SENSOR_QUEUE": "4"}
    lines = effective_text(str(path), {"sensor.queue": 5}, environ).splitlines()
    assert {
        "workers = 2  # file, line 2",
        "queue = 5  # flag",
        "queue_max = 9  # environment, RAWSPOOF_SENSOR_QUEUE_MAX",
        "bypass = true  # default",
    } <= set(lines)


def test_effective_values_load_to_the_same(tmp_path):
    overrides = {"sensor.allow": ["192.0.2.0/24"], "sensor.user": 'a "b" \\ ü', "signatures": ["/s"]}
    path = tmp_path / "r.toml"
    path.write_text(effective_text(None, overrides))
    assert msgspec.to_builtins(load(str(path))) == msgspec.to_builtins(load(None, overrides))


def test_secrets_are_shown_when_asked_for_alone():
    hook = {"kind": "webhook", "url": "https://h/T0/B0", "name": "w"}
    overrides = {"mail.smtp_password": "hunter2", "sink": [hook]}
    shown = effective_text(None, overrides)
    assert "hunter2" not in shown
    assert "T0" not in shown
    assert 'smtp_password = "(hidden)"  # flag' in shown
    assert "hunter2" in effective_text(None, overrides, secrets=True)


def test_notes_stand_beneath_the_explanation_and_settings_are_in_force(tmp_path):
    text = default_text({"world.hold_min_s": ["Here: one", "two"]}, {"store.mb_max": 7})
    assert "\n# Here: one\n# two\n#hold_min_s = 4.0\n" in text
    path = tmp_path / "r.toml"
    path.write_text(text)
    assert load(str(path)).store.mb_max == 7


def test_text_that_json_would_write_otherwise_is_toml():
    assert tomllib.loads(f"x = {toml('a' + chr(127) + chr(1))}")["x"] == "a\x7f\x01"


def test_a_wrong_value_is_not_shown():
    with pytest.raises(ConfigError, match=r"sensor\.workers"):
        effective_text(None, {"sensor.workers": 0})
