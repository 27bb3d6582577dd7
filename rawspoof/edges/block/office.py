"""Blocking, as the supervisor has it: the list, the desk for a person's orders, the way to the collector and back.

What goes wrong with folder or desk is told and lived without: the sensor is more than its blocks.
"""

import logging
import socket
from pathlib import Path

from rawspoof.config.model import Config
from rawspoof.core.watch.blocklist import Blocked
from rawspoof.edges.block import petition
from rawspoof.edges.block.desk import Desk, answer
from rawspoof.edges.block.keeper import Keeper, Wall
from rawspoof.edges.block.never import Never
from rawspoof.edges.block.shelf import Shelf, Taken
from rawspoof.edges.sinks.base import Tally
from rawspoof.edges.system import clock

log = logging.getLogger(__name__)


def folder(config: Config) -> Path:
    """Where the list and the desk are."""
    return Path(config.sensor.state_dir) / "blocks"


class Office:
    """Made before the processes, put to work once there is a table."""

    def __init__(self, config: Config) -> None:
        self._shelf, self._desk = _open(folder(config))
        self._keeper = Keeper(config, self._shelf, Never(config).why, clock.steady())
        self._control: socket.socket | None = None
        self._admin: socket.socket | None = None
        self._untold = Tally("blocks: events that the collector had no room for")
        if self._desk is not None:
            petition.notify(self._desk.socket)

    def blocked(self) -> list[Blocked]:
        """Who is blocked."""
        return list(self._keeper.blocks)

    def begin(self, wall: Wall | None) -> None:
        """Put the blocks of the list into force."""
        self._keeper.restore(wall)

    def settle(self, config: Config) -> None:
        """Go on under another configuration."""
        self._keeper.settle(config, Never(config).why)

    def listen(self, control: socket.socket) -> None:
        """The supervisor's end of a new collector's control socket; SIGIO comes when `turn` has something to do."""
        petition.notify(control)
        self._control = control

    def listen_to_admin(self, orders: socket.socket) -> None:
        """The supervisor's end of a new web admin's socket: who comes in there has a password, or a token."""
        if self._admin is not None:
            self._admin.close()
        petition.notify(orders)
        self._admin = orders

    def turn(self) -> None:
        """Hear what has come in, do what is due, tell what came of it. To be called at SIGIO, and once a second."""
        if self._control is not None:
            petition.hear(self._control, self._keeper)
        if self._desk is not None:
            self._desk.serve(self._keeper)
        if self._admin is not None:
            answer(self._admin, self._keeper)
        self._keeper.turn()
        if self._control is not None and self._keeper.events:
            self._untold.add(petition.tell(self._control, self._keeper.events))
            self._keeper.events.clear()

    def close_inherited(self) -> None:
        """In a forked child: let go of what only the supervisor may hold."""
        if self._desk is not None:
            self._desk.close()
        if self._admin is not None:
            self._admin.close()
        if self._shelf is not None:
            self._shelf.close()

    def close(self) -> None:
        """Keep the list for the next time."""
        self._keeper.save()
        if self._desk is not None:
            self._desk.remove()
        if self._shelf is not None:
            self._shelf.close()


def _open(place: Path) -> tuple[Shelf | None, Desk | None]:
    """What can be opened of both; without a folder of our own there is no desk either."""
    try:
        shelf = Shelf(place)
    except Taken as taken:
        log.warning("blocks end with this process: %s", taken)
        return None, None
    except OSError as error:
        log.warning("blocks end with this process: %s: %s", place, error.strerror)
        return None, None
    try:
        return shelf, Desk(place)
    except OSError as error:
        log.warning("`rawspoof block` will not reach this process: %s: %s", place, error.strerror or error)
        return shelf, None
