"""One packet process: link, sensor and loop. Never blocks on anything but its queue."""

import gc
import logging
import signal
import socket
from collections.abc import Callable
from functools import partial
from typing import Final, NamedTuple

from rawspoof import assembly
from rawspoof.change import DONE, FIRST, Changing
from rawspoof.config.model import Config
from rawspoof.edges.firewall.plan import MARK
from rawspoof.edges.link.base import Link
from rawspoof.edges.link.evidence import EvidenceLink
from rawspoof.edges.link.nfqueue import NfqueueLink, QueueTaken
from rawspoof.edges.sinks.asked import wanted
from rawspoof.edges.system import clock, privileges
from rawspoof.loop import serve
from rawspoof.telling import Publisher, Teller

TURN_S: Final = 0.25
"""Between two looks at what the supervisor wants, each of which tells it that we live."""
ERRORS_SHOWN_MAX: Final = 100
"""Packets that broke something and are logged in hex; later ones are only counted."""

log = logging.getLogger(__name__)


class Wires(NamedTuple):
    """What connects a worker with the others: its ends of pairs of sockets."""

    events: socket.socket
    evidence: socket.socket | None
    control: socket.socket
    """The supervisor's; blocks."""
    beat: Callable[[], None]
    """To be called now and then, as a sign of life."""


def run(number: int, made: assembly.Parts, templates: assembly.Templates, wires: Wires, parent: int) -> int:
    """The worker's exit status. Says DONE on `wires.control` once packets can come, or in a line why they cannot."""
    sensor = assembly.sensor(made, templates)
    config = made.config.sensor
    try:
        link = NfqueueLink(config.queue + number, config.queue_max, MARK, clock.steady())
        publisher = Publisher(wires.events, sensor.tally, lambda: link.unsent, wanted(made.config), sensor.lost)
        teller = Teller(wires.events, sensor.fresh, clock.steady())
        link.idle = _both(publisher.flush, teller) if made.config.admin.port else publisher.flush
        privileges.become(config.user, privileges.PACKETS)
    except QueueTaken as error:
        return _refuse(
            wires.control, f"{error}: another rawspoof runs, or `rawspoof doctor` says who; --queue takes another"
        )
    except OSError as error:
        cure = "start as root, or with CAP_NET_ADMIN and CAP_NET_RAW"
        return _refuse(wires.control, f"no right to read packets ({error.strerror}): {cure}")
    privileges.die_with_parent(signal.SIGKILL, parent)
    signal.signal(signal.SIGTERM, lambda *_: link.stop())
    # What was loaded stays for good: the collector of cycles need not look at it again and again.
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    _attend(link, wires, Changing(wires.control, sensor, made, clock.steady(), partial(_took, publisher)))
    wires.control.send(FIRST + DONE)
    door: Link = link if wires.evidence is None else EvidenceLink(link, wires.evidence, sensor.scan_of)
    serve(door, sensor, publisher, _Complaints())
    publisher.close()
    door.close()
    return 0


def _attend(link: NfqueueLink, wires: Wires, changing: Changing) -> None:
    """Have the link look after the supervisor between packets."""
    asked = True

    def turn() -> None:
        nonlocal asked
        wires.beat()
        if asked and not changing.hear():
            # The supervisor lets go of us first when it ends; packets that wait are still answered.
            asked = False
            link.neglect()

    link.attend(wires.control.fileno(), turn, TURN_S)


def _took(publisher: Publisher, config: Config) -> None:
    publisher.wanted = wanted(config)


class _Complaints:
    """Logs what broke on a packet, with the packet in hex, up to a number of times."""

    def __init__(self) -> None:
        self._shown = 0

    def __call__(self, error: Exception, raw: bytes | None) -> None:
        self._shown += 1
        if self._shown > ERRORS_SHOWN_MAX:
            return
        log.error("a packet broke something, please report it: %r %s", error, raw and raw.hex(), exc_info=error)
        if self._shown == ERRORS_SHOWN_MAX:
            log.error("further ones are only counted")


def _both(one: Callable[[], None], other: Callable[[], None]) -> Callable[[], None]:
    def both() -> None:
        one()
        other()

    return both


def _refuse(control: socket.socket, why: str) -> int:
    control.send(FIRST + why.encode())
    return 2
