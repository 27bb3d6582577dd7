"""Whoever said something is named with it, and where."""

from rawspoof.config.given import hear


def test_origins_and_faults_are_told_by_who_said_it(tmp_path):
    path = tmp_path / "r.toml"
    path.write_text("[sensor]\nallow = [\n'a',\n'b']\n")
    given = hear(str(path), {"sensor.queue": 1}, {"RAWSPOOF_SENSOR_WORKERS": "2"})
    keys = ("sensor.queue", "sensor.workers", "sensor.allow", "sensor.user")
    assert [given.origin(key) for key in keys] == [
        "flag",
        "environment, RAWSPOOF_SENSOR_WORKERS",
        "file, line 2",
        "default",
    ]
    assert [given.told((key, "x")) for key in (*keys, "sensor.allow[1]")] == [
        "command line: sensor.queue: x",
        "environment: RAWSPOOF_SENSOR_WORKERS: x",
        f"{path}:2: sensor.allow: x",
        # Nobody said it; the table that it would be in is there.
        f"{path}:1: sensor.user: x",
        f"{path}:4: sensor.allow[1]: x",
    ]


def test_without_a_file_the_others_are_meant():
    assert hear(None, {}, {}).told(("world.kind", "x")) == "command line: world.kind: x"
    environ = {"RAWSPOOF_SENSOR_WORKERS": "2"}
    assert hear(None, {}, environ).told(("world.kind", "x")) == "environment: world.kind: x"


def test_a_portspoof_conf_says_that_it_is_one(tmp_path):
    path = tmp_path / "p.conf"
    path.write_text('22 "x"\n')
    given = hear(str(path), {}, {})
    assert list(given.each()) == [("portspoof_conf", str(path), False)]
    assert given.origin("portspoof_conf") == "file"
