"""Where the web admin keeps what it is told, and what else follows in the configuration from there being one."""

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from rawspoof.config.model import Config

_FOLDER: Final = "web"
_EMAIL: Final = "email.json"


def folder(config: Config) -> Path:
    """The collector's own folder."""
    return Path(config.sensor.state_dir, _FOLDER)


def prepared(config: Config) -> Config:
    """The configuration with a file for the mail settings that the web admin saves, where none is named."""
    if not config.admin.port or config.mail.json_file:
        return config
    mail = msgspec.structs.replace(config.mail, json_file=str(folder(config) / _EMAIL))
    return msgspec.structs.replace(config, mail=mail)


def make(config: Config, owner: tuple[int, int] | None) -> None:
    """Make the folder, the user's own, with settings of mail that say nothing yet. Raises OSError.

    `owner` is uid and gid, None where everything we make is theirs.
    """
    place = folder(config)
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    if owner:
        os.chown(place, *owner)
    with suppress(FileExistsError):
        fd = os.open(place / _EMAIL, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(fd, "wb") as file:
            if owner:
                os.fchown(fd, *owner)
            file.write(b"{}\n")
