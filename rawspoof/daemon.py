"""The supervisor: builds everything once, starts the processes, keeps them alive, takes down in reverse order.

It holds the firewall table; whatever ends it ends the table and, through the kernel, its children.
"""

import logging
import os
import pwd
import signal
import socket
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import msgspec

from rawspoof import assembly, worker
from rawspoof.config.model import Config
from rawspoof.core.personality.looks import Offer
from rawspoof.core.personality.model import Personality
from rawspoof.core.watch.blocklist import Blocked
from rawspoof.edges.block.office import Office
from rawspoof.edges.block.outlets import EVENTS_MAX, BlocksOnly, outlets, prepare
from rawspoof.edges.block.petition import petition
from rawspoof.edges.evidence.folder import folder_of
from rawspoof.edges.evidence.keeper import keep
from rawspoof.edges.sinks.base import SinkError
from rawspoof.edges.sinks.collector import collect, dispatcher, open_far, open_sinks, store_folder
from rawspoof.edges.system import clock, personalities, privileges, process, secret
from rawspoof.edges.web import place

if TYPE_CHECKING:
    from rawspoof.edges.firewall.guard import Guard
    from rawspoof.edges.sinks.nats import Dial
    from rawspoof.edges.web.door import Door
    from rawspoof.edges.web.web import Web

READY_WITHIN_S: Final = 10.0
WORKERS_END_S: Final = 0.6
COLLECTOR_ENDS_S: Final = 1.1
EVENTS_BUFFER: Final = 4 << 20
"""Bytes of a worker's events that wait for the collector: a burst of some thousand, while sinks take their turn."""
RESTART_AFTER_S: Final = 0.1
RESTART_AFTER_MAX_S: Final = 5.0
"""A process that dies again and again is started again ever later, up to this."""

EVIDENCE_BUFFER: Final = 2 << 20
"""Bytes of packets that wait for the collector; more are dropped by the worker and counted."""
_SO_SNDBUFFORCE: Final = 32

Pair = tuple[socket.socket, socket.socket]
"""A worker's end and the collector's."""

log = logging.getLogger(__name__)


class CannotStart(Exception):
    """One line that says why, and the cure; nothing has been installed."""


def run(config: Config) -> int:
    """The daemon's exit status: 0 after SIGTERM or Ctrl-C, 2 if it cannot start."""
    try:
        supervisor = _start(config)
    except CannotStart as why:
        log.error("%s", why)
        return 2
    try:
        supervisor.watch()
    finally:
        supervisor.stop()
    return 0


def _start(config: Config) -> "Supervisor":
    """Everything up and answering. Raises CannotStart."""
    if os.geteuid() or not privileges.held(privileges.CAP_NET_ADMIN):
        raise CannotStart("only root can take packets from the kernel: sudo rawspoof run …")
    _check_user(config.sensor.user)
    try:
        faces = personalities.faces(config)
    except personalities.UnknownPersonality as error:
        raise CannotStart(str(error)) from None
    # Both are slow to import, and there are two cores: scapy in a child that ends, pyroute2 here meanwhile.
    forging = _Forging(faces)
    from rawspoof.edges.firewall.guard import FirewallError, Guard, check_interfaces
    from rawspoof.edges.firewall.plan import plan_from

    plan = plan_from(config)
    try:
        check_interfaces(plan)
        made = assembly.parts(place.prepared(config), secret.load(config), faces)
        supervisor = Supervisor(made, forging.result(), Guard(plan) if config.sensor.firewall else None)
    except (FirewallError, secret.SecretError) as error:
        raise CannotStart(str(error)) from None
    try:
        supervisor.start()
    except (FirewallError, OSError, CannotStart) as error:
        supervisor.stop()
        raise CannotStart(str(error)) from None
    return supervisor


def _check_user(name: str) -> None:
    """Nothing, if there is this user. Raises CannotStart."""
    try:
        pwd.getpwnam(name)
    except KeyError:
        raise CannotStart(f"there is no user {name!r}: name one in sensor.user") from None


class _Forging:
    """Templates being forged in a child of their own, whose 50 MB of scapy go with it."""

    def __init__(self, faces: Mapping[str, Personality]) -> None:
        self._ours, theirs = socket.socketpair()
        self._pid = process.fork(lambda: _forge(faces, theirs))
        theirs.close()

    def result(self) -> dict[str, dict[Offer, bytes]]:
        """The templates. Raises CannotStart."""
        with self._ours, self._ours.makefile("rb") as file:
            message = file.read()
        os.waitpid(self._pid, 0)
        if not message:
            raise CannotStart("scapy could not forge the templates (see above): scripts/install mends the installation")
        return msgspec.msgpack.decode(message, type=dict[str, dict[Offer, bytes]])


def _forge(faces: Mapping[str, Personality], out: socket.socket) -> int:
    templates = {family: personalities.forge(face) for family, face in faces.items()}
    out.sendall(msgspec.msgpack.encode(templates))
    return 0


class _Child:
    """A process that is to be there, and how its restarts are spaced."""

    def __init__(self) -> None:
        self.pid = 0
        self.due_at = 0.0
        self._delay_s = RESTART_AFTER_S
        self._started_at = 0.0

    def started(self, pid: int) -> None:
        self.pid, self._started_at = pid, time.monotonic()

    def died(self) -> None:
        """Put it on the list for a restart, later if it did not live long."""
        now = time.monotonic()
        lived = now - self._started_at
        self._delay_s = RESTART_AFTER_S if lived > 10 else min(self._delay_s * 2, RESTART_AFTER_MAX_S)
        self.pid, self.due_at = 0, now + self._delay_s


class Supervisor:
    """The processes and the firewall table."""

    def __init__(self, made: assembly.Parts, templates: assembly.Templates, guard: "Guard | None") -> None:
        self._made, self._templates, self._guard = made, templates, guard
        self._collector = _Child()
        self._workers = [_Child() for _ in range(made.config.sensor.workers)]
        self._events: list[Pair] = []
        self._evidence: list[Pair] = []
        self._control: socket.socket | None = None
        self._door: Door | None = None
        self._started_at = clock.steady()()
        self._office: Office | None = None

    def start(self) -> None:
        """Collector, workers, then the table: packets come when somebody listens. Raises CannotStart, FirewallError."""
        self._events = [_pair(EVENTS_BUFFER) for _ in self._workers]
        if self._made.config.evidence.enabled:
            self._evidence = [_pair(EVIDENCE_BUFFER) for _ in self._workers]
        self._make_folders()
        self._open_door()
        self._office = Office(self._made.config)
        self._start_collector()
        for number in range(len(self._workers)):
            self._start_worker(number)
        if self._guard is not None:
            self._guard.install()
        self._office.begin(self._guard)
        privileges.limit(
            {
                privileges.CAP_NET_ADMIN,
                privileges.CAP_NET_RAW,
                privileges.CAP_SETUID,
                privileges.CAP_SETGID,
                privileges.CAP_KILL,
            }
        )
        log.info("ready: %s", _summary(self._made))

    def watch(self) -> None:
        """Until SIGTERM or SIGINT: start again what dies, pass SIGHUP on, block and unblock (SIGIO)."""
        signals = process.SIGNALS | {signal.SIGIO}
        signal.pthread_sigmask(signal.SIG_BLOCK, signals)
        while True:
            got = signal.sigtimedwait(signals, 0.05 if self._anything_due() else 1.0)
            if got is not None and got.si_signo in (signal.SIGTERM, signal.SIGINT):
                return
            if got is not None and got.si_signo == signal.SIGHUP and self._collector.pid:
                process.send([self._collector.pid], signal.SIGHUP)
            self._reap()
            self._revive()
            if self._office is not None:
                self._office.turn()

    def stop(self) -> None:
        """Rules out first, then the workers finish what they have, then the collector writes it down."""
        if self._guard is not None:
            self._guard.remove()
        workers = [child.pid for child in self._workers if child.pid]
        process.send(workers, signal.SIGTERM)
        stuck = process.await_end(workers, WORKERS_END_S)
        process.send(stuck, signal.SIGKILL)
        for pair in (*self._events, *self._evidence):
            for end in pair:
                end.close()
        if self._door is not None:
            self._door.close()
        if self._office is not None:
            self._office.close()
        if self._control is not None:
            self._control.close()
        if self._collector.pid:
            late = process.await_end([self._collector.pid], COLLECTOR_ENDS_S)
            process.send(late, signal.SIGKILL)
            process.await_end(late, 0.2)
        process.await_end(stuck, 0.2)

    # Starting

    def _start_collector(self) -> None:
        try:
            sinks = open_sinks(self._made.config, socket.gethostname())
            far = open_far(self._made.config, socket.gethostname())
            dial = _fleet_dial(self._made.config)
        except OSError as error:
            raise CannotStart(f"{error.filename}: {error.strerror}: name a file that can be written") from None
        except SinkError as error:
            raise CannotStart(str(error)) from None
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        parent, office = os.getpid(), self._office
        assert office is not None, "start makes it"
        office.listen(self._control)
        ours, orders = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        office.listen_to_admin(ours)

        def body() -> int:
            privileges.name("rawspoof-collec")
            self._leave_to_parent()
            for workers, _ in (*self._events, *self._evidence):
                workers.close()
            privileges.become(self._made.config.sensor.user, ())
            privileges.die_with_parent(signal.SIGTERM, parent)
            config, evidence = self._made.config, [end for _, end in self._evidence]
            keeper = keep(evidence, config) if evidence else None
            events = [end for _, end in self._events]
            web = self._web(orders, office.blocked())
            outer = outlets(config, socket.gethostname(), office.blocked())
            member = None
            if dial is not None:
                from rawspoof.edges.fleet.join import join

                member = join(config, dial, theirs, office.blocked(), socket.gethostname(), self._started_at)
                outer.append(BlocksOnly(member, EVENTS_MAX))
            spread = dispatcher(config, sinks, far, outer if web is None else [*outer, web.lane])
            return collect(theirs, events, spread, keeper, petition(config, theirs), web, member)

        self._collector.started(process.fork(body))
        for end in (theirs, orders):
            end.close()
        for sink in (*sinks, *far):
            sink.close()

    def _open_door(self) -> None:
        """The web admin's, where there is to be one. Raises CannotStart."""
        if not self._made.config.admin.port:
            return
        # What it is made of takes a while to import.
        from rawspoof.edges.web.door import open_door

        try:
            self._door = open_door(self._made.config)
        except SinkError as error:
            raise CannotStart(str(error)) from None

    def _web(self, orders: socket.socket, blocked: list[Blocked]) -> "Web | None":
        """The web admin, in the collector, where there is to be one."""
        if self._door is None:
            return None
        from rawspoof.edges.web.web import Web

        made, personality = self._made, next(iter(self._made.faces.values())).name
        return Web(made.config, self._door, orders, made.world, personality, self._started_at, blocked)

    def _make_folders(self) -> None:
        """Those of store and evidence, the collector's own. Raises OSError."""
        config = self._made.config
        user = pwd.getpwnam(config.sensor.user)
        wanted = ((config.store.enabled, store_folder(config)), (config.evidence.enabled, folder_of(config)))
        for folder in (folder for enabled, folder in wanted if enabled):
            folder.mkdir(parents=True, exist_ok=True, mode=0o750)
            os.chown(folder, user.pw_uid, user.pw_gid)
        prepare(config)
        if config.admin.port:
            place.make(config, user.pw_uid, user.pw_gid)

    def _start_worker(self, number: int) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        events, parent = self._events[number][0], os.getpid()
        evidence = self._evidence[number][0] if self._evidence else None

        def body() -> int:
            privileges.name(f"rawspoof-work{number}")
            self._leave_to_parent()
            if self._door is not None:
                self._door.close()
            for end, collectors in (*self._events, *self._evidence):
                collectors.close()
                if end not in (events, evidence):
                    end.close()
            return worker.run(number, self._made, self._templates, events, evidence, theirs, parent)

        self._workers[number].started(process.fork(body))
        theirs.close()
        with ours:
            ours.settimeout(READY_WITHIN_S)
            try:
                said = ours.recv(4096)
            except TimeoutError:
                said = b"it does not answer"
        if said != worker.READY:
            raise CannotStart(said.decode() or f"worker {number} ended before it was ready (see above)")

    def _leave_to_parent(self) -> None:
        """In a child: let go of what only the supervisor may hold."""
        if self._control is not None:
            self._control.close()
        if self._office is not None:
            self._office.close_inherited()
        if self._guard is not None:
            self._guard.close_inherited()

    # Keeping alive

    def _anything_due(self) -> bool:
        return not all(child.pid for child in (self._collector, *self._workers))

    def _reap(self) -> None:
        for what, child in self._children():
            if child.pid and (ended := _exit_of(child.pid)) is not None:
                child.died()
                log.warning("%s ended (%s), starting it again", what, ended)

    def _children(self) -> list[tuple[str, _Child]]:
        return [("the collector", self._collector), *((f"worker {n}", c) for n, c in enumerate(self._workers))]

    def _revive(self) -> None:
        now = time.monotonic()
        try:
            if not self._collector.pid and self._collector.due_at <= now:
                self._start_collector()
            for number, child in enumerate(self._workers):
                if not child.pid and child.due_at <= now:
                    self._start_worker(number)
        except (CannotStart, OSError) as error:
            log.error("%s", error)


def _fleet_dial(config: Config) -> "Dial | None":
    """The way to the fleet's broker, where there is a fleet. Raises SinkError."""
    if not config.fleet.url:
        return None
    # TLS takes a while to import.
    from rawspoof.edges.sinks.named import open_fleet

    return open_fleet(config, socket.gethostname())


def _pair(room: int = 0) -> Pair:
    """A pair whose first end holds so many bytes that were not read yet; 0: as many as the kernel gives."""
    pair = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    if room:
        # What SO_SNDBUF gives ends at net.core.wmem_max.
        pair[0].setsockopt(socket.SOL_SOCKET, _SO_SNDBUFFORCE, room)
    return pair


def _exit_of(pid: int) -> str | None:
    """How a child ended, None if it has not."""
    try:
        ended, status = os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return "lost"
    if not ended:
        return None
    code = os.waitstatus_to_exitcode(status)
    return f"signal {-code}" if code < 0 else f"status {code}"


def _summary(made: assembly.Parts) -> str:
    sensor, world = made.config.sensor, made.config.world
    where = ", ".join(sensor.interfaces) or "every interface but loopback"
    if sensor.addresses:
        where += f" for {', '.join(sensor.addresses)}"
    what = f"only {world.only}" if world.only else f"world {world.kind}"
    return f"{where}, {what}, as {next(iter(made.faces.values())).name}, {sensor.workers} worker(s); Ctrl-C ends it"
