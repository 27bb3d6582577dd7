"""A configuration is drawn whole before anything starts; of the one before, all is kept that is the same."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from rawspoof.config.error import ConfigError
from rawspoof.config.model import Config, Mail, Sensor, World
from rawspoof.daemon.blueprint import Blueprint, draw
from rawspoof.daemon.refusal import CannotStart


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Blueprint:
    state = tmp_path_factory.mktemp("state")
    return draw(Config(sensor=Sensor(state_dir=str(state), personality="linux"), world=World(delivery="prompt")))


def changed(first: Blueprint, **changes: object) -> Config:
    return replace(first.config, **changes)


def test_the_same_configuration_is_the_same_things(first: Blueprint) -> None:
    again = draw(first.config, first)
    assert again.made.world is first.made.world
    assert again.made.rules is first.made.rules
    assert (again.papers, again.plan, again.templates) == (first.papers, first.plan, first.templates)


def test_another_world_is_dealt_and_further_systems_are_forged_beside_the_first(first: Blueprint) -> None:
    drawn = draw(changed(first, world=World(kind="plausible")), first)
    assert drawn.made.world is not first.made.world
    assert next(iter(drawn.made.faces)) == "linux"
    assert set(drawn.templates) == {"linux", "windows", "freebsd"}
    assert drawn.templates["linux"] is first.templates["linux"]
    back = draw(first.config, drawn)
    assert set(back.made.faces) == set(drawn.made.faces)


def test_a_secret_that_changes_under_the_same_name_is_noticed(first: Blueprint, tmp_path: Path) -> None:
    paper = tmp_path / "password"
    config = changed(first, mail=Mail(smtp_password_file=str(paper)))
    papers = []
    for text in ("one", "two"):
        paper.write_text(text)
        papers.append(draw(config, first).papers)
    assert papers[0] != papers[1]


def test_what_is_wrong_is_one_line(first: Blueprint) -> None:
    with pytest.raises(CannotStart, match="there is no interface 'eth77'"):
        draw(changed(first, sensor=replace(first.config.sensor, interfaces=("eth77",))), first)
    with pytest.raises(CannotStart, match="'beos' is none of: host"):
        draw(changed(first, sensor=replace(first.config.sensor, personality="beos")))
    with pytest.raises(ConfigError, match="no service `none-such`"):
        draw(changed(first, world=World(only="none-such")), first)
