"""The settings of mail as the web admin shows and changes them: kept in the email.json that `mail.json_file` names.

What is kept there counts at once: the sink of mail looks at the file itself. Blocks while a mail is sent.
"""

import secrets
import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from rawspoof.config.mail import overlaid, wrong_keys
from rawspoof.config.model import Mail
from rawspoof.edges.sinks.mail import sender
from rawspoof.edges.sinks.mail.digest import message
from rawspoof.edges.sinks.mail.mailer import Send
from rawspoof.edges.sinks.mail.settings import Settings
from rawspoof.edges.system import atomic
from rawspoof.edges.web.schemas import EMAIL_KEYS
from rawspoof.edges.web.settings import ASTERISKS

MODE: Final = 0o600
"""There may be a password in it."""
BODY: Final = "This is a test mail that the web admin of rawspoof was asked for: digests will come this way.\n"


class MailFile:
    """To be made by root, used by whoever may write the file."""

    def __init__(self, mail: Mail, user: str, now: Callable[[], float], send: Send = sender.send) -> None:
        """`user` is who writes the file, for the line that says that it cannot."""
        self._base, self._user, self._now, self._send = mail, user, now, send
        self._settings = Settings(mail)

    def told(self) -> dict[str, Any]:
        """The settings with portspoof-py's keys."""
        mail = self._settings.now()
        told = {key: msgspec.to_builtins(getattr(mail, key)) for key in EMAIL_KEYS}
        return told | {"smtp_password": ASTERISKS if self._settings.password else ""}

    def save(self, wish: Mapping[str, Any]) -> None:
        """Keep what is given, beside what is there. Raises ValueError, OSError."""
        path = Path(self._base.json_file)
        new = {**_there(path), **wish}
        if wish.get("smtp_password") == ASTERISKS:
            del new["smtp_password"]
            new |= {key: value for key, value in _there(path).items() if key == "smtp_password"}
        data = msgspec.json.format(msgspec.json.encode(new), indent=2) + b"\n"
        mail = overlaid(self._base, data)
        for key, what in wrong_keys(mail) if mail.enabled else ():
            raise ValueError(f"{key}: {what}")
        try:
            _write(path, data)
        except OSError as error:
            why = f"{error.strerror}: let {self._user} write it, or name another file in mail.json_file"
            raise OSError(error.errno, why, str(path)) from None

    def test(self) -> None:
        """Send a mail by the settings as they are. Raises ValueError, OSError."""
        mail = self._settings.now()
        for key, what in wrong_keys(mail):
            raise ValueError(f"{key}: {what}")
        subject = f"[portspoof] test of {socket.gethostname()}"
        refused = self._send(
            mail, self._settings.password, message(subject, BODY, mail, self._now(), secrets.token_hex(16))
        )
        if refused:
            raise ValueError(f"to_addr: {mail.smtp_host} takes no mail to {', '.join(refused)}")


def _there(path: Path) -> dict[str, Any]:
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, Any])
    except (OSError, msgspec.DecodeError):
        return {}


def _write(path: Path, data: bytes) -> None:
    try:
        atomic.write(path, data, MODE)
    except PermissionError:
        # The file may be ours where its folder is not.
        with path.open("r+b") as file:
            file.truncate()
            file.write(data)
