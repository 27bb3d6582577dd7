"""Each key's own rules; what they come to in a whole configuration is in test_load.py."""

import msgspec
import pytest

from rawspoof.config.keys import GONE, KNOWN, accept, unknown, value
from rawspoof.config.model import Config


def test_every_field_of_the_model_is_known_by_its_dotted_key():
    config = Config()
    assert all(value(config, key) == field.default for key, field in KNOWN.items())
    assert len(KNOWN) > 30


def test_keys_that_are_gone_are_gone_and_what_stands_in_for_them_is_there():
    assert not GONE.keys() & KNOWN.keys()
    assert set(GONE.values()) <= KNOWN.keys()
    assert unknown("events.batch_max") == "is gone; events.queue_max stands in for it"


@pytest.mark.parametrize("key", KNOWN)
def test_every_default_is_accepted_as_toml_gives_it(key):
    assert accept(key, msgspec.to_builtins(KNOWN[key].default), "/c") == (KNOWN[key].default, [])


def test_numbers_and_truths_come_as_text_where_that_is_said():
    assert accept("sensor.workers", "3", "/c", text=True) == (3, [])
    assert accept("sensor.firewall", "false", "/c", text=True) == (False, [])
    assert accept("sensor.exempt_ports", ["22", "80"], "/c", text=True) == ((22, 80), [])
    assert accept("sensor.workers", "3", "/c") == (None, [("sensor.workers", "expected `int`, got '3'")])


def test_a_range_in_a_list_of_ports_is_each_of_them():
    assert accept("sensor.exempt_ports", [22, "8000-8002"], "/c") == ((22, 8000, 8001, 8002), [])
    for odd in ("80-", "9-8", "0-5", "1-65536", "1-2-3"):
        assert accept("block.tripwire_ports", [odd], "/c")[1][0][0] == "block.tripwire_ports[0]"
    assert accept("events.file", "8000-8002", "/c") == ("8000-8002", [])


@pytest.mark.parametrize("key", ["sensor.queue", "tcp.idle_s", "events.file"])
def test_a_number_without_end_is_told_and_not_shown(key):
    assert accept(key, 16**6000, "") == (None, [(key, "expected a number of at most 64 bits")])


def test_text_with_a_nul_is_no_path_and_no_name():
    assert accept("events.file", "/tmp/a\0b", "")[1] == [("events.file", "expected text without NUL characters")]
    assert accept("signatures", ["fine", "a\0"], "")[1] == [("signatures[1]", "expected text without NUL characters")]
    assert accept("events.file", "/tmp/a\\x00b", "") == ("/tmp/a\\x00b", [])
