"""Collector and workers: what connects them, what each is given, and what it must let go of.

Starts them; who dies and when is the supervisor's business.
"""

import os
import signal
import socket
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from rawspoof import change, worker
from rawspoof.daemon import collecting
from rawspoof.daemon.beats import Beats
from rawspoof.daemon.blueprint import Blueprint
from rawspoof.daemon.child import Child
from rawspoof.daemon.openings import Openings, opened
from rawspoof.daemon.refusal import CannotStart
from rawspoof.edges.block.office import Office
from rawspoof.edges.sinks.collector import make_way
from rawspoof.edges.system import privileges, process

if TYPE_CHECKING:
    from rawspoof.edges.web.door import Door

EVENTS_BUFFER: Final = 4 << 20
"""Bytes of a worker's events that wait for the collector: a burst of some thousand, while sinks take their turn."""
EVIDENCE_BUFFER: Final = 2 << 20
"""Bytes of packets that wait for the collector; more are dropped by the worker and counted."""
COLLECTOR_ENDS_S: Final = 1.1
"""A little more than it gives itself."""
HANDOVER_S: Final = 2.5
"""The same for one that finishes what it has for its successor."""
KILLED_S: Final = 1.0
"""Longest time that the kernel takes to end a process."""
COLLECTOR: Final = 0
"""Its number among the children; workers follow."""
_SO_SNDBUFFORCE: Final = 32

Pair = tuple[socket.socket, socket.socket]
"""A worker's end and the collector's."""


class Crew:
    """The processes. `drawn` is what the next one that is started is like."""

    def __init__(self, drawn: Blueprint, office: Office, leave: Callable[[], None], started_at: float) -> None:
        """`leave` lets go, in a child, of what only the supervisor may hold beside what is here."""
        self.drawn, self._office, self._leave, self._started_at = drawn, office, leave, started_at
        sensor, evidence = drawn.config.sensor, drawn.config.evidence
        self.collector = Child("the collector")
        self.workers = [Child(f"worker {number}") for number in range(sensor.workers)]
        self.beats = Beats(1 + sensor.workers)
        self.door: Door | None = None
        self._events = [_pair(EVENTS_BUFFER) for _ in self.workers]
        self._evidence = [_pair(EVIDENCE_BUFFER) for _ in self.workers] if evidence.enabled else []
        self._control: socket.socket | None = None
        self._controls: dict[int, socket.socket] = {}

    @property
    def children(self) -> list[Child]:
        """All of them, by number."""
        return [self.collector, *self.workers]

    @property
    def controls(self) -> list[socket.socket]:
        """The ways to the workers that are there."""
        return [control for number, control in self._controls.items() if self.workers[number].pid]

    def start(self, number: int, at: float) -> None:
        """The child with this number. Raises CannotStart, OSError."""
        if number == COLLECTOR:
            self.start_collector(at)
        else:
            self.start_worker(number - 1, at)

    def start_collector(self, at: float, openings: Openings | None = None) -> None:
        """With places that are open already, or with those that the blueprint asks for. Raises CannotStart."""
        places = openings or opened(self.drawn.made.config)
        if self._control is not None:
            self._control.close()
        self._control, theirs = _pair()
        self._office.listen(self._control)
        ours, orders = _pair()
        self._office.listen_to_admin(ours)
        parent = os.getpid()
        given = collecting.Given(
            drawn=self.drawn, openings=places, door=self.door, control=theirs, orders=orders,
            events=[end for _, end in self._events], evidence=[end for _, end in self._evidence],
            blocked=self._office.blocked(), started_at=self._started_at, beat=self.beats.of(COLLECTOR),
        )  # fmt: skip

        def body() -> int:
            privileges.name("rawspoof-collec")
            self.leave_to_parent()
            for workers, _ in (*self._events, *self._evidence):
                workers.close()
            privileges.become(self.drawn.made.config.sensor.user, ())
            privileges.die_with_parent(signal.SIGTERM, parent)
            return collecting.run(given)

        self.beats.begin(COLLECTOR, at)
        self.collector.started(process.fork(body))
        theirs.close()
        orders.close()
        places.close()

    def start_worker(self, number: int, at: float) -> None:
        """Wait until it is ready. Raises CannotStart."""
        if number in self._controls:
            self._controls.pop(number).close()
        ours, theirs = _pair()
        parent = os.getpid()
        evidence = self._evidence[number][0] if self._evidence else None
        wires = worker.Wires(self._events[number][0], evidence, theirs, self.beats.of(1 + number))

        def body() -> int:
            privileges.name(f"rawspoof-work{number}")
            self.leave_to_parent()
            ours.close()
            if self.door is not None:
                self.door.close()
            for end, collectors in (*self._events, *self._evidence):
                collectors.close()
                if end not in (wires.events, wires.evidence):
                    end.close()
            return worker.run(number, self.drawn.made, self.drawn.templates, wires, parent)

        self.beats.begin(1 + number, at)
        self.workers[number].started(process.fork(body))
        theirs.close()
        if why := change.answer(ours):
            ours.close()
            # Nobody could tell it of new settings: if it comes after all, it is not to stay.
            process.send([self.workers[number].pid], signal.SIGKILL)
            raise CannotStart(f"worker {number} {why}" if why.startswith("it ") else why)
        self._controls[number] = ours

    def replace_collector(self, at: float, openings: Openings) -> None:
        """End the collector, which finishes what it has, and start one that goes on with what workers say meanwhile.

        Raises CannotStart.
        """
        if self.collector.pid:
            if self._control is not None:
                with suppress(OSError):  # it has just ended by itself
                    make_way(self._control)
            end([self.collector.pid], HANDOVER_S)
            # A large one on a busy machine takes a moment; nobody would wait for it afterwards.
            process.await_end([self.collector.pid], KILLED_S)
            self.collector.pid = 0
            # What it asked for last.
            self._office.turn()
        self.start_collector(at, openings)

    def reopen(self) -> None:
        """Have the collector open its files again."""
        if self.collector.pid:
            process.send([self.collector.pid], signal.SIGHUP)

    def leave_to_parent(self) -> None:
        """In a child: let go of what only the supervisor may hold."""
        self._leave()
        if self._control is not None:
            self._control.close()
        for control in self._controls.values():
            control.close()

    def stop_workers(self, within_s: float) -> set[int]:
        """Have them finish what they have; those that were killed instead, and may not have ended yet."""
        pids = [child.pid for child in self.workers if child.pid]
        process.send(pids, signal.SIGTERM)
        stuck = process.await_end(pids, within_s)
        process.send(stuck, signal.SIGKILL)
        return stuck

    def stop_collector(self) -> None:
        """Nothing comes from workers any more: have it write down what there is."""
        for pair in (*self._events, *self._evidence):
            for one in pair:
                one.close()
        if self.door is not None:
            self.door.close()
        if self._control is not None:
            self._control.close()
        if self.collector.pid:
            end([self.collector.pid], COLLECTOR_ENDS_S)


def end(pids: Iterable[int], within_s: float) -> None:
    """Wait for these to end, and then no longer."""
    late = process.await_end(pids, within_s)
    process.send(late, signal.SIGKILL)
    process.await_end(late, 0.2)


def _pair(room: int = 0) -> Pair:
    """A pair whose first end holds so many bytes that were not read yet; 0: as many as the kernel gives."""
    pair = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    if room:
        # What SO_SNDBUF gives ends at net.core.wmem_max.
        pair[0].setsockopt(socket.SOL_SOCKET, _SO_SNDBUFFORCE, room)
    return pair
