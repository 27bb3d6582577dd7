"""What a worker tells the collector: events in batches, counters with them, ports that were touched. Never waits."""

import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final

from rawspoof.core.event import AnyEvent
from rawspoof.core.tally import Tally
from rawspoof.core.watch.watch import NOTHING_LOST, Lost, Touch
from rawspoof.edges.sinks import touches
from rawspoof.edges.sinks.batch import MESSAGE_BYTES_MAX, encoder

EVENTS_PER_BATCH: Final = 32
"""Events of one message; it leaves earlier when no packet waits."""
TELL_S: Final = 0.2
"""Between two messages of touched ports."""


class Publisher:
    """Sends events to the collector in batches; what its socket does not take at once is dropped and counted.

    While nobody is `wanted` nobody writes events down: they go no further than here.
    """

    def __init__(
        self,
        out: socket.socket,
        tally: Tally,
        unsent: Callable[[], int],
        wanted: bool = True,
        lost: Callable[[], Lost] = lambda: NOTHING_LOST,
    ) -> None:
        """`tally`, `unsent` and `lost` tell what was counted: of connections, by the link, by the watch."""
        self._out, self._tally, self._unsent, self._lost, self.wanted = out, tally, unsent, lost, wanted
        self._encode = encoder()
        self._events: list[AnyEvent] = []
        self._dropped = 0
        out.setblocking(False)

    def __call__(self, events: Sequence[AnyEvent]) -> None:
        """Take events, and send them once there are enough."""
        if not self.wanted:
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
        tally, lost = self._tally, self._lost()
        return {
            "malformed": tally.malformed,
            "errors": tally.errors,
            "evicted": tally.flows_evicted,
            "holds_refused": tally.holds_refused,
            "handshakes_refused": tally.handshakes_refused,
            "unsent": self._unsent(),
            "events_dropped": self._dropped,
            "sources_forgotten": lost.sources,
            "ports_forgotten": lost.ports,
            "reports_forgotten": lost.reports,
            "quiet_forgotten": lost.quiet,
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
