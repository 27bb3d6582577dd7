"""The supervisor: starts the processes, keeps them alive, takes over other settings, takes down in reverse order.

It holds the firewall table; whatever ends it ends the table and, through the kernel, its children.
"""

import logging
import signal
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from rawspoof.config.model import Config
from rawspoof.daemon import reload
from rawspoof.daemon.blueprint import Blueprint
from rawspoof.daemon.crew import Crew
from rawspoof.daemon.folders import make_folders
from rawspoof.daemon.refusal import CannotEverStart, CannotStart
from rawspoof.edges.block.office import Office
from rawspoof.edges.sinks.base import SinkError
from rawspoof.edges.system import clock, privileges, process
from rawspoof.edges.system.notify import Notifier

if TYPE_CHECKING:
    from rawspoof.edges.firewall.guard import Guard

WORKERS_END_S: Final = 0.6
LOOK_S: Final = 1.0
"""Longest time between two looks at everything; shorter while a process is to be started again."""
SOON_S: Final = 0.05

log = logging.getLogger(__name__)


class Supervisor:
    """The processes and the firewall table."""

    def __init__(self, drawn: Blueprint, guard: "Guard | None", read: Callable[[], Config], tell: Notifier) -> None:
        """`read` gives the configuration as it is now."""
        self._guard, self._read, self._tell = guard, read, tell
        make_folders(drawn.made.config)
        self._office = Office(drawn.config)
        self._crew = Crew(drawn, self._office, self._leave_to_parent, clock.steady()())
        self._troubled = False

    def start(self) -> None:
        """Collector, workers, then the table: packets come when somebody listens. Raises CannotStart, FirewallError."""
        self._open_door()
        for number in range(len(self._crew.children)):
            self._crew.start(number, time.monotonic())
        if self._guard is not None:
            self._guard.install()
        self._office.begin(self._guard)
        privileges.limit(privileges.SUPERVISOR if privileges.is_root() else privileges.PACKETS)
        what = _summary(self._crew.drawn)
        log.info("ready: %s; Ctrl-C ends it", what)
        self._tell.ready(what)

    def watch(self) -> None:
        """Until SIGTERM or SIGINT: start again what dies or hangs, reload at SIGHUP, block and unblock (SIGIO)."""
        signals = process.SIGNALS | {signal.SIGIO}
        signal.pthread_sigmask(signal.SIG_BLOCK, signals)
        look_s = min(LOOK_S, self._tell.watchdog_s / 4 or LOOK_S)
        while True:
            all_there = all(child.pid for child in self._crew.children)
            got = signal.sigtimedwait(signals, look_s if all_there else SOON_S)
            if got is not None and got.si_signo in (signal.SIGTERM, signal.SIGINT):
                return
            if got is not None and got.si_signo == signal.SIGHUP:
                self._reload()
            self._look_after_children()
            self._office.turn()

    def stop(self) -> None:
        """Rules out first, then the workers finish what they have, then the collector writes it down."""
        self._tell.stopping()
        if self._guard is not None:
            self._guard.remove()
        stuck = self._crew.stop_workers(WORKERS_END_S)
        self._office.close()
        self._crew.stop_collector()
        process.await_end(stuck, 0.2)

    def _open_door(self) -> None:
        """The web admin's, where there is to be one. Raises CannotStart."""
        config = self._crew.drawn.made.config
        if not config.admin.port:
            return
        # What it is made of takes a while to import.
        from rawspoof.edges.web.door import open_door

        try:
            self._crew.door = open_door(config)
        except SinkError as error:
            raise CannotEverStart(str(error)) from None

    def _leave_to_parent(self) -> None:
        """In a child: let go of what only the supervisor may hold."""
        self._office.close_inherited()
        if self._guard is not None:
            self._guard.close_inherited()

    # Settings

    def _reload(self) -> None:
        self._tell.reloading()
        try:
            line = reload.reload(self._crew, self._read, self._guard, self._office)
            log.info("%s", line)
        except reload.Refused as why:
            line = f"not reloaded, all goes on as before: {why}"
            log.error("%s", line)
        except Exception as error:  # our mistake must not end a sensor that answers
            line = f"not reloaded: the reload broke, please report it: {error!r}"
            log.error("%s", line, exc_info=error)
        self._tell.ready(f"{line}; {_summary(self._crew.drawn)}")

    # Keeping alive

    def _look_after_children(self) -> None:
        """Who hangs is ended, who has ended is started again, and systemd hears whether all is well."""
        now = time.monotonic()
        silent = self._crew.beats.silent(now)
        for number, child in enumerate(self._crew.children):
            if not child.pid:
                continue
            if ended := child.ended():
                child.died()
                self._trouble(f"{child.name} ended ({ended}), starting it again")
            elif number in silent:
                self._trouble(f"{child.name} hangs, ending it")
                process.send([child.pid], signal.SIGKILL)
                self._crew.beats.begin(number, now)
        self._revive(now)
        if silent or not all(child.pid for child in self._crew.children):
            return
        if self._troubled:
            self._troubled = False
            self._tell.status(_summary(self._crew.drawn))
        self._tell.alive()

    def _revive(self, now: float) -> None:
        for number, child in enumerate(self._crew.children):
            if child.pid or child.due_at > now:
                continue
            try:
                self._crew.start(number, now)
            except (CannotStart, OSError) as error:
                if not child.pid:
                    child.failed()
                self._trouble(str(error))

    def _trouble(self, what: str) -> None:
        self._troubled = True
        log.warning("%s", what)
        self._tell.status(what)


def _summary(drawn: Blueprint) -> str:
    sensor, world = drawn.config.sensor, drawn.config.world
    where = ", ".join(sensor.interfaces) or "every interface but loopback"
    if sensor.addresses:
        where += f" for {', '.join(sensor.addresses)}"
    what = f"only {world.only}" if world.only else f"world {world.kind}"
    return f"{where}, {what}, as {next(iter(drawn.made.faces.values())).name}, {sensor.workers} worker(s)"
