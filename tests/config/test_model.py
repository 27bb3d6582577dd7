"""Ports left to the kernel are those that were named, and the web admin's own."""

from rawspoof.config.model import Admin, Config, Sensor


def test_the_web_admin_keeps_its_port():
    named = Sensor(exempt_ports=(25, 26))
    assert Config(sensor=named).exempt_ports == (25, 26)
    assert Config(sensor=named, admin=Admin(port=8080)).exempt_ports == (25, 26, 8080)
