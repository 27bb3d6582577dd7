"""What types cannot say about a configuration."""

import pytest
from msgspec.structs import replace

from rawspoof.config.check import problems
from rawspoof.config.model import Block, Config, Events, Evidence, Sensor, World


def wrong_keys(config: Config) -> list[str]:
    return [key for key, _ in problems(config)]


def test_the_defaults_are_right():
    assert wrong_keys(Config()) == []


@pytest.mark.parametrize("text", ["", "a" * 16, "../eth0", "eth 0", "eth\t0", 'eth"0', "eth*", "eth0:1", "lo"])
def test_what_is_no_interface_to_cover(text):
    assert wrong_keys(Config(sensor=Sensor(interfaces=("eth0", text)))) == ["sensor.interfaces[1]"]


@pytest.mark.parametrize("text", ["", "192.0.2", "192.0.2.256", "host", "127.0.0.1", "::1", "0.0.0.0", "::"])
def test_what_is_no_address_to_cover(text):
    assert wrong_keys(Config(sensor=Sensor(addresses=("192.0.2.1", "2001:db8::1", text)))) == ["sensor.addresses[2]"]


@pytest.mark.parametrize("text", ["", "192.0.2.0/33", "192.0.2.1/24", "2001:db8::1/32", "net"])
@pytest.mark.parametrize("key", ["networks", "allow"])
def test_what_is_no_network(text, key):
    right = ("192.0.2.0/24", "192.0.2.9", "2001:db8::/32", "10.0.0.0/255.0.0.0")
    assert wrong_keys(Config(sensor=replace(Sensor(), **{key: right}))) == []
    assert wrong_keys(Config(sensor=replace(Sensor(), **{key: (*right, text)}))) == [f"sensor.{key}[4]"]


@pytest.mark.parametrize(("shortest", "longest", "wrong"), [(5, 4, True), (4, 4, False), (5, 0, False), (0, 1, False)])
def test_the_shortest_hold_is_not_longer_than_the_longest(shortest, longest, wrong):
    config = Config(world=World(hold_min_s=shortest, hold_max_s=longest))
    assert wrong_keys(config) == ["world.hold_max_s"] * wrong


@pytest.mark.parametrize(
    ("block", "wrong"),
    [
        (Block(never=("192.0.2.0/24", "192.0.2.9", "2001:db8::/32")), []),
        (Block(never=("192.0.2.0/24", "192.0.2.1/24")), ["block.never[1]"]),
        (Block(seconds=60.0, seconds_max=60.0), []),
        (Block(seconds=60.0, seconds_max=59.0), ["block.seconds_max"]),
    ],
)
def test_who_is_never_blocked_and_for_how_long_others_are(block, wrong):
    assert wrong_keys(Config(block=block)) == wrong


@pytest.mark.parametrize(("rotate_s", "wrong"), [(0, False), (0.5, True), (599, True), (600, False), (1e9, False)])
def test_ports_are_not_dealt_anew_under_a_scanners_hands(rotate_s, wrong):
    assert wrong_keys(Config(world=World(rotate_s=rotate_s))) == ["world.rotate_s"] * wrong


def test_portspoof_pys_log_has_a_file_of_its_own():
    assert wrong_keys(Config(events=Events(file="/a", log_file="/a"))) == ["events.log_file"]
    assert wrong_keys(Config(events=Events(file="/a", log_file="/b"))) == []


@pytest.mark.parametrize(
    ("events", "wrong"),
    [
        (Events(rotate_mb=1), ["events.rotate_mb"]),
        (Events(rotate_mb=1, file="-", verbose=True), ["events.rotate_mb"]),
        (Events(rotate_mb=1, file="-", log_file="/l"), []),
        (Events(rotate_mb=1, file="/e"), []),
    ],
)
def test_only_files_can_be_rotated(events, wrong):
    assert wrong_keys(Config(events=events)) == wrong


@pytest.mark.parametrize(
    ("only", "exempt", "wrong"), [((22,), (22, 23), True), ((22, 80), (22,), False), ((), (1,), False)]
)
def test_some_port_is_covered(only, exempt, wrong):
    assert wrong_keys(Config(sensor=Sensor(only_ports=only, exempt_ports=exempt))) == ["sensor.only_ports"] * wrong


@pytest.mark.parametrize(("one", "all_", "wrong"), [(5, 4, True), (4, 4, False)])
def test_no_source_has_more_evidence_than_there_is(one, all_, wrong):
    assert wrong_keys(Config(evidence=Evidence(mb_max=one, total_mb_max=all_))) == ["evidence.mb_max"] * wrong
