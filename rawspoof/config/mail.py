"""What mail settings must be, and how an email.json of portspoof-py changes them.

Reads that file, for what is wrong in it is wrong with the configuration. Sends nothing.
"""

import os
import re
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Final

import msgspec
from msgspec.structs import asdict, fields

from rawspoof.config import credentials
from rawspoof.config.error import ConfigError
from rawspoof.config.model import Mail
from rawspoof.config.reading import FILE_BYTES_MAX, contents

_ADDRESS: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.:\[\]_-]{1,255}")
"""RFC 5321 §4.1.2 without quotes, for which nobody has a use; nothing that could end a header is in it."""
_HOST: Final = re.compile(r"[A-Za-z0-9.:_-]{1,255}")


def overlaid(mail: Mail, data: bytes) -> Mail:
    """The settings with an email.json put over them. Raises ValueError: the key, and what was expected there."""
    try:
        said = msgspec.json.decode(data, type=dict[str, object])
    except (msgspec.DecodeError, UnicodeDecodeError) as wrong:
        raise ValueError(f"not a JSON object: {wrong}") from None
    known = [field.name for field in fields(Mail) if field.name != "json_file"]
    for key in said:
        if key not in known:
            raise ValueError(f"{key!r}: unknown key; the nearest is {get_close_matches(key, known, 1, 0)[0]}")
    try:
        return msgspec.convert(asdict(mail) | said, Mail)
    except msgspec.ValidationError as wrong:
        what, _, where = str(wrong).partition(" - at `$.")
        raise ValueError(f"{where.rstrip('`')}: {what[0].lower()}{what[1:]}") from None


def problems(mail: Mail) -> Iterator[tuple[str, str]]:
    """Each thing that is wrong: the key, and what was expected; nothing where mail is off."""
    if mail.json_file:
        try:
            # The web admin makes it when settings are saved for the first time.
            if not os.path.lexists(mail.json_file):
                return
            mail = overlaid(mail, contents(mail.json_file, FILE_BYTES_MAX))
        except ConfigError as wrong:
            yield "json_file", str(wrong)
            return
        except ValueError as wrong:
            yield "json_file", f"{mail.json_file}: {wrong}"
            return
    if not mail.enabled:
        return
    yield from wrong_keys(mail)
    for key in ("smtp_password_file", "smtp_ca_file"):
        path = getattr(mail, key)
        # What systemd hands to the unit is not there for others who read the same file.
        if path and not path.startswith(credentials.DIRECTORY) and not Path(path).is_file():
            yield key, f"expected a file, got {path!r}"


def wrong_keys(mail: Mail) -> Iterator[tuple[str, str]]:
    """What keeps these settings from sending a mail."""
    if not _HOST.fullmatch(mail.smtp_host):
        yield "smtp_host", f"expected the mail server's name or address, got {mail.smtp_host!r}"
    if not _ADDRESS.fullmatch(sender(mail)):
        key = "from_addr" if mail.from_addr or not mail.smtp_user else "smtp_user"
        yield key, f"expected the sender's mail address, got {sender(mail)!r}"
    for address in recipients(mail) or [""]:
        if not _ADDRESS.fullmatch(address):
            yield "to_addr", f"expected a mail address, got {address!r}"
    given = [key for key in ("smtp_password", "smtp_password_file", "smtp_password_env") if getattr(mail, key)]
    if len(given) > 1:
        yield given[1], f"expected {given[0]} or {given[1]}, not both"
    if given and not mail.smtp_user:
        yield "smtp_user", "expected a user, for there is a password"


def sender(mail: Mail) -> str:
    """The address mails come from."""
    return mail.from_addr or mail.smtp_user


def recipients(mail: Mail) -> list[str]:
    """The addresses mails go to."""
    return [address.strip() for address in mail.to_addr.split(",") if address.strip()]
