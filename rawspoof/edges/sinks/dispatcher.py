"""Hands every event to every sink, each on a lane of its own. Knows no sink by name, no socket, no file."""

import time
from collections.abc import Sequence

from rawspoof.core.event import AnyEvent
from rawspoof.edges.sinks.base import Sink
from rawspoof.edges.sinks.lane import Lane

CLOSE_S = 0.8
"""Longest time in which sinks finish what waits when the collector ends."""


class Dispatcher:
    """Numbers events and spreads them. `put` never waits, however slow a sink is."""

    def __init__(self, lanes: Sequence[Lane], last: int = 0) -> None:
        """`last` is the number of the last event of the time before."""
        self.lanes = lanes
        self.handed = 0
        """Events taken in."""
        self.last = last
        """Number of the last event."""

    def put(self, events: Sequence[AnyEvent]) -> None:
        """Take events in."""
        if not events:
            return
        first = self.last + 1
        self.last += len(events)
        self.handed += len(events)
        for lane in self.lanes:
            lane.put(first, events)

    def reopen(self) -> None:
        """Let each sink open its place anew."""
        for lane in self.lanes:
            lane.reopen()

    def close(self, within_s: float = CLOSE_S) -> bool:
        """Write what waits and close each sink; False if one was not done in time."""
        until = time.monotonic() + within_s
        for lane in self.lanes:
            lane.finish()
        done = [lane.close(max(until - time.monotonic(), 0.0)) for lane in self.lanes]
        return all(done)


def lanes(sinks: Sequence[Sink], queue_max: int) -> list[Lane]:
    """A lane for each sink, without a store to fall back on."""
    return [Lane(sink, queue_max) for sink in sinks]
