"""The collector's process: batches of events come in from the workers, and go to the sinks through the dispatcher.

It has no capability and trusts no worker: what is not a batch is counted. Knows nothing of packets.
"""

import logging
import selectors
import signal
import socket
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final, Protocol

from rawspoof.core.event import AnyEvent
from rawspoof.edges.block import petition
from rawspoof.edges.sinks import touches
from rawspoof.edges.sinks.base import Tally
from rawspoof.edges.sinks.batch import MESSAGE_BYTES_MAX, decoder, own_decoder
from rawspoof.edges.sinks.dispatcher import Dispatcher

DRAIN_S: Final = 1.0
"""Longest time between being told to end and ending; what the workers have not said by then is lost."""

WORKERS_MAX: Final = 128
"""Sockets held at once: twice the workers there can be, for one that died may not be gone when the next comes."""

BEAT_S: Final = 1.0
"""Longest time between two signs of life."""

LEAVE: Final = b"leave"
"""The supervisor's word for `make_way`."""

COUNTERS_MAX: Final = 64
"""Counter names kept; a worker has about a dozen, and one that invents more is ill."""

Decode = Callable[[memoryview], tuple[Sequence[AnyEvent], dict[str, int]]]
"""Makes events and counters of a message, see `batch.decoder`."""

Judge = Callable[[Sequence[AnyEvent]], Sequence[AnyEvent]]
"""Makes alerts of events, see `petition.Petition`."""


Touched = Callable[[Sequence[touches.Ports]], None]
"""Takes what sources have touched."""


class Admin(Protocol):
    """Whoever shows what goes on; `web.Web`."""

    def start(self, dispatcher: Dispatcher, counts: Callable[[], Mapping[str, int]]) -> None:
        """Begin; `counts` gives everything counted by name."""

    def touched(self, told: Sequence[touches.Ports]) -> None:
        """Ports were touched for the first time by a source."""

    def stop(self) -> None:
        """End, soon."""


class Member(Protocol):
    """Whoever tells the fleet of this sensor; `fleet.member.Member`."""

    def start(self, dispatcher: Dispatcher, counts: Callable[[], Mapping[str, int]]) -> None:
        """Begin; `counts` gives everything counted by name."""

    def stop(self) -> None:
        """End, soon."""


log = logging.getLogger(__name__)


def hand_over(control: socket.socket, worker: socket.socket) -> None:
    """Give a new worker's socket to the collector, through the supervisor's end of the control socket."""
    socket.send_fds(control, [b"w"], [worker.fileno()])


def make_way(control: socket.socket) -> None:
    """Have the collector finish what it has heard so far and end: what workers say from now on is another's."""
    control.send(LEAVE)


def collect(
    control: socket.socket,
    workers: Sequence[socket.socket],
    dispatcher: Dispatcher,
    keeper: socket.socket | None = None,
    judge: Judge | None = None,
    admin: Admin | None = None,
    member: Member | None = None,
    beat: Callable[[], None] = lambda: None,
) -> int:
    """Run the collector in a process of its own until it is told to end, and give its exit status.

    `control` and `workers` are its ends of SOCK_SEQPACKET pairs. It ends when the supervisor's end of `control` is
    closed or SIGTERM comes: then as soon as every worker has closed its end, at the latest after DRAIN_S. SIGHUP
    reopens the files. The signals may be blocked across the fork: they are unblocked here. Closes the sinks.
    `keeper` tells of evidence, as a worker tells of what it saw; `judge` is asked about everything the workers told.
    `admin` shows what goes on, `member` tells the fleet, each from threads of its own. `beat` is a sign of life.
    """
    touched = (lambda told: None) if admin is None else admin.touched
    collector = Collector(control, workers, dispatcher, judge, touched, beat)
    if keeper is not None:
        collector.adopt_keeper(keeper)
    beside = [one for one in (admin, member) if one is not None]
    for one in beside:
        one.start(dispatcher, collector.counts)
    try:
        collector.run()
        for one in beside:
            one.stop()
        if not dispatcher.close():
            raise _Late
        signal.setitimer(signal.ITIMER_REAL, 0)
    except _Late:
        log.warning("collector: ended before the workers did")
    if dispatcher.handed:
        log.info("collector: %d events, %s", dispatcher.handed, collector.summary())
    return 0


class _Late(BaseException):
    """DRAIN_S is over. Raised from the alarm, so that a write that blocks (a pipe nobody reads) ends as well."""


class Collector:
    """The loop and what it counts. Takes over the signals of its process."""

    def __init__(
        self,
        control: socket.socket,
        workers: Sequence[socket.socket],
        dispatcher: Dispatcher,
        judge: Judge | None = None,
        touched: Touched = lambda told: None,
        beat: Callable[[], None] = lambda: None,
    ) -> None:
        self._beat = beat
        self._keeper: socket.socket | None = None
        self._dispatcher, self._judge, self._touched = dispatcher, judge, touched
        self._decode = decoder()
        self._buffer = memoryview(bytearray(MESSAGE_BYTES_MAX))
        self._stopping = False
        self._workers: dict[socket.socket, dict[str, int]] = {}
        self._malformed = Tally("collector: malformed batches")
        self._refused = Tally("collector: worker sockets refused")
        self._counters: dict[str, Tally] = {}
        self._selector = selectors.DefaultSelector()
        self._selector.register(control, selectors.EVENT_READ, self._on_control)
        for worker in workers:
            self.adopt(worker)

    def run(self) -> None:
        """Serve until told to end and drained. Raises _Late."""
        self._take_signals()
        while self._workers or not self._stopping:
            self._beat()
            for key, _ in self._selector.select(BEAT_S):
                key.data(key.fileobj)

    def counts(self) -> dict[str, int]:
        """Everything counted, by name. May be called from any thread."""
        tallies = {"malformed_batches": self._malformed, **self._counters}
        lanes = self._dispatcher.lanes
        return {
            **{name: tally.count for name, tally in tallies.items()},
            "events_missed": sum(lane.missed.count for lane in lanes),
            "events_lost": sum(lane.lost for lane in lanes),
        }

    def summary(self) -> str:
        """Everything counted that is not zero, as `name=count`."""
        tallies = {"malformed": self._malformed, **self._counters}
        tallies |= {f"{lane.sink.name} dropped": lane.dropped for lane in self._dispatcher.lanes}
        return " ".join(f"{name}={tally.count}" for name, tally in tallies.items() if tally.count) or "nothing lost"

    def _take_signals(self) -> None:
        wake, woken = socket.socketpair()
        woken.setblocking(False)
        signal.set_wakeup_fd(woken.detach(), warn_on_full_buffer=False)
        self._selector.register(wake, selectors.EVENT_READ, self._on_signal)
        # Ctrl-C reaches every process of the terminal; ours is to stay until the others have said their last.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGHUP, lambda *_: None)
        signal.signal(signal.SIGTERM, lambda *_: self._stop())
        signal.signal(signal.SIGALRM, _late)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGHUP, signal.SIGTERM, signal.SIGALRM})

    def _on_signal(self, wake: socket.socket) -> None:
        if signal.SIGHUP in wake.recv(64):
            self._dispatcher.reopen()

    def _on_control(self, control: socket.socket) -> None:
        said, fds, _, _ = socket.recv_fds(control, MESSAGE_BYTES_MAX, WORKERS_MAX)
        for fd in fds:
            self.adopt(socket.socket(fileno=fd))
        if said.startswith(petition.EVENTS):
            self._dispatcher.put(petition.decode(said))
        if said == LEAVE:
            self._leave()
        if not said:
            self._selector.unregister(control)
            self._stop()

    def _on_worker(self, decode: Decode, worker: socket.socket) -> None:
        if worker not in self._workers:
            # Told to leave in this very turn: what waits there is the successor's.
            return
        try:
            size = worker.recv_into(self._buffer)
        except OSError:
            size = 0
        if not size:
            self._selector.unregister(worker)
            del self._workers[worker]
            worker.close()
            return
        try:
            if self._buffer[0] == touches.MARK:
                self._touched(touches.decode(self._buffer[:size]))
                return
            events, counters = decode(self._buffer[:size])
        except (ValueError, RecursionError) as error:
            self._malformed.add(1, repr(error))
            return
        self._dispatcher.put(events)
        if self._judge is not None:
            self._dispatcher.put(self._judge(events))
        self._count(worker, counters)

    def adopt(self, worker: socket.socket, decode: Decode | None = None) -> None:
        """Hear what comes from this socket, in a form of its own."""
        if len(self._workers) >= WORKERS_MAX:
            self._refused.add(1)
            worker.close()
            return
        self._workers[worker] = {}
        self._selector.register(worker, selectors.EVENT_READ, partial(self._on_worker, decode or self._decode))

    def adopt_keeper(self, keeper: socket.socket) -> None:
        """Hear of evidence; it completes its files when it is told to end."""
        self._keeper = keeper
        self.adopt(keeper, own_decoder())

    def _leave(self) -> None:
        """Hear nobody any more but the keeper, which has a few last words."""
        for worker in [worker for worker in self._workers if worker is not self._keeper]:
            self._selector.unregister(worker)
            del self._workers[worker]
        if self._keeper is not None and self._keeper in self._workers:
            self._keeper.shutdown(socket.SHUT_WR)
        self._stop()

    def _count(self, worker: socket.socket, totals: dict[str, int]) -> None:
        """Add what a worker's totals have grown by; its names reach the log, so they must be plain words."""
        before = self._workers[worker]
        for name, total in totals.items():
            if name not in self._counters and len(self._counters) < COUNTERS_MAX and name.isidentifier():
                self._counters[name] = Tally(f"workers: {name}")
            if name in self._counters:
                self._counters[name].add(total - before.get(name, 0))
        self._workers[worker] = totals

    def _stop(self) -> None:
        if not self._stopping:
            self._stopping = True
            signal.setitimer(signal.ITIMER_REAL, DRAIN_S)


def _late(*_: Any) -> None:
    raise _Late
