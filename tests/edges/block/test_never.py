"""Who is never blocked, by configuration and by what the machine says."""

from ipaddress import ip_address

import pytest

from rawspoof.config.model import Block, Config, Fleet, Sensor
from rawspoof.edges.block.never import SURVEY_S, Never, packed

CONFIG = Config(
    sensor=Sensor(allow=("198.51.100.0/25", "2001:db8:a::/48"), networks=("203.0.113.0/24",), addresses=("192.0.2.9",)),
    block=Block(never=("198.51.100.200/32",)),
)
PEER = "198.51.100.222"


class Machine:
    """Counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.peers = {packed(PEER)}

    def __call__(self) -> set[bytes]:
        self.asked += 1
        return self.peers


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("127.9.9.9", "loopback"),
        ("::1", "loopback"),
        ("224.0.0.1", "multicast"),
        ("ff02::1", "multicast"),
        ("0.0.0.0", "no host's address"),
        ("::", "no host's address"),
        ("255.255.255.255", "no host's address"),
        ("198.51.100.7", "allow-listed (sensor.allow)"),
        ("2001:db8:a::7", "allow-listed (sensor.allow)"),
        ("198.51.100.200", "listed in block.never"),
        ("203.0.113.5", "a decoy (sensor.networks)"),
        ("192.0.2.9", "an address of this machine"),
        (PEER, "a peer"),
        ("198.51.100.223", ""),
        ("2001:db8:b::7", ""),
    ],
)
def test_why_an_address_is_not_blocked(address, why):
    assert Never(CONFIG, {"a peer": Machine()}).why(ip_address(address).packed, 0.0) == why


def test_the_machine_is_not_asked_all_the_time_but_again():
    machine = Machine()
    never = Never(CONFIG, {"a peer": machine})
    assert never.why(packed(PEER), 5.0)
    machine.peers = set()
    assert never.why(packed(PEER), 5.0 + SURVEY_S / 2)
    assert machine.asked == 1
    assert not never.why(packed(PEER), 5.0 + SURVEY_S)
    assert machine.asked == 2


def test_ipv4_in_the_form_of_ipv6_is_ipv4_for_people_and_nothing_in_a_packet():
    assert packed("::ffff:192.0.2.1") == packed("192.0.2.1")
    mapped = ip_address("::ffff:192.0.2.1").packed
    assert Never(CONFIG, {}).why(mapped, 0.0) == "no host's address"
    with pytest.raises(ValueError, match="nonsense"):
        packed("nonsense")


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("tls://192.0.2.4:4222", "192.0.2.4"),
        ("nats://[2001:db8::4]", "2001:db8::4"),
        ("nats://[fe80::4%eth0]", "fe80::4"),
    ],
)
def test_the_fleets_broker_where_its_address_is_known(url, address):
    never = Never(Config(fleet=Fleet(url=url)), machine={})
    assert never.why(packed(address), 0.0) == "the fleet's broker (fleet.url)"
    assert never.why(packed("198.51.100.42"), 0.0) == ""
    assert Never(Config(fleet=Fleet(url="tls://hub.example")), machine={}).why(packed(address), 0.0) == ""
