"""What root opens for the web admin, and what it says where that is not possible."""

import socket

import pytest

from rawspoof.config.model import Admin, Config, Sensor
from rawspoof.edges.sinks.base import SinkError
from rawspoof.edges.web.door import open_door, secured


def config(tmp_path, **admin):
    (tmp_path / "admin.passwd").write_text("admin:secret word")
    (tmp_path / "admin.passwd").chmod(0o600)
    return Config(sensor=Sensor(state_dir=str(tmp_path)), admin=Admin(**admin))


@pytest.mark.parametrize(
    ("admin", "tls"),
    [
        ({}, False),
        ({"host": "::1"}, False),
        ({"host": "127.9.9.9"}, False),
        ({"tls": "on"}, True),
        ({"host": "0.0.0.0"}, True),
        ({"host": "192.0.2.1", "tls": "off"}, False),
        ({"host": "::"}, True),
    ],
)
def test_where_tls_is_spoken(admin, tls):
    assert secured(Admin(**admin)) is tls


def test_a_door_is_opened_with_its_certificate_and_closed(tmp_path, caplog):
    caplog.set_level("INFO")
    door = open_door(config(tmp_path, tls="on"))
    assert door.context is not None
    assert (tmp_path / "admin.key").exists()
    assert door.known.user == "admin"
    assert "SHA-256" in caplog.text
    door.close()


def test_a_taken_port_is_named(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SinkError, match=f"admin.port: 127.0.0.1 port {port}: Address already in use"):
            open_door(config(tmp_path, port=port))
