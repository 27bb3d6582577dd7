"""Puts the web admin together in the collector's process: what was opened, what is counted, and the server.

Knows what belongs where; answers nothing itself.
"""

import logging
import socket
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from threading import Thread

from rawspoof.config.model import Config
from rawspoof.core.watch.blocklist import Blocked
from rawspoof.core.world.world import World
from rawspoof.edges.evidence.folder import folder_of
from rawspoof.edges.sinks.asked import store_folder
from rawspoof.edges.sinks.dispatcher import Dispatcher
from rawspoof.edges.sinks.lane import Lane
from rawspoof.edges.sinks.touches import Ports
from rawspoof.edges.store.queries import Reader
from rawspoof.edges.system import clock
from rawspoof.edges.system.own_address import own_address
from rawspoof.edges.web import queues
from rawspoof.edges.web.app import Admin
from rawspoof.edges.web.context import Context
from rawspoof.edges.web.door import Door, names
from rawspoof.edges.web.live import Live
from rawspoof.edges.web.orders import SocketOrders
from rawspoof.edges.web.server import Server

log = logging.getLogger(__name__)


class Web:
    """The web admin of one collector. `lane` is to be among the dispatcher's before it `start`s."""

    def __init__(
        self,
        config: Config,
        door: Door,
        orders: socket.socket,
        world: World,
        personality: str,
        started_at: float,
        blocked: Iterable[Blocked],
    ) -> None:
        """`orders` leads to the supervisor; `started_at` is the sensor's start; `blocked` who is blocked now."""
        self._orders = orders
        self._config, self._door, self._world, self._personality = config, door, world, personality
        self._live = Live(started_at, door.country, blocked)
        self.lane = Lane(self._live, config.events.queue_max)
        self._server: Server | None = None

    def start(self, dispatcher: Dispatcher, counts: Callable[[], Mapping[str, int]]) -> None:
        """Serve. To be called in the collector's process, before it hands on its first event."""
        config, door, sensor = self._config, self._door, self._config.sensor
        store = store_folder(config) if config.store.enabled else None
        context = Context(
            config=config,
            live=self._live,
            world=self._world,
            address=own_address(config).packed,
            personality=self._personality,
            now=clock.steady(),
            store=store,
            evidence=folder_of(config) if config.evidence.enabled else None,
            orders=SocketOrders(self._orders),
            mail=door.mail,
            trials=door.trials,
            lanes=dispatcher.lanes,
            counters=counts,
            queues=lambda: queues.read(door.queues, sensor.queue, sensor.workers),
            names=names(config.admin),
        )
        if store is not None:
            before = dispatcher.last + 1
            Thread(target=self._recall, args=(store, before), name="web recall", daemon=True).start()
        self._server = Server(Admin(context, door.known), door.listener, door.context)
        self._server.start()

    def touched(self, told: Sequence[Ports]) -> None:
        """Draw ports that were touched; called in the collector's own thread."""
        self._live.touched(told)

    def stop(self) -> None:
        """End."""
        if self._server is not None:
            self._server.stop()

    def _recall(self, store: Path, before: int) -> None:
        reader = Reader(store)
        try:
            self._live.recall(reader, before)
        except Exception:
            log.exception("web admin: what is in the store is not counted")
        finally:
            reader.close()
