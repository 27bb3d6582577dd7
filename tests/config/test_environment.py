"""Variables are keys, lists may be written in two ways, and what is somebody else's is left alone."""

import pytest

from rawspoof.config.environment import ELSEWHERE, VARIABLES, said, unknown, value
from rawspoof.config.keys import KNOWN


def test_every_key_has_a_variable_of_its_own_but_two_whose_names_mean_something_else():
    assert set(KNOWN) - set(VARIABLES.values()) == {"signatures", "version"}
    assert len(VARIABLES) == len(KNOWN) - 2
    assert VARIABLES["RAWSPOOF_WORLD_KIND"] == "world.kind"
    assert VARIABLES["RAWSPOOF_COMPAT_EXPANDER"] == "compat_expander"


@pytest.mark.parametrize(
    ("key", "text", "expected"),
    [
        ("sensor.allow", "192.0.2.0/24", ["192.0.2.0/24"]),
        ("sensor.allow", " 192.0.2.0/24 ,, 10.0.0.0/8,", ["192.0.2.0/24", "10.0.0.0/8"]),
        ("sensor.allow", ' ["192.0.2.0/24", "10.0.0.0/8"]', ["192.0.2.0/24", "10.0.0.0/8"]),
        ("sensor.allow", "[]", []),
        ("sensor.exempt_ports", "22,80", ["22", "80"]),
        ("sink", '[{kind = "syslog", url = "udp://h"}]', [{"kind": "syslog", "url": "udp://h"}]),
        ("mail.smtp_password", "a,b\n", "a,b"),
        ("sensor.workers", "3", "3"),
    ],
)
def test_what_a_variable_says(key, text, expected):
    assert value(key, text) == expected


def test_a_list_that_is_begun_as_toml_has_to_be_it():
    with pytest.raises(ValueError, match="expected a list in TOML, or values with commas"):
        value("sensor.allow", "[192.0.2.0/24]")


def test_what_is_not_meant_for_us_is_not_heard():
    kubernetes = {
        "RAWSPOOF_SERVICE_HOST": "10.0.0.1",
        "RAWSPOOF_SERVICE_PORT_HTTP": "80",
        "RAWSPOOF_PORT": "tcp://10.0.0.1:80",
        "RAWSPOOF_PORT_80_TCP_ADDR": "10.0.0.1",
        "RAWSPOOF_ADMIN_PORT": "tcp://10.0.0.1:80",
        "RAWSPOOF_ADMIN_SERVICE_HOST": "10.0.0.1",
    }
    others = {"PATH": "/bin", "RAWSPOOFER": "x", "RAWSPOOF_WORLD_KIND": "", **dict.fromkeys(ELSEWHERE, "x")}
    ours = {"RAWSPOOF_ADMIN_PORT": "8080"}
    assert list(said(kubernetes | others)) == []
    assert list(said(kubernetes | others | ours)) == [("RAWSPOOF_ADMIN_PORT", "8080")]


def test_a_variable_that_there_is_not_names_the_nearest():
    assert unknown("RAWSPOOF_SENSOR_WORKER").endswith("the nearest is RAWSPOOF_SENSOR_WORKERS")
