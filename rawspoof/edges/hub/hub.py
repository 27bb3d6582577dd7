"""`rawspoof hub` as a process: everything opened, put together, and run until it is told to end.

Needs no root, no firewall and no queue. What root may read is read before root is given up.
"""

import logging
import os
import pwd
import signal
import socket
from collections.abc import Mapping
from contextlib import closing
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Any, Final

from rawspoof.config.model import Config
from rawspoof.edges.hub import account, keys, outlets
from rawspoof.edges.hub.intake import Intake
from rawspoof.edges.hub.news import News
from rawspoof.edges.hub.sensors import Sensors
from rawspoof.edges.sinks.asked import store_folder
from rawspoof.edges.sinks.base import SinkError
from rawspoof.edges.sinks.lane import Lane
from rawspoof.edges.store.database import Store
from rawspoof.edges.store.places import Places
from rawspoof.edges.store.queries import Filter, Reader
from rawspoof.edges.system import clock, privileges
from rawspoof.edges.system.notify import Notifier
from rawspoof.edges.web.app import Admin
from rawspoof.edges.web.context import Context
from rawspoof.edges.web.door import Door, names, open_door
from rawspoof.edges.web.live import Live
from rawspoof.edges.web.server import Server

EVERY: Final = 1 << 20
"""Names of sensors counted in the store."""
BLOCKS_S: Final = 7 * 86_400.0
"""How far back blocks are looked for that still last."""
CLOSE_S: Final = 2.0
"""Longest time in which sinks finish what waits; the store has the rest."""

log = logging.getLogger(__name__)


def run(config: Config) -> int:
    """0 after SIGTERM or Ctrl-C. Raises SinkError, OSError: a line for people, and nothing was begun."""
    if not config.store.enabled:
        raise SinkError("store.enabled: a hub keeps what it is told: expected true")
    dial, sinks = account.dial(config), outlets.secured(config)
    door = open_door(config, hub=True) if config.admin.port else None
    _settle(config)
    folder = store_folder(config)
    notifier = Notifier.of(os.environ)
    store = Store(folder, config.store.retention_days, config.store.mb_max, durable=True)
    now, ending = clock.steady(), _Ending()
    sensors, lanes = Sensors(config.hub.silent_s, partial(_expected, config)), outlets.lanes(config, sinks)
    live = Live(now(), door.country if door else lambda address: "")
    with closing(Reader(folder)) as reader:
        last = max(reader.last(), reader.taken())
    with closing(Places(folder)) as places, closing(store):
        spread = outlets.Spread(live, lanes)
        intake = Intake(dial, store, places, last, config.store.retention_days, sensors, [spread], now)
        ending.on_reopen = lanes
        news = News(dial, sensors, live.share, ending.wake, now)
        server = _serve(config, door, live, sensors, lanes, intake, news) if door else None
        Thread(target=_recall, args=(folder, live, sensors, last + 1, now()), daemon=True).start()
        news.start()
        log.info("hub: ready: %s, events in %s", config.hub.url, folder)
        notifier.ready(f"reading {config.hub.url}")
        intake.run(partial(_alive, notifier, ending), ending.wake)
        notifier.stopping()
        news.stop()
        if server is not None:
            server.stop()
        for lane in lanes:
            lane.close(CLOSE_S)
    return 0


def _settle(config: Config) -> None:
    """The store's folder is there, and root is nobody any more. Raises OSError, SinkError."""
    folder = store_folder(config)
    folder.mkdir(parents=True, exist_ok=True, mode=0o750)
    if os.geteuid():
        return
    try:
        user = pwd.getpwnam(config.sensor.user)
    except KeyError:
        raise SinkError(f"sensor.user: there is no user {config.sensor.user!r}: name one") from None
    for path in (folder, *folder.iterdir()):
        os.chown(path, user.pw_uid, user.pw_gid, follow_symlinks=False)
    privileges.become(config.sensor.user, ())


def _expected(config: Config) -> Mapping[str, str] | None:
    """Those who have a key, if keys were made here: whose was taken away is missed by nobody."""
    try:
        return keys.listed(account.folder(config) / "keys") or None
    except (OSError, SinkError):
        return None


def _alive(notifier: Notifier, ending: "_Ending") -> bool:
    """Whether to go on; whoever watches over us hears that we do."""
    notifier.alive()
    return ending.not_yet()


class _Ending:
    """What signals ask for."""

    def __init__(self) -> None:
        self._asked = False
        self.on_reopen: list[Lane] = []
        heard, waker = socket.socketpair()
        for end in (heard, waker):
            end.setblocking(False)
        self._ends, self.wake = (heard, waker), heard.fileno()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._end)
        signal.signal(signal.SIGHUP, self._reopen)

    def not_yet(self) -> bool:
        """Whether to go on."""
        return not self._asked

    def _end(self, *_: Any) -> None:
        # What is sent here stays unread: everybody who waits for it is to wake up.
        self._asked = True
        self._ends[1].send(b"e")

    def _reopen(self, *_: Any) -> None:
        for lane in self.on_reopen:
            lane.reopen()


def _serve(
    config: Config, door: Door, live: Live, sensors: Sensors, lanes: list[Lane], intake: Intake, news: News
) -> Server:
    tallies = {
        "refused": intake.refused,
        "broker_away": intake.failed,
        "news_malformed": news.malformed,
        "news_failed": news.failed,
        "sensors_beyond": sensors.beyond,
    }
    context = Context(
        config=config,
        live=live,
        world=None,
        address=b"",
        personality="",
        now=clock.steady(),
        fleet=sensors,
        store=store_folder(config),
        lanes=lanes,
        trials=door.trials,
        counters=lambda: {name: tally.count for name, tally in tallies.items()},
        names=names(config.admin),
    )
    server = Server(Admin(context, door.known), door.listener, door.context)
    server.start()
    return server


def _recall(folder: Path, live: Live, sensors: Sensors, before: int, now: float) -> None:
    """What is in the store already; it may take a while, and nobody waits for it."""
    with closing(Reader(folder)) as reader:
        try:
            counts = reader.count("sensor", Filter(before=before), EVERY)
            sensors.kept({str(sensor): count for sensor, count in counts if sensor})
            live.recall(reader, before)
            live.recall_blocks(reader, now - BLOCKS_S, before)
        except Exception:
            log.exception("hub: what is in the store is not counted")
