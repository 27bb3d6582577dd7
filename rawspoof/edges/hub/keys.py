"""Who may talk to the broker: a public key for each sensor in a folder, its seed in the sensor's hands alone.

Makes and reads keys; knows no connection.
"""

import os
import re
import secrets
from pathlib import Path
from typing import Final

from rawspoof.config.fleet import HUB
from rawspoof.edges.sinks.base import SinkError
from rawspoof.edges.sinks.nkey import NKey, is_public, seed

NAME: Final = r"[A-Za-z0-9_-]{1,64}"
_ENDING: Final = ".pub"


def check(name: str) -> None:
    """Nothing, if a sensor can have this name. Raises SinkError."""
    if not re.fullmatch(NAME, name):
        raise SinkError(f"{name[:80]!r}: expected 1 to 64 letters, digits, `_` and `-` for a sensor's name")
    if name == HUB:
        raise SinkError(f"{HUB!r} is the hub's own name (its key: `rawspoof hub keys` without one)")


def add(folder: Path, name: str) -> str:
    """A new pair for a sensor: its public half is kept, its seed returned. Raises SinkError, OSError."""
    check(name)
    folder.mkdir(parents=True, exist_ok=True, mode=0o755)
    made = seed(secrets.token_bytes(32))
    try:
        with (folder / f"{name}{_ENDING}").open("x", encoding="ascii") as file:
            file.write(f"{NKey(made).public}\n")
    except FileExistsError:
        raise SinkError(f"{name!r} has a key already: `rawspoof hub keys --remove {name}` first") from None
    return made


def add_hub(folder: Path, seed_file: Path) -> NKey:
    """The hub's own, its seed in a file. The same where there is one already. Raises SinkError, OSError."""
    if not seed_file.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o755)
        write(seed_file, seed(secrets.token_bytes(32)))
    return NKey(seed_file.read_text(encoding="ascii").strip())


def remove(folder: Path, name: str) -> None:
    """It is no sensor any more, once the broker has new settings. Raises SinkError where it was none; OSError."""
    check(name)
    try:
        (folder / f"{name}{_ENDING}").unlink()
    except FileNotFoundError:
        raise SinkError(f"there is no sensor {name!r}; there are {', '.join(listed(folder)) or 'none'}") from None


def listed(folder: Path) -> dict[str, str]:
    """The public keys by sensor. Raises SinkError, OSError."""
    found = {}
    for path in sorted(folder.glob(f"*{_ENDING}")):
        name, key = path.name.removesuffix(_ENDING), path.read_text(encoding="ascii", errors="replace").strip()
        check(name)
        if not is_public(key):
            raise SinkError(f"{path}: expected a user's public NKey, U and 55 letters and digits")
        found[name] = key
    return found


def write(path: Path, text: str) -> None:
    """A new file that nobody else may read. Raises OSError, where there is one too."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "w") as file:
        file.write(f"{text}\n")
