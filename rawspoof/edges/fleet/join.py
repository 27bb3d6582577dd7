"""Makes a sensor a member of its fleet, as `[fleet]` says. Knows what belongs where, and does nothing itself."""

import socket
from collections.abc import Callable, Iterable

from rawspoof import __version__
from rawspoof.config import fleet
from rawspoof.config.model import Config
from rawspoof.config.sinks import title
from rawspoof.core.watch.blocklist import Blocked
from rawspoof.edges.block import shared
from rawspoof.edges.block.keeper import takes
from rawspoof.edges.fleet import streams
from rawspoof.edges.fleet.exchange import Exchange
from rawspoof.edges.fleet.member import About, Member
from rawspoof.edges.sinks.nats import token
from rawspoof.edges.sinks.nats_client import Client
from rawspoof.edges.system import clock


def join(
    config: Config,
    dial: Callable[[], Client],
    control: socket.socket,
    blocked: Iterable[Blocked],
    host: str,
    started_at: float,
) -> Member:
    """The member, not started; `control` leads to the supervisor, `blocked` are those who are blocked now."""
    settings, sensor = config.fleet, token(config.fleet.name or host)
    send, take = settings.blocks in ("both", "send"), takes(config)
    exchange = Exchange(sensor, blocked, config.block.blocks_max, send, take) if send or take else None
    # Who takes none of the others' has to know what there is of his own.
    keys = f"{streams.BLOCKS_SUBJECT}.>" if take else f"{streams.BLOCKS_SUBJECT}.{sensor}.>"

    def ask(wanted: shared.Shared) -> bool:
        try:
            control.send(shared.encode(wanted), socket.MSG_DONTWAIT)
        except OSError:
            return False
        return True

    about = About(sensor, host, __version__, started_at, config.sensor.workers, title(fleet.events(settings)))
    return Member(about, dial, exchange, keys, ask, settings.health_s, clock.steady())
