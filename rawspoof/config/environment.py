"""Environment variables as settings: RAWSPOOF_WORLD_KIND is world.kind. For containers, where that is how one is told.

Knows which variables of that form are somebody else's. Reads none: they come as a mapping.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Final, get_origin

from rawspoof.config.keys import KNOWN

PREFIX: Final = "RAWSPOOF_"

ELSEWHERE: Final = frozenset(
    {
        # The folder of the signatures that come along; the key `signatures` adds to them and has no variable.
        "RAWSPOOF_SIGNATURES",
        # Which Python runs a checkout (scripts).
        "RAWSPOOF_PYTHON",
        # What `rawspoof lab` tells a command.
        "RAWSPOOF_TARGET",
        "RAWSPOOF_TARGET6",
        # Images like to say so of themselves; the key `version` is of files.
        "RAWSPOOF_VERSION",
    }
)
"""Variables that are no settings."""

_KUBERNETES: Final = re.compile(
    r"RAWSPOOF_(\w+_)?(SERVICE_HOST=|SERVICE_PORT(_\w+)?=|PORT=(tcp|udp|sctp)://|PORT_\d+_(TCP|UDP|SCTP)(_\w+)?=)"
)
"""What it sets for a Service called rawspoof, or rawspoof-admin: RAWSPOOF_ADMIN_PORT=tcp://10.0.0.1:80."""

VARIABLES: Final = {
    variable: key for key in KNOWN if (variable := PREFIX + key.replace(".", "_").upper()) not in ELSEWHERE
}
"""The key that each variable sets."""


def said(environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Each variable that is meant for us and is not empty (compose files have `${X:-}`), and what it says."""
    for name, text in sorted(environ.items()):
        ours = name.startswith(PREFIX) and name not in ELSEWHERE
        if ours and text.strip() and not _KUBERNETES.match(f"{name}={text}"):
            yield name, text


def value(key: str, text: str) -> object:
    """What a variable's text says of a key: a list in TOML or with commas, anything else as it stands.

    Raises ValueError for a list that is no TOML.
    """
    if get_origin(KNOWN[key].type) is not tuple:
        # A secret that was mounted ends in a newline more often than in a blank that is meant.
        return text.strip()
    if text.strip().startswith("["):
        try:
            return tomllib.loads(f"x = {text.strip()}")["x"]
        except tomllib.TOMLDecodeError as wrong:
            raise ValueError(f"expected a list in TOML, or values with commas between them ({wrong})") from None
    return [part.strip() for part in text.split(",") if part.strip()]


def unknown(name: str) -> str:
    """What to say of a variable that sets nothing."""
    return f"no key has this variable; the nearest is {get_close_matches(name, VARIABLES, 1, 0)[0]}"
