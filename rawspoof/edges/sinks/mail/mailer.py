"""When a digest is sent: a while after its first event, and not too soon after the one before.

Time walks in. A digest that could not be sent is not lost: what comes meanwhile joins it, and it is tried again.
"""

import logging
import secrets
from collections.abc import Callable, Sequence
from email.message import EmailMessage
from threading import Lock
from typing import Final

from rawspoof.config.model import Mail
from rawspoof.core.event import AnyEvent
from rawspoof.edges.sinks.base import Tally
from rawspoof.edges.sinks.mail.digest import Digest, message, wanted
from rawspoof.edges.sinks.mail.sender import MailError
from rawspoof.edges.sinks.mail.settings import Settings

RETRY_S: Final = 30.0
RETRY_MAX_S: Final = 900.0
"""Pause after a failure, doubled with each further one."""

Send = Callable[[Mail, str, EmailMessage], list[str]]

log = logging.getLogger(__name__)


class Mailer:
    """The digest in the making. Events come from one thread and time passes in another."""

    def __init__(self, settings: Settings, observer: str, send: Send) -> None:
        self._settings, self._observer, self._send = settings, observer, send
        self.due_at: float | None = None
        """When the digest is to be sent, None while there is none."""
        self.failed = Tally("mail: digests not sent, they are tried again")
        self._digest = Digest()
        self._lock = Lock()
        self._sent_at = -1e300
        self._pause_s = RETRY_S

    def take(self, events: Sequence[AnyEvent], now: float) -> None:
        """Put into the digest what belongs there."""
        mail = self._settings.now()
        if not mail.enabled:
            return
        with self._lock:
            for event in events:
                if wanted(event, mail):
                    self._digest.add(event)
            if self._digest and self.due_at is None:
                self.due_at = now + mail.batch_delay_seconds

    def turn(self, now: float) -> None:
        """Send the digest if it is due."""
        mail = self._settings.now()
        with self._lock:
            if self.due_at is None or now < self.due_at:
                return
            self.due_at = None
            if not mail.enabled:
                self._digest = Digest()
                return
            if now < self._sent_at + mail.cooldown_seconds:
                self.due_at = self._sent_at + mail.cooldown_seconds
                return
            digest, self._digest = self._digest, Digest()
        self._deliver(mail, digest, now)

    def finish(self, now: float) -> None:
        """Send what waits, before its time; in a cooldown, say what is not told of."""
        with self._lock:
            if self.due_at is not None:
                self.due_at = now
        self.turn(now)
        if self._digest:
            log.warning("mail: %s: not sent any more, the store has them", self._digest.subject())

    def _deliver(self, mail: Mail, digest: Digest, now: float) -> None:
        try:
            made = message(digest.subject(), digest.body(self._observer), mail, now, secrets.token_hex(16))
            refused = self._send(mail, self._settings.password, made)
        except (MailError, ValueError) as error:
            self.failed.add(1, error)
            with self._lock:
                digest.absorb(self._digest)
                self._digest, self.due_at = digest, now + self._pause_s
            self._pause_s = min(self._pause_s * 2, RETRY_MAX_S)
            return
        self._sent_at, self._pause_s = now, RETRY_S
        if refused:
            log.warning("mail: %s takes no mail to %s", mail.smtp_host, ", ".join(refused))
