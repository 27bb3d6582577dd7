"""Who is told of events that a hub has kept: its web admin, and the sinks of `[[sink]]`, each sensor's in its name.

Secrets are read at once, as whoever started us; sinks are made when their sensor is first heard of.
"""

import os
import socket
from collections.abc import Sequence
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Final

import msgspec

from rawspoof.config.model import Config
from rawspoof.config.sinks import AnySink, title
from rawspoof.edges.hub.forward import BySensor
from rawspoof.edges.sinks.asked import open_far, store_folder
from rawspoof.edges.sinks.lane import Lane
from rawspoof.edges.sinks.named import open_sink
from rawspoof.edges.store.database import Heard
from rawspoof.edges.store.queries import Reader
from rawspoof.edges.web.live import Live

_SECRETS: Final = {"secret_file": "secret_env", "url_file": "url_env"}


def secured(config: Config) -> tuple[AnySink, ...]:
    """The settings of all sinks with their secrets in our own environment; each sink was made once, to see that it can.

    Raises SinkError, OSError.
    """
    alone = msgspec.structs.replace(config, fleet=type(config.fleet)())
    for sink in open_far(alone, socket.gethostname()):
        sink.close()
    return tuple(_kept(settings, index) for index, settings in enumerate(config.sink))


def lanes(config: Config, sinks: Sequence[AnySink]) -> list[Lane]:
    """A lane for each. To be called in the process and by the user who will write."""
    folder, most, hub = store_folder(config), config.events.queue_max, socket.gethostname()
    return [
        Lane(BySensor(title(settings), hub, partial(open_sink, settings), Reader(folder)), most, Reader(folder))
        for settings in sinks
    ]


class Spread:
    """Hands on what was kept."""

    def __init__(self, live: Live, lanes: Sequence[Lane]) -> None:
        self._live, self._lanes = live, lanes

    def __call__(self, first: int, kept: Sequence[Heard]) -> None:
        """These, the first of which has this number; the others follow without a gap."""
        number = first
        for sensor, run in groupby(kept, lambda one: one.sensor):
            events = [one.event for one in run]
            self._live.write(events, number, sensor)
            number += len(events)
        for lane in self._lanes:
            lane.put(first, [one.event for one in kept])


def _kept(settings: AnySink, index: int) -> AnySink:
    for file, variable in _SECRETS.items():
        if path := getattr(settings, file, ""):
            name = f"_hub_sink_{index}_{file}"
            os.environ[name] = Path(path).read_text(encoding="utf-8").partition("\n")[0].strip()
            settings = msgspec.structs.replace(settings, **{file: "", variable: name})
    return settings
