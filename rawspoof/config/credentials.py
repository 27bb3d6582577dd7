"""`credential:NAME` in the place of a file: one that systemd handed to the unit (LoadCredential=NAME:…).

Knows where those lie; reads none.
"""

from collections.abc import Mapping
from typing import Final

import msgspec

PREFIX: Final = "credential:"

VARIABLE: Final = "CREDENTIALS_DIRECTORY"
"""systemd.exec(5): set in the environment of a unit that has any."""

DIRECTORY: Final = "/run/credentials/rawspoof.service"
"""Where they lie of our own unit, for a command that root runs beside it. systemd.exec(5)."""

WRITTEN: Final = ("events.log_file",)
"""Files that we write, whatever they are called."""


def directory(environ: Mapping[str, str]) -> str:
    """The folder of the credentials."""
    return environ.get(VARIABLE) or DIRECTORY


def resolved(key: str, value: object, folder: str) -> object:
    """The value with the credential's path where it names one, in the fields of a table too.

    A name that is none (with a slash in it, or a dot before it) stays as it was written.
    """
    if isinstance(value, msgspec.Struct):
        said = {name: resolved(f"{key}.{name}", getattr(value, name), folder) for name in value.__struct_fields__}
        return msgspec.structs.replace(value, **said)
    if not key.endswith("_file") or key in WRITTEN or not isinstance(value, str) or not value.startswith(PREFIX):
        return value
    name = value.removeprefix(PREFIX)
    return value if "/" in name or name.startswith(".") or not name else f"{folder}/{name}"
