"""The first address that is covered, or one that this machine has."""

from ipaddress import ip_address

from rawspoof.config.model import Config, Sensor
from rawspoof.edges.system.own_address import own_address


def test_the_address():
    assert own_address(Config(sensor=Sensor(addresses=("192.0.2.7", "192.0.2.8")))) == ip_address("192.0.2.7")
    assert own_address(Config()).version == 4
