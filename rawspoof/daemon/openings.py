"""Places where events go, opened before rights are given up: files, sinks far away, the fleet's broker.

What is wrong with one is a line for people. Writes nothing.
"""

import socket
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from rawspoof.config.model import Config
from rawspoof.daemon.refusal import CannotEverStart, CannotStart
from rawspoof.edges.sinks.asked import open_far, open_sinks
from rawspoof.edges.sinks.base import Sink, SinkError
from rawspoof.edges.system import privileges

if TYPE_CHECKING:
    from rawspoof.edges.sinks.nats import Dial


class Openings(NamedTuple):
    """All of them."""

    sinks: Sequence[Sink]
    far: Sequence[Sink]
    dial: "Dial | None"

    def close(self) -> None:
        """Let go of them: they are a child's now, or nobody's."""
        for sink in (*self.sinks, *self.far):
            sink.close()


def opened(config: Config) -> Openings:
    """Everything that the configuration asks for. Raises CannotStart."""
    host = socket.gethostname()
    try:
        return Openings(_near(config, host), open_far(config, host), _dial(config, host))
    except OSError as error:
        raise CannotStart(f"{error.filename}: {error.strerror}: name a file that can be written") from None
    except SinkError as error:
        raise CannotEverStart(str(error)) from None


def _near(config: Config, host: str) -> list[Sink]:
    try:
        return open_sinks(config, host)
    except PermissionError:
        # Once started, root has no right to others' files, such as those that logrotate made for the collector.
        with privileges.acting_as(config.sensor.user):
            return open_sinks(config, host)


def _dial(config: Config, host: str) -> "Dial | None":
    """The way to the fleet's broker, where there is a fleet. Raises SinkError."""
    if not config.fleet.url:
        return None
    # TLS takes a while to import.
    from rawspoof.edges.sinks.named import open_fleet

    return open_fleet(config, host)
