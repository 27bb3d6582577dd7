"""Mail as a sink: takes what it is given at once, and sends from a thread of its own. Knows no format.

Ours: what waits for its digest is in memory; a collector that is killed tells of it by the store only.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from typing import Final

from rawspoof.core.event import AnyEvent
from rawspoof.edges.sinks.mail import sender
from rawspoof.edges.sinks.mail.mailer import Mailer, Send
from rawspoof.edges.sinks.mail.settings import Settings
from rawspoof.edges.system.clock import steady

CLOSE_S: Final = 0.6
"""Longest time in which the last digest may be sent; a collector that ends has little more for all of its sinks."""


log = logging.getLogger(__name__)


class MailSink:
    """A Sink of digests. Its thread begins with the first event that is told of, never before a fork."""

    name = "mail"

    def __init__(
        self, settings: Settings, observer: str, send: Send = sender.send, clock: Callable[[], float] | None = None
    ) -> None:
        self._mailer = Mailer(settings, observer, send)
        self._now = clock or steady()
        self._changed = threading.Condition()
        self._closing = False
        self._thread: threading.Thread | None = None

    def write(self, batch: Sequence[AnyEvent], first: int = 0) -> None:
        """Take events; never fails."""
        self._mailer.take(batch, self._now())
        if self._mailer.due_at is None:
            return
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="mail", daemon=True)
            self._thread.start()
        with self._changed:
            self._changed.notify()

    def reopen(self) -> None:
        """Nothing: an edited email.json is found without."""

    def close(self) -> None:
        """Send what waits, if that is quick."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join(CLOSE_S)
            if self._thread.is_alive():
                log.warning("mail: the last digest was not sent within %s s", CLOSE_S)

    def _run(self) -> None:
        while self._wait():
            self._mailer.turn(self._now())
        self._mailer.finish(self._now())

    def _wait(self) -> bool:
        """Until the digest is due; False when it is time to go."""
        with self._changed:
            while not self._closing:
                due_at = self._mailer.due_at
                left = None if due_at is None else due_at - self._now()
                if left is not None and left <= 0:
                    return True
                self._changed.wait(left)
        return False
