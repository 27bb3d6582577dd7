"""Writes man pages and completions, or with --check says whether those that are committed are up to date.

The same tree gives the same bytes: no date of today, no width of a terminal.
"""

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import rawspoof
from rawspoof.cli import main
from scripts.pages import commands, settings, shells

ROOT: Final = Path(__file__).parents[2]
WORDS: Final = Path(__file__).parent
"""Where the pages' own words are; what is generated goes to where they name it."""


def made() -> dict[str, str]:
    """The text of each file, by its path in the tree."""
    parts = {"@VERSION@": rawspoof.__version__, "@COMMANDS@": commands.text(main.parser()), "@KEYS@": settings.text()}
    return {
        "man/rawspoof.1": _filled("rawspoof.1.in", parts),
        "man/rawspoof.toml.5": _filled("rawspoof.toml.5.in", parts),
        "completions/rawspoof.bash": shells.completions("bash"),
        "completions/_rawspoof": shells.completions("zsh"),
        "completions/rawspoof.fish": shells.completions("fish"),
    }


def outdated(files: Mapping[str, str], root: Path = ROOT) -> list[str]:
    """The paths at which something else stands, or nothing."""
    return [name for name, text in files.items() if not (path := root / name).exists() or path.read_text() != text]


def _filled(name: str, parts: Mapping[str, str]) -> str:
    text = (WORDS / name).read_text()
    for mark, part in parts.items():
        text = text.replace(mark, part)
    return text


def _run() -> int:
    parser = argparse.ArgumentParser(prog="scripts/manual", description="Write man pages and completions.")
    parser.add_argument("--check", action="store_true", help="only say whether those that are there are up to date")
    check = parser.parse_args().check
    files = made()
    old = outdated(files)
    for name in old:
        if check:
            print(f"{name} is out of date: run scripts/manual and commit what it writes", file=sys.stderr)
        else:
            (ROOT / name).parent.mkdir(exist_ok=True)
            (ROOT / name).write_text(files[name])
            print(name)
    return int(check and bool(old))


if __name__ == "__main__":
    sys.exit(_run())
