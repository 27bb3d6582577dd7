"""One sink, its queue and its thread: whatever becomes of this sink is nobody else's trouble.

A batch that fails is tried again, ever later. While it fails, events wait in the queue; beyond that they are read back
from the store once the far end is there again, or, without a store, the oldest are dropped and counted.
"""

import threading
import time
from collections import deque
from collections.abc import Sequence
from typing import Final, Protocol

from rawspoof.core.event import AnyEvent
from rawspoof.edges.sinks.base import Forgotten, Sink, Tally
from rawspoof.edges.sinks.trouble import words

BATCH_MAX: Final = 512
"""Events written at a time."""
RETRY_S: Final = 0.2
LAG_S: Final = 0.05
RETRY_MAX_S: Final = 30.0
"""Pause after a failure, doubled with each further one."""


class Spool(Protocol):
    """Where events can be read back; the store is one."""

    def read(self, after: int, most: int) -> tuple[int, list[AnyEvent]]:
        """The next event after this number that there is, as a number, and the events from it on without a gap."""

    def position(self, sink: str) -> int | None:
        """The number of the last event that this sink took, None if it never took one."""

    def remember(self, sink: str, number: int) -> None:
        """Keep that."""


class Lane:
    """The way of events to one sink."""

    def __init__(self, sink: Sink, queue_max: int, spool: Spool | None = None) -> None:
        """`spool` is only for sinks that may be away for long; it is used from this lane's thread alone."""
        self.sink, self._queue_max, self._spool = sink, queue_max, spool
        self.failed = Tally(f"{sink.name}: batches failed")
        self.dropped = Tally(f"{sink.name}: events dropped, its queue was full")
        self.missed = Tally(f"{sink.name}: events missed, the store has them no more")
        self.written = 0
        self._queue: deque[tuple[int, AnyEvent]] = deque()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._closing = self._reopen = False
        self._behind = spool is not None
        """Events have to be read back before those of the queue."""
        self._newest = 0
        """Number of the last event put."""
        self._last: int | None = None
        """Number of the last event that was written, None while that is not known."""

    def __len__(self) -> int:
        return len(self._queue)

    @property
    def waiting(self) -> int:
        """Events that were not written yet, those in the store included."""
        last = self._last
        return len(self._queue) if last is None or self._spool is None else max(self._newest - last, 0)

    @property
    def lost(self) -> int:
        """Events that the sink itself could not write and let go."""
        tally = getattr(self.sink, "lost", None)
        return tally.count if isinstance(tally, Tally) else 0

    def put(self, first: int, events: Sequence[AnyEvent]) -> None:
        """Take events, the first of which has this number. Never waits."""
        with self._changed:
            self._queue.extend(zip(range(first, first + len(events)), events, strict=True))
            self._newest = first + len(events) - 1
            over = len(self._queue) - self._queue_max
            for _ in range(over):
                self._queue.popleft()
            if over > 0 and self._spool is None:
                self.dropped.add(over)
            self._behind = self._behind or (over > 0 and self._spool is not None)
            self._changed.notify()
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name=f"sink {self.sink.name}", daemon=True)
            self._thread.start()

    def reopen(self) -> None:
        """Have the sink open its place anew, before its next batch."""
        with self._changed:
            self._reopen = True
            self._changed.notify()

    def finish(self) -> None:
        """Let the thread write what waits, close the sink and end."""
        with self._changed:
            self._closing = True
            self._changed.notify()

    def close(self, within_s: float) -> bool:
        """The same, and wait for it; False if it was not done in time."""
        self.finish()
        if self._thread is None:
            self.sink.close()
            return True
        self._thread.join(within_s)
        return not self._thread.is_alive()

    # The thread

    def _run(self) -> None:
        pause_s = 0.0
        while self._wait(pause_s):
            first, batch = 0, list[AnyEvent]()
            try:
                first, batch = self._next()
                if not batch and self._behind:
                    # The store has its own lane, and is not there yet.
                    pause_s = LAG_S
                    continue
                self._write(first, batch)
                pause_s = 0.0
            except Exception as error:
                self.failed.add(1, words(error))
                self._put_back(first, batch)
                if isinstance(error, Forgotten) and self._last is not None:
                    self._last = min(self._last, error.after)
                pause_s = min(max(pause_s * 2, RETRY_S), RETRY_MAX_S)
        self.sink.close()

    def _wait(self, pause_s: float) -> bool:
        """Until there is something to do, or a pause after a failure is over; False when it is time to go."""
        until = time.monotonic() + pause_s
        with self._changed:
            while not self._closing and (left := until - time.monotonic()) > 0:
                self._changed.wait(left)
            while not (self._queue or self._closing or self._reopen or self._behind):
                self._changed.wait()
            # What fails while we are leaving is left: in the store, if there is one.
            return not (self._closing and (pause_s or not self._queue))

    def _next(self) -> tuple[int, list[AnyEvent]]:
        """The next batch and the number of its first event."""
        if self._behind and self._spool is not None:
            return self._read_back(self._spool)
        with self._changed:
            count = min(len(self._queue), BATCH_MAX)
            taken = [self._queue.popleft() for _ in range(count)]
        return (taken[0][0] if taken else 0), [event for _, event in taken]

    def _read_back(self, spool: Spool) -> tuple[int, list[AnyEvent]]:
        """What the store has and this sink has not; what of it waits in the queue too, is taken from there."""
        if self._last is None:
            known = spool.position(self.sink.name)
            self._last = self._start() if known is None else known
        first, batch = spool.read(self._last, BATCH_MAX)
        if batch:
            self.missed.add(first - self._last - 1)
        with self._changed:
            while self._queue and self._queue[0][0] < first + len(batch):
                self._queue.popleft()
            # What failed has left the queue, and the store may not have it yet: an empty queue alone says nothing.
            next_one = self._queue[0][0] if self._queue else self._newest + 1
            if not batch and next_one <= self._last + 1:
                self._behind = False
        return first, batch

    def _start(self) -> int:
        """A sink that never took an event begins with those of now."""
        with self._changed:
            return self._queue[0][0] - 1 if self._queue else self._newest

    def _write(self, first: int, batch: list[AnyEvent]) -> None:
        if self._reopen:
            self._reopen = False
            self.sink.reopen()
        if not batch:
            return
        self.sink.write(batch, first)
        self.written += len(batch)
        self._last = first + len(batch) - 1
        if self._spool is not None:
            self._spool.remember(self.sink.name, self._last)

    def _put_back(self, first: int, batch: list[AnyEvent]) -> None:
        """What failed is first again; without a store, as far as there is room."""
        with self._changed:
            if self._spool is not None:
                self._behind = True
                return
            room = max(self._queue_max - len(self._queue), 0)
            lost = max(len(batch) - room, 0)
            self._queue.extendleft(reversed(list(enumerate(batch, first))[lost:]))
            if lost:
                self.dropped.add(lost)
