"""Everybody's events to a place far away, each in the name of the sensor that saw it. Knows no kind of sink.

Such a sink writes one sensor's name into what it sends; so here is one for each sensor, made when it is first heard of.
"""

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Final

from rawspoof.core.event import AnyEvent
from rawspoof.edges.sinks.base import Sink, Tally
from rawspoof.edges.store.queries import Reader

SINKS_MAX: Final = 256
"""Sensors with a sink of their own, and a connection each; the events of those beyond go out in the hub's name."""


class BySensor:
    """A Sink."""

    def __init__(self, name: str, hub: str, make: Callable[[str], Sink], reader: Reader) -> None:
        """`make` gives the sink of a sensor; `reader` knows who saw what, and is this lane's own."""
        self.name, self._hub, self._make, self._reader = name, hub, make, reader
        self._sinks: dict[str, Sink] = {}
        self.beyond = Tally(f"{name}: batches of sensors beyond {SINKS_MAX}")

    def write(self, batch: Sequence[AnyEvent], first: int = 0) -> None:
        """Write the events of each sensor in its name. Raises what its sink raises; what went out may come again."""
        saw = self._reader.sensors(first, first + len(batch) - 1)
        numbered = enumerate(batch, first)
        for sensor, run in groupby(numbered, lambda one: saw.get(one[0], "")):
            some = list(run)
            self._of(sensor or self._hub).write([event for _, event in some], some[0][0])

    def reopen(self) -> None:
        """Each of them."""
        for sink in self._sinks.values():
            sink.reopen()

    def close(self) -> None:
        """Each of them."""
        for sink in self._sinks.values():
            sink.close()

    def _of(self, sensor: str) -> Sink:
        if sensor not in self._sinks and len(self._sinks) >= SINKS_MAX:
            self.beyond.add(1, sensor)
            sensor = self._hub
        if sensor not in self._sinks:
            self._sinks[sensor] = self._make(sensor)
        return self._sinks[sensor]
