"""New settings on their way from the supervisor to the workers: prepared by all of them, then taken over by all.

Both ends are here. They travel as a pickle in shared memory, which is safe this way only: from more rights to fewer.
"""

import gc
import mmap
import os
import pickle
import socket
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Final, NamedTuple

from rawspoof import assembly
from rawspoof.config.model import Config
from rawspoof.core.conversation.fuzz import Payloads
from rawspoof.core.personality.model import Personality
from rawspoof.core.sensor import Fittings, Sensor
from rawspoof.core.watch.rule import Rules
from rawspoof.core.world.world import World

PREPARE, COMMIT, FORGET = b"prepare", b"commit", b"forget"
DONE: Final = b"ready"
FIRST: Final = b"%020d" % 0
"""The number of what a worker says unasked, once packets can come."""
WITHIN_S: Final = 10.0
"""Longest time for the answers of all workers, each of which needs some 50 ms; systemd's watchdog waits for 30 s."""
SENT_S: Final = 0.1
"""Longest time for a question: one who has so many unread ones that it does not fit hangs."""
_BYTES_MAX: Final = 4096


class Change(NamedTuple):
    """All that a worker does not make itself."""

    config: Config
    faces: Mapping[str, Personality]
    world: World | None
    """None: the one that there is."""
    payloads: Payloads | None
    rules: Rules
    templates: assembly.Templates


# The supervisor's end


def prepare(workers: Iterable[socket.socket], change: Change) -> str:
    """Have each look at it without doing it; "" if all are ready, or the line of one that is not."""
    fd = os.memfd_create("rawspoof-change")
    try:
        with open(fd, "wb", closefd=False) as file:
            pickle.dump(change, file, 5)
        why = _asked(workers, PREPARE, [fd])
        return f"a worker: {why}; reload again once it was replaced" if why.startswith("it ") else why
    finally:
        os.close(fd)


def finish(workers: Iterable[socket.socket], what: bytes) -> str:
    """Have each COMMIT or FORGET what it prepared; "" if all have, or the line of one that has not.

    Of those that are to FORGET none is waited for: it may be one that hangs.
    """
    return _asked(workers, what, [])


def answer(worker: socket.socket, number: bytes = FIRST, until: float | None = None) -> str:
    """What a worker says to what was asked under this number: "" for DONE.

    Waits for it until this moment of the monotonic clock; None: for WITHIN_S.
    """
    until = time.monotonic() + WITHIN_S if until is None else until
    try:
        said = b""
        # What came too late is no answer to anything any more.
        while not said.startswith(number):
            worker.settimeout(max(until - time.monotonic(), 0.001))
            if not (said := worker.recv(_BYTES_MAX)):
                break
    except TimeoutError:
        return "it does not answer"
    except OSError as error:
        return error.strerror or str(error)
    what = said[len(number) :]
    return "" if what == DONE else what.decode(errors="replace") or "it ended (see above)"


def _asked(workers: Iterable[socket.socket], what: bytes, fds: list[int]) -> str:
    number, asked, until = b"%020d" % time.monotonic_ns(), [], time.monotonic() + WITHIN_S
    for worker in workers:
        worker.settimeout(SENT_S)
        with suppress(OSError):  # it has ended, and will be started again as things are then
            socket.send_fds(worker, [number + what], fds)
            asked.append(worker)
    if what == FORGET:
        # Whatever it answers, and whenever: it forgets before it hears of anything else.
        return ""
    wrong = [why for worker in asked if (why := answer(worker, number, until))]
    return wrong[0] if wrong else ""


# The worker's end


class Changing:
    """Hears of changes between two packets, and takes them over."""

    def __init__(
        self,
        control: socket.socket,
        sensor: Sensor,
        made: assembly.Parts,
        now: Callable[[], float],
        took: Callable[[Config], None],
    ) -> None:
        """`took` is told of the configuration that counts from now on."""
        self._control, self._sensor, self._made, self._now, self._took = control, sensor, made, now, took
        self._prepared: tuple[assembly.Parts, Fittings] | None = None
        # Python 3.11's recv_fds ignores MSG_DONTWAIT.
        control.setblocking(False)

    def hear(self) -> bool:
        """Do what is asked for, if anything is; False if nobody will ask any more."""
        try:
            said, fds, _, _ = socket.recv_fds(self._control, _BYTES_MAX, 1)
        except BlockingIOError:
            return True
        except OSError:
            return False
        number, what = said[: len(FIRST)], said[len(FIRST) :]
        if what == PREPARE:
            self._say(number + self._prepare(fds))
        elif what == COMMIT:
            self._commit()
            self._say(number + DONE)
        elif what == FORGET:
            self._prepared = None
            self._say(number + DONE)
        return bool(said)

    def _prepare(self, fds: list[int]) -> bytes:
        # What comes is kept or let go as a whole: looking for cycles in it would only take time.
        gc.disable()
        try:
            with mmap.mmap(fds[0], 0, access=mmap.ACCESS_READ) as memory:
                change: Change = pickle.loads(memory)  # noqa: S301  our parent's, by a socket that nobody else has
            made = self._made._replace(
                config=change.config,
                faces=change.faces,
                world=change.world or self._made.world,
                payloads=change.payloads,
                rules=change.rules,
            )
            self._prepared = made, assembly.refitted(self._sensor, made, change.templates)
        except Exception as error:
            return f"a worker cannot take it over: {error!r}"[:1000].encode()
        finally:
            gc.enable()
            for fd in fds:
                os.close(fd)
        return DONE

    def _commit(self) -> None:
        if self._prepared is None:
            return
        (self._made, fit), self._prepared = self._prepared, None
        self._sensor.refit(fit, self._now())
        self._took(self._made.config)
        gc.freeze()

    def _say(self, what: bytes) -> None:
        with suppress(OSError):
            self._control.send(what)
