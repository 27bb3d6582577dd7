"""From a configuration to a sensor that obeys it."""

from pathlib import Path

import pytest

from rawspoof import assembly
from rawspoof.config.load import ConfigError
from rawspoof.config.model import Config, Sensor, Tcp, World
from rawspoof.core import sensor
from rawspoof.core.outcome import Verdict
from rawspoof.core.wire.segment import ACK, RST, SYN
from rawspoof.edges.system import personalities
from tests.peers import SECRET, T0, packet, said, templates


def made(config: Config) -> sensor.Sensor:
    faces = personalities.faces(config, look=False)
    return assembly.sensor(assembly.parts(config, SECRET, faces), {family: templates(family) for family in faces})


@pytest.mark.parametrize(
    ("settings", "fields", "verdict"),
    [
        (Sensor(), {}, Verdict.DROP),
        (Sensor(addresses=("198.51.100.1",)), {}, Verdict.DROP),
        (Sensor(addresses=("198.51.100.9",)), {}, Verdict.ACCEPT),
        (Sensor(addresses=("198.51.100.9",), networks=("198.51.100.0/30",)), {}, Verdict.DROP),
        (Sensor(addresses=("2001:db8::1",)), {"ip6": True}, Verdict.DROP),
        (Sensor(networks=("203.0.113.0/24",)), {}, Verdict.DROP),
        (Sensor(exempt_ports=(22,)), {}, Verdict.ACCEPT),
        (Sensor(only_ports=(23,)), {}, Verdict.ACCEPT),
        (Sensor(only_ports=(22,)), {}, Verdict.DROP),
        (Sensor(allow=("198.51.100.0/24",)), {}, Verdict.ACCEPT),
    ],
)
def test_the_gate_is_as_configured(settings: Sensor, fields: dict[str, bool], verdict: Verdict) -> None:
    assert made(Config(sensor=settings)).on_packet(T0, packet(SYN, **fields)).verdict is verdict


def test_closed_ports_and_limits_are_as_configured() -> None:
    mind = made(Config(sensor=Sensor(closed_ports=(22,)), tcp=Tcp(half_open_max=2)))
    assert [seg.flags for seg in said(mind.on_packet(T0, packet(SYN)))] == [RST | ACK]
    for port in range(1, 9):
        mind.on_packet(T0, packet(SYN, dport=23, sport=port))
    assert len(mind._half_open) == 2


@pytest.mark.parametrize(("name", "ttl"), [("linux", 64), ("windows", 128), ("host", 64)])
def test_the_personality_is_as_configured(name: str, ttl: int) -> None:
    answer = said(made(Config(sensor=Sensor(personality=name))).on_packet(T0, packet(SYN)))[0]
    assert (answer.flags, answer.ttl) == (SYN | ACK, ttl)


def test_hosts_of_their_own_have_tcp_of_their_own() -> None:
    mind = made(Config(world=World(kind="plausible")))
    ttls = set()
    for host in range(60):
        for port in (22, 80, 443, 445, 3389):
            raw = packet(SYN, dport=port, dst=bytes([10, 0, 0, host]))
            ttls |= {seg.ttl for seg in said(mind.on_packet(T0, raw))}
    assert {64, 128} <= ttls


def test_a_world_that_cannot_be_dealt_is_told_by_its_key() -> None:
    with pytest.raises(ConfigError, match=r"world\.only"):
        made(Config(world=World(only="nonesuch")))


def test_a_folder_of_broken_signatures_is_told_and_the_rest_loads(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "x.toml").write_text("[[service]]\nid = 7\n")
    mind = made(Config(signatures=(str(tmp_path),)))
    assert [str(tmp_path / "x.toml") in message for message in caplog.messages] == [True]
    assert [seg.flags for seg in said(mind.on_packet(T0, packet(SYN)))] == [SYN | ACK]
