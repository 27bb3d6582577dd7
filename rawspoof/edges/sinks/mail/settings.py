"""The mail settings as they are now: an email.json may be edited while we run.

Knows where the password comes from. What root read at the start stays good where the collector may not read it again.
"""

import logging
import os

from rawspoof.config.mail import overlaid, wrong_keys
from rawspoof.config.model import Mail

log = logging.getLogger(__name__)


class Settings:
    """Settings that follow their file."""

    def __init__(self, mail: Mail) -> None:
        """To be made by root. Complains of a file that is wrong, and goes on as if it were not there."""
        self._written = self._now = mail
        self._password = ""
        self._seen: tuple[int, ...] | None = None
        self._complaint = ""
        self._read_password()
        self.now()
        if mail.json_file and self._seen is None and not mail.enabled:
            self._complain(f"mail.json_file: {mail.json_file}: nothing is mailed until it is there")

    @property
    def password(self) -> str:
        """Belongs to the settings that were last asked for."""
        return self._password

    def now(self) -> Mail:
        """The settings. A file that changed is read; where that fails, what it said before stays, which is told."""
        path = self._written.json_file
        if not path:
            return self._now
        try:
            about = os.stat(path)
            seen = (about.st_ino, about.st_size, about.st_mtime_ns)
            if seen != self._seen:
                self._seen = seen
                with open(path, "rb") as file:
                    self._take(overlaid(self._written, file.read()))
        except FileNotFoundError:
            self._seen, self._now = None, self._written
        except (OSError, ValueError) as error:
            what = error.strerror if isinstance(error, OSError) else error
            self._complain(f"mail.json_file: {path}: {what}; what it said before stays")
        return self._now

    def _take(self, mail: Mail) -> None:
        for key, what in wrong_keys(mail) if mail.enabled else ():
            raise ValueError(f"{key}: {what}")
        self._now, self._complaint = mail, ""
        self._read_password()

    def _read_password(self) -> None:
        path, variable = self._now.smtp_password_file, self._now.smtp_password_env
        if not path:
            self._password = os.environ.get(variable, "") if variable else self._now.smtp_password
            return
        try:
            with open(path, encoding="utf-8") as file:
                self._password = file.readline().rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            what = error.strerror if isinstance(error, OSError) else "not UTF-8"
            self._complain(f"mail.smtp_password_file: {path}: {what}")

    def _complain(self, what: str) -> None:
        """Once, not each time that events come."""
        if what != self._complaint:
            self._complaint = what
            log.warning("%s", what)
