"""The default file and the effective values are TOML that means what it says."""

import re

import msgspec
import pytest

from rawspoof.config.load import KNOWN, SECTIONS, ConfigError, load
from rawspoof.config.model import Config
from rawspoof.config.show import default_text, descriptions, effective_text


def test_the_default_file_loads_to_the_defaults(tmp_path):
    path = tmp_path / "r.toml"
    path.write_text(default_text())
    assert load(str(path)) == Config()


def test_so_does_the_default_file_with_every_key_uncommented(tmp_path):
    text, keys = re.subn(r"(?m)^#(\w+ = )", r"\1", default_text())
    path = tmp_path / "r.toml"
    path.write_text(text)
    assert keys == len(KNOWN)
    assert load(str(path)) == Config()


def test_every_key_and_section_is_explained():
    assert set(descriptions()) == {"", *SECTIONS, *KNOWN}
    assert f"# {descriptions()['world.hold_min_s']}\n#hold_min_s = 4.0\n" in default_text()


def test_effective_values_come_with_their_origin(tmp_path):
    path = tmp_path / "r.toml"
    path.write_text("[sensor]\nworkers = 2\nqueue = 1\n")
    lines = effective_text(str(path), {"sensor.queue": 5}).splitlines()
    assert {"workers = 2  # file", "queue = 5  # flag", "queue_max = 65536  # default"} <= set(lines)


def test_effective_values_load_to_the_same(tmp_path):
    overrides = {"sensor.allow": ["192.0.2.0/24"], "sensor.user": 'a "b" \\ ü', "signatures": ["/s"]}
    path = tmp_path / "r.toml"
    path.write_text(effective_text(None, overrides))
    assert msgspec.to_builtins(load(str(path))) == msgspec.to_builtins(load(None, overrides))


def test_a_wrong_value_is_not_shown():
    with pytest.raises(ConfigError, match=r"sensor\.workers"):
        effective_text(None, {"sensor.workers": 0})
