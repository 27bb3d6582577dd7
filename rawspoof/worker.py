"""One packet process: link, sensor and loop. Never blocks on anything but its queue."""

import gc
import logging
import os
import signal
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final

from rawspoof import assembly
from rawspoof.core.event import AnyEvent
from rawspoof.core.tally import Tally
from rawspoof.core.watch.watch import Touch
from rawspoof.edges.firewall.plan import MARK
from rawspoof.edges.link.base import Link
from rawspoof.edges.link.evidence import EvidenceLink
from rawspoof.edges.link.nfqueue import NfqueueLink, QueueTaken
from rawspoof.edges.sinks import touches
from rawspoof.edges.sinks.batch import MESSAGE_BYTES_MAX, encoder
from rawspoof.edges.sinks.collector import wanted
from rawspoof.edges.system import clock, privileges
from rawspoof.loop import serve

READY: Final = b"ready"
EVENTS_PER_BATCH: Final = 32
"""Events of one message; it leaves earlier when no packet waits."""
TELL_S: Final = 0.2
"""Between two messages of touched ports."""
ERRORS_SHOWN_MAX: Final = 100
"""Packets that broke something and are logged in hex; later ones are only counted."""

log = logging.getLogger(__name__)


class Publisher:
    """Sends events to the collector in batches; what its socket does not take at once is dropped and counted.

    With `wanted` false nobody writes events down: they go no further than here.
    """

    def __init__(self, out: socket.socket, tally: Tally, unsent: Callable[[], int], wanted: bool = True) -> None:
        self._out, self._tally, self._unsent, self._wanted = out, tally, unsent, wanted
        self._encode = encoder()
        self._events: list[AnyEvent] = []
        self._dropped = 0
        out.setblocking(False)

    def __call__(self, events: Sequence[AnyEvent]) -> None:
        """Take events, and send them once there are enough."""
        if not self._wanted:
            return
        self._events += events
        if len(self._events) >= EVENTS_PER_BATCH:
            self.flush()

    def flush(self) -> None:
        """Send what there is."""
        if self._events:
            self.close()

    def close(self) -> None:
        """Send what there is, and what was counted, for the last time."""
        events, self._events = self._events, []
        self._send(events)

    def _send(self, events: list[AnyEvent]) -> None:
        message = self._encode(events, self._counters())
        if len(message) > MESSAGE_BYTES_MAX and len(events) > 1:
            # Requests may be large: half of them at a time.
            half = len(events) // 2
            self._send(events[:half])
            self._send(events[half:])
            return
        try:
            self._out.send(message)
        except OSError:
            self._dropped += len(events)

    def _counters(self) -> dict[str, int]:
        """What was lost, as the collector wants it: totals."""
        tally = self._tally
        return {
            "malformed": tally.malformed,
            "errors": tally.errors,
            "evicted": tally.flows_evicted,
            "holds_refused": tally.holds_refused,
            "handshakes_refused": tally.handshakes_refused,
            "unsent": self._unsent(),
            "events_dropped": self._dropped,
        }


class Teller:
    """Tells the collector which ports were touched, a few times a second. What its socket does not take is lost to the
    map until the source's next report."""

    def __init__(self, out: socket.socket, fresh: Callable[[], Sequence[Touch]], now: Callable[[], float]) -> None:
        self._out, self._fresh, self._now, self._next_at = out, fresh, now, 0.0

    def __call__(self) -> None:
        """Tell what there is, if it is time."""
        at = self._now()
        if at < self._next_at:
            return
        self._next_at = at + TELL_S
        fresh = self._fresh()
        for start in range(0, len(fresh), touches.TOUCHES_MAX):
            with suppress(OSError):
                self._out.send(touches.encode(fresh[start : start + touches.TOUCHES_MAX]))


def run(
    number: int,
    made: assembly.Parts,
    templates: assembly.Templates,
    events: socket.socket,
    evidence: socket.socket | None,
    status: socket.socket,
    parent: int,
) -> int:
    """The worker's exit status. Says READY on `status` once packets can come, or in a line why they cannot."""
    sensor = assembly.sensor(made, templates)
    config = made.config.sensor
    try:
        link = NfqueueLink(config.queue + number, config.queue_max, MARK, clock.steady())
        publisher = Publisher(events, sensor.tally, lambda: link.unsent, wanted(made.config))
        teller = Teller(events, sensor.fresh, clock.steady())
        link.idle = _both(publisher.flush, teller) if made.config.admin.port else publisher.flush
        privileges.become(config.user, {privileges.CAP_NET_ADMIN, privileges.CAP_NET_RAW})
    except QueueTaken as error:
        return _refuse(status, f"{error}: another rawspoof runs, or `rawspoof doctor` says who; --queue takes another")
    except OSError as error:
        return _refuse(status, f"no right to read packets ({error.strerror}): start rawspoof as root")
    privileges.die_with_parent(signal.SIGKILL, parent)
    signal.signal(signal.SIGTERM, lambda *_: link.stop())
    # What was loaded stays for good: the collector of cycles need not look at it again and again.
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    status.send(READY)
    status.close()
    door: Link = link if evidence is None else EvidenceLink(link, evidence, sensor.scan_of)
    serve(door, sensor, publisher, _Complaints())
    publisher.close()
    door.close()
    return 0


class _Complaints:
    """Logs what broke on a packet, with the packet in hex, up to a number of times."""

    def __init__(self) -> None:
        self._shown = 0

    def __call__(self, error: Exception, raw: bytes | None) -> None:
        self._shown += 1
        if self._shown > ERRORS_SHOWN_MAX:
            return
        log.error("a packet broke something, please report it: %r %s", error, raw and raw.hex(), exc_info=error)
        if self._shown == ERRORS_SHOWN_MAX:
            log.error("further ones are only counted")


def _both(one: Callable[[], None], other: Callable[[], None]) -> Callable[[], None]:
    def both() -> None:
        one()
        other()

    return both


def _refuse(status: socket.socket, why: str) -> int:
    status.send(why.encode())
    os.set_blocking(status.fileno(), True)
    return 2
