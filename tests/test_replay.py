"""A capture through the sensor: the same answers and events on every run, and one clear line where it breaks."""

import json
import logging
from pathlib import Path

import pytest

from rawspoof import replay
from rawspoof.cli.main import main
from rawspoof.config.model import Config, Sensor, Tcp, World
from rawspoof.core.wire.segment import ACK, SYN, parse
from rawspoof.edges.link.capture import frames
from tests.edges.link.captures import pcap
from tests.peers import SECRET, T0, packet

SYN_AND_ACK = [(T0, packet(SYN, 100)), (T0 + 1, packet(ACK, 101, 7))]


@pytest.fixture
def secret(tmp_path: Path) -> str:
    (tmp_path / "secret").write_bytes(SECRET)
    return str(tmp_path / "secret")


def config(secret: str) -> Config:
    return Config(sensor=Sensor(secret_file=secret, personality="linux"), world=World(delivery="prompt"))


def flags(path: Path) -> list[int]:
    with path.open("rb") as file:
        return [parse(frame.data).flags for frame in frames(file)]


def test_what_came_in_and_what_went_out_are_written(tmp_path: Path, secret: str) -> None:
    (tmp_path / "in").write_bytes(pcap(*SYN_AND_ACK))
    assert replay.run(config(secret), str(tmp_path / "in"), str(tmp_path / "out"), None) == 0
    found = flags(tmp_path / "out")
    assert found[:2] == [SYN, SYN | ACK]
    assert ACK in found


def test_twice_the_same(tmp_path: Path, secret: str) -> None:
    (tmp_path / "in").write_bytes(pcap(*((T0 + i / 100, packet(SYN, i, data=b"x", sport=i)) for i in range(1, 200))))
    runs = []
    for name in ("one", "two"):
        out, events = tmp_path / f"{name}.pcap", tmp_path / f"{name}.jsonl"
        assert replay.run(config(secret), str(tmp_path / "in"), str(out), str(events)) == 0
        runs.append((out.read_bytes(), events.read_bytes()))
    assert runs[0] == runs[1]
    assert len(runs[0][0]) > 100 * 199


def test_more_events_than_wait_at_once_are_all_written(tmp_path: Path, secret: str) -> None:
    (tmp_path / "in").write_bytes(pcap(*((T0, packet(SYN, i, data=b"x", sport=i)) for i in range(1, 5001))))
    events = tmp_path / "events.jsonl"
    assert replay.run(config(secret), str(tmp_path / "in"), None, str(events)) == 0
    lines = [line for line in events.read_text().splitlines() if '"syn.data"' in line]
    assert len(lines) == 5000
    assert {json.loads(line)["observer"]["name"] for line in lines[:9]} == {replay.OBSERVER}


def test_a_broken_capture_is_played_as_far_as_it_goes(
    tmp_path: Path, secret: str, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "in.pcap"
    path.write_bytes(pcap(*SYN_AND_ACK)[:-3])
    with caplog.at_level(logging.ERROR):
        assert replay.run(config(secret), str(path), str(tmp_path / "out"), None) == 1
    assert caplog.messages == [f"{path}: ends in the middle (packets read: 1)"]
    assert flags(tmp_path / "out")[:2] == [SYN, SYN | ACK]


def test_so_it_is_from_the_command_line(tmp_path: Path, secret: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "in.pcap"
    path.write_bytes(pcap(*SYN_AND_ACK))
    out = str(tmp_path / "out")
    assert main(["replay", str(path), "-w", out, "--secret-file", secret]) == 0
    assert main(["replay", str(tmp_path / "none"), "-w", out, "--secret-file", secret]) == 1
    assert capsys.readouterr().out == ""


def test_a_mistake_of_ours_is_shown_with_its_packet(
    tmp_path: Path, secret: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "in").write_bytes(pcap(*SYN_AND_ACK))
    monkeypatch.setattr("rawspoof.core.sensor.Sensor.on_packet", lambda *_: 1 / 0)
    assert replay.run(config(secret), str(tmp_path / "in"), None, None) == 0
    assert [SYN_AND_ACK[0][1].hex() in caplog.messages[0], len(caplog.messages)] == [True, 2]


def test_limits_of_the_configuration_hold(tmp_path: Path, secret: str) -> None:
    (tmp_path / "in").write_bytes(pcap(*((T0, packet(SYN, i, sport=i)) for i in range(1, 100))))
    small = Config(sensor=Sensor(secret_file=secret, personality="linux"), tcp=Tcp(half_open_max=3))
    assert replay.run(small, str(tmp_path / "in"), str(tmp_path / "out"), None) == 0
    assert flags(tmp_path / "out").count(SYN | ACK) == 99 + 3
