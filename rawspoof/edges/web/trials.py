"""Sends an event of a test to a syslog server or a webhook, by a sink of its own: the real one is never disturbed.

To be made by root, for secrets are read; nothing is connected before something is sent.
"""

from collections.abc import Callable, Mapping
from functools import partial
from itertools import count

import msgspec

from rawspoof.config.model import Config
from rawspoof.config.sinks import Syslog, Webhook
from rawspoof.core.event import ScanDetected, Target
from rawspoof.edges.sinks.asked import open_far
from rawspoof.edges.sinks.base import Sink

SOURCE, TARGET = bytes([192, 0, 2, 1]), bytes([192, 0, 2, 2])
"""Addresses of nobody's (RFC 5737)."""


def trials(config: Config, observer: str, now: Callable[[], float]) -> Mapping[str, Callable[[], None]]:
    """By the sink's name, what sends the test; that raises OSError where it fails. Raises SinkError."""
    chosen = [one for one in config.sink if isinstance(one, Syslog | Webhook)]
    everything = tuple(msgspec.structs.replace(one, kinds=(), level=0) for one in chosen)
    numbers = count(1)
    made = open_far(msgspec.structs.replace(config, sink=everything), observer)
    return {sink.name: partial(_send, sink, numbers, now) for sink in made}


def _send(sink: Sink, numbers: "count[int]", now: Callable[[], float]) -> None:
    try:
        sink.write([event(now())], next(numbers))
    finally:
        sink.reopen()


def event(at: float) -> ScanDetected:
    """A scan that never was, and says so."""
    return ScanDetected(
        at, SOURCE, 40000, TARGET, 80, "0" * 16, at, at, 1, {"syn": 1}, (Target(TARGET, 1, "80"),), 1, 1, 0, False, 0,
        0, 0, 0, 0.0, ("test",), "a test by the web admin of rawspoof", 1.0, "", 0, 1, (),
    )  # fmt: skip
