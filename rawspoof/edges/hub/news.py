"""How the sensors are, and whom they share as blocked: two buckets at the broker, each heard by a thread of its own.

What stands there is checked before anybody sees it; what is none of it is counted. Decides nothing.
"""

import logging
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import msgspec

from rawspoof.core.event import BLOCK_KINDS
from rawspoof.edges.block.shared import Shared
from rawspoof.edges.fleet import health, value
from rawspoof.edges.fleet.streams import BLOCKS, BLOCKS_SUBJECT, HEALTH, HEALTH_SUBJECT, STREAMS, is_copy
from rawspoof.edges.fleet.watch import Watch
from rawspoof.edges.hub.sensors import Sensors
from rawspoof.edges.sinks.base import Tally
from rawspoof.edges.sinks.nats import make_stream
from rawspoof.edges.sinks.nats_client import Client, Message
from rawspoof.edges.sinks.trouble import words

TURN_S: Final = 1.0
RETRY_S: Final = 2.0
_SENSOR: Final = re.compile(re.escape(HEALTH_SUBJECT) + r"\.([A-Za-z0-9_-]{1,64})")
_DELETION: Final = b"\r\nKV-Operation:"

log = logging.getLogger(__name__)

Share = Callable[[Shared | None, bytes, str, str], None]
"""Told of a block, None where it is over; its address, what it does, and whose it is."""


class News:
    """Both buckets."""

    def __init__(
        self, dial: Callable[[], Client], sensors: Sensors, share: Share, wake: int, now: Callable[[], float]
    ) -> None:
        """`wake` is a descriptor that has something when it is time to end; `now` gives seconds since the epoch."""
        self._dial, self._sensors, self._share, self._wake, self._now = dial, sensors, share, wake, now
        self.malformed = Tally("hub: malformed health and blocks")
        self.failed = Tally("hub: times that the sensors' health or blocks could not be heard")
        self._ending = threading.Event()

    def start(self) -> None:
        """Begin."""
        for stream, subject, hear in ((HEALTH, HEALTH_SUBJECT, self._well), (BLOCKS, BLOCKS_SUBJECT, self._block)):
            work = (stream, f"{subject}.>", hear)
            threading.Thread(target=self._listen, args=work, name=f"hub {stream}", daemon=True).start()

    def stop(self) -> None:
        """End, soon."""
        self._ending.set()

    def _listen(self, stream: str, subjects: str, hear: Callable[[Message], None]) -> None:
        while not self._ending.is_set():
            try:
                with _closing(self._dial()) as client:
                    make_stream(client, STREAMS[stream])
                    watch = Watch(client, stream, subjects)
                    while not self._ending.is_set():
                        client.listen(TURN_S, self._wake)
                        for message in watch.take():
                            self._one(hear, message)
            except (OSError, ValueError) as error:
                self.failed.add(1, words(error))
                self._ending.wait(RETRY_S)

    def _one(self, hear: Callable[[Message], None], message: Message) -> None:
        try:
            if is_copy(message.headers):
                raise ValueError(f"a copy at {message.subject[:100]!r}")
            hear(message)
        except (ValueError, RecursionError) as error:
            self.malformed.add(1, error)

    def _well(self, message: Message) -> None:
        found = _SENSOR.fullmatch(message.subject)
        if found is None:
            raise ValueError(f"not a sensor's key: {message.subject[:100]!r}")
        if _DELETION not in message.headers:
            self._sensors.well(found[1], health.decode(message.data), stamp(message.answer_to))

    def _block(self, message: Message) -> None:
        sensor, address = value.key(message.subject)
        if _DELETION in message.headers:
            self._share(None, address, "", sensor)
            return
        block = value.decode(message.subject, message.data)
        how = msgspec.json.decode(message.data, type=value.Value).how
        if block.until > self._now():
            self._share(block, address, how if how in BLOCK_KINDS else "none", sensor)


def stamp(answer_to: str) -> float:
    """When a message came in, seconds since the epoch. Raises ValueError."""
    words = answer_to.split(".")
    return int(words[7 if len(words) == 9 else 9]) / 1e9


@contextmanager
def _closing(client: Client) -> Iterator[Client]:
    try:
        yield client
    finally:
        client.close()
