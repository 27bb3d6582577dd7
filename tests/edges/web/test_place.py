"""The web admin's folder is the collector's own; its mail settings begin empty and are not overwritten."""

import os

from rawspoof.config.model import Admin, Config, Mail, Sensor
from rawspoof.edges.web.place import folder, make, prepared


def test_the_folder_and_its_file(tmp_path):
    config = prepared(Config(sensor=Sensor(state_dir=str(tmp_path)), admin=Admin(port=8080)))
    for _ in range(2):
        make(config, (os.getuid(), os.getgid()))
    path = folder(config) / "email.json"
    assert config.mail.json_file == str(path)
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("{}\n", 0o600)
    assert folder(config).stat().st_mode & 0o777 == 0o700


def test_a_file_that_is_named_and_a_sensor_without_web_admin_stay_as_they_are():
    for config in (Config(), Config(admin=Admin(port=80), mail=Mail(json_file="/etc/portspoof/email.json"))):
        assert prepared(config) is config


def test_the_port_is_exempt():
    config = Config(sensor=Sensor(exempt_ports=(22,)), admin=Admin(port=8080))
    assert config.exempt_ports == (22, 8080)
    assert Config().exempt_ports == ()
