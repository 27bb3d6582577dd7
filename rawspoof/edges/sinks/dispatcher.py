"""Hands events to every sink. Decides that one sink's trouble is no other's. Knows no sink by name, no socket."""

from collections.abc import Callable, Sequence

from rawspoof.core.event import AnyEvent
from rawspoof.edges.sinks.base import Sink, Tally


class Dispatcher:
    """Keeps at most `batch_max` events until they are written; those beyond are dropped and counted."""

    def __init__(self, sinks: Sequence[Sink], batch_max: int) -> None:
        self.handed = 0
        """Events that were handed to the sinks."""
        self.dropped = Tally("collector: events dropped, events.batch_max were waiting")
        self._sinks = [(sink, Tally(f"{sink.name}: batches failed")) for sink in sinks]
        self._batch_max = batch_max
        self._waiting: list[AnyEvent] = []

    def put(self, events: Sequence[AnyEvent]) -> None:
        """Take events in, as far as there is room."""
        room = self._batch_max - len(self._waiting)
        self._waiting.extend(events[:room])
        self.dropped.add(max(0, len(events) - room))

    def flush(self) -> None:
        """Hand what waits to each sink."""
        batch, self._waiting = self._waiting, []
        if batch:
            self.handed += len(batch)
            self._each(lambda sink: sink.write(batch))

    def reopen(self) -> None:
        """Let each sink open its place anew."""
        self._each(lambda sink: sink.reopen())

    def close(self) -> None:
        """Write what waits and close each sink."""
        self.flush()
        self._each(lambda sink: sink.close())

    def _each(self, act: Callable[[Sink], None]) -> None:
        for sink, failed in self._sinks:
            try:
                act(sink)
            except Exception as error:
                failed.add(1, repr(error))
