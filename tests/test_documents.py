"""What the documents name exists: tests, settings, events, commands. Whether it is told well, people see."""

import re
from pathlib import Path
from typing import get_args

import pytest

from rawspoof.cli.main import COMMANDS
from rawspoof.config.load import KNOWN
from rawspoof.core.event import AnyEvent

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted(path.name for path in ROOT.glob("*.md"))
SECTIONS = {key.partition(".")[0] for key in KNOWN if "." in key}
KINDS = {str(kind.__struct_config__.tag) for kind in get_args(AnyEvent)}


def quoted(name: str) -> set[str]:
    """What stands between backticks there."""
    return set(re.findall(r"`([^`\n]+)`", (ROOT / name).read_text()))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_what_is_named_exists(name):
    said = quoted(name)
    paths = {text for text in said if re.fullmatch(r"(tests|scripts|signatures)/[\w./-]+", text)}
    assert {text for text in paths if not (ROOT / text).exists()} == set()
    keys = {key[0] for text in said if (key := re.match(r"[a-z]+\.[a-z_]+(?=$| )", text))}
    # The map of the code names rooms as settings are named elsewhere.
    keys = set() if name == "ARCHITECTURE.md" else keys
    ours = {key for key in keys if key.partition(".")[0] in SECTIONS and not key.endswith((".toml", ".md", ".py"))}
    assert ours - set(KNOWN) - KINDS == set()
    commands = {match[1] for text in said if (match := re.match(r"(?:sudo )?rawspoof ([a-z]+)\b", text))}
    assert commands - set(COMMANDS) == set()


def test_the_documents_are_there():
    assert {"README.md", "COMPLIANCE.md", "ARCHITECTURE.md"} <= set(DOCUMENTS)
