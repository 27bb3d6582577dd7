"""`rawspoof replay` hands its files to the replay."""

from types import SimpleNamespace

import pytest

from rawspoof.cli.main import main
from rawspoof.config.model import Config, Sensor


@pytest.fixture
def replayed(monkeypatch) -> list[tuple[object, ...]]:
    """What a replay that does nothing was asked for."""
    asked: list[tuple[object, ...]] = []

    def run(*wanted: object) -> int:
        asked.append(wanted)
        return 0

    monkeypatch.setattr("rawspoof.replay", SimpleNamespace(run=run), raising=False)
    return asked


@pytest.mark.parametrize(
    ("argv", "output", "events"),
    [
        ((), None, "-"),
        (("-w", "out.pcap"), "out.pcap", None),
        (("--events", "e"), None, "e"),
        (("-w", "out.pcap", "--events", "-"), "out.pcap", "-"),
    ],
)
def test_what_is_asked_for_goes_on(argv, output, events, replayed):
    assert main(["replay", "in.pcap", *argv]) == 0
    assert replayed == [(Config(), "in.pcap", output, events)]


def test_the_secret_is_part_of_the_configuration(replayed):
    assert main(["replay", "in.pcap", "--secret-file", "s"]) == 0
    assert replayed[0][0] == Config(sensor=Sensor(secret_file="s"))


def test_a_wrong_configuration_is_told(tmp_path, replayed, capsys):
    assert main(["replay", "in.pcap", "-c", str(tmp_path / "none")]) == 2
    assert "cannot be read" in capsys.readouterr().err
    assert replayed == []
