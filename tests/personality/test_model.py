"""Personality files: what they may say."""

import pytest

from rawspoof.core.personality import model
from rawspoof.edges.system.signatures import folder
from tests.peers import PERSONALITIES

LINUX = (folder() / "personalities" / "linux.toml").read_text()


def test_every_shipped_personality_is_known_to_the_tests() -> None:
    assert {path.stem for path in (folder() / "personalities").glob("*.toml")} == set(PERSONALITIES)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("ttl = 64", "ttl = 0", "ttl"),
        ("hz = 1000", "hz = -1", "timestamps.hz"),
        ('"pair"', '"often"', "timestamps.offset"),
        ('STW = "MSTNW"', 'STW = "MSXNW"', "synack.options.STW"),
        ("wscale = 7", "wscale = 15", "synack.wscale"),
        ("window4 = 64240", "window4 = 70000", "synack.window4"),
        ('ack = "rst"', 'ack = "maybe"', "open_port.ack"),
        ("df = true", "df = true\nevil = true", "evil"),
        ("df = true", "", "df"),
        ("df = true", "df = maybe", "line"),
    ],
)
def test_a_wrong_value_is_told_by_its_name(old: str, new: str, told: str) -> None:
    assert old in LINUX
    with pytest.raises(ValueError, match=told):
        model.parse(LINUX.replace(old, new, 1))


@pytest.mark.parametrize(
    ("sack", "timestamps", "wscale", "layout"),
    [
        (True, True, True, "MSTNW"),
        (False, True, True, "MNNTNW"),
        (True, False, False, "MNNS"),
        (False, False, False, "M"),
    ],
)
def test_the_layout_for_an_offer(sack: bool, timestamps: bool, wscale: bool, layout: str) -> None:
    assert model.parse(LINUX).synack.options.offered(sack, timestamps, wscale) == layout
