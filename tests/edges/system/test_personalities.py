"""Personalities from their files, and their templates."""

from pathlib import Path

import pytest

from rawspoof.config.model import Config, Sensor, World
from rawspoof.core.wire.segment import ACK, SYN, parse
from rawspoof.edges.system import personalities
from rawspoof.edges.system.personalities import UnknownPersonality
from rawspoof.edges.system.signatures import VARIABLE, folder
from tests.peers import PERSONALITIES, templates


@pytest.mark.parametrize("name", PERSONALITIES)
def test_each_that_comes_along_is_of_the_family_it_is_named_for(name: str) -> None:
    assert personalities.load(name).family == name


def test_host_is_this_machines_own_family() -> None:
    assert personalities.load("host") == personalities.load("linux")


@pytest.mark.parametrize("name", ["nonesuch", "../services/ssh", ""])
def test_an_unknown_one_is_told_with_those_there_are(name: str) -> None:
    with pytest.raises(UnknownPersonality):
        personalities.load(name)


def test_the_choice_is_told() -> None:
    with pytest.raises(UnknownPersonality, match="'beos' is none of: host, freebsd, linux, windows"):
        personalities.load("beos")


def test_a_broken_file_is_told_by_name_and_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "personalities").mkdir()
    text = (folder() / "personalities" / "linux.toml").read_text()
    (tmp_path / "personalities" / "mine.toml").write_text(text.replace("ttl = 64", "ttl = 640", 1))
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    with pytest.raises(UnknownPersonality, match=r"mine\.toml: .*ttl"):
        personalities.load("mine")


def test_a_host_has_one_face_and_a_town_has_all_with_the_configured_first() -> None:
    sensor = Sensor(personality="windows")
    assert list(personalities.faces(Config(sensor=sensor), look=False)) == ["windows"]
    town = personalities.faces(Config(sensor=sensor, world=World(kind="plausible")), look=False)
    assert next(iter(town)) == "windows"
    assert set(town) == set(PERSONALITIES)


def test_there_is_a_template_for_every_offer() -> None:
    for name in PERSONALITIES:
        assert {offer[0] for offer in templates(name)} == {4, 6}
        assert [parse(raw).flags for raw in templates(name).values()] == [SYN | ACK] * 16
