"""Where events of blocks go beside the sinks of all events: the feeds and the hook, on lanes of their own.

A lane that takes only these has room for them whatever else happens.
"""

import logging
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from shutil import which
from typing import Final

from rawspoof.config.model import Config
from rawspoof.core.event import AnyEvent, Block
from rawspoof.core.watch.blocklist import Blocked
from rawspoof.edges.block.hook import ENVIRONMENT, Hook
from rawspoof.edges.feeds.feeds import MISP, Feeds
from rawspoof.edges.sinks import ecs
from rawspoof.edges.sinks.lane import Lane
from rawspoof.edges.system import clock, privileges

EVENTS_MAX: Final = 65536
"""Events of blocks waiting for a slow hook; beyond, the oldest are dropped and counted."""

log = logging.getLogger(__name__)


class BlocksOnly(Lane):
    """A lane that takes no other events."""

    def put(self, first: int, events: Sequence[AnyEvent]) -> None:
        """Take those of blocks. Their numbers mean nothing: there is no store behind this lane."""
        chosen = [event for event in events if isinstance(event, Block)]
        if chosen:
            super().put(first, chosen)


def prepare(config: Config) -> None:
    """The folder of feeds is there, the collector's own where there was none, and so is the hook's command.

    To be called as root. Raises OSError, a line for people that names the key.
    """
    hook = config.block.hook
    if hook and not which(hook[0], path=ENVIRONMENT["PATH"]):
        raise OSError(f"block.hook: there is no command {hook[0]!r}: write its whole path")
    if config.feeds.folder:
        try:
            _make(Path(config.feeds.folder), config.sensor.user)
        except OSError as error:
            cure = f"name another folder, or make it and give it to {config.sensor.user}"
            raise OSError(f"feeds.folder: {error.filename}: {error.strerror}: {cure}") from None


def _make(folder: Path, owner: str) -> None:
    given = privileges.owner(owner)
    for new in (folder, folder / MISP):
        if not new.exists():
            new.mkdir(parents=True, mode=0o755)
            if given:
                _give(new, given)


def _give(new: Path, owner: tuple[int, int]) -> None:
    try:
        os.chown(new, *owner)
    except OSError:
        # Once started, root has no right to: then there is none, rather than one that nobody may write in.
        new.rmdir()
        raise


def outlets(config: Config, observer: str, blocked: Iterable[Blocked]) -> list[Lane]:
    """The lanes that are configured; `blocked` are those who are already. To be called in the collector."""
    lanes: list[Lane] = []
    if config.feeds.folder:
        folder = Path(config.feeds.folder)
        try:
            lanes.append(BlocksOnly(Feeds(folder, observer, blocked, clock.steady()), EVENTS_MAX))
        except OSError as error:
            cure = f"let {config.sensor.user} write in it, or name another"
            log.error("feeds.folder: %s: %s: %s; no feeds are written", folder, error.strerror, cure)
    if config.block.hook:
        lanes.append(BlocksOnly(Hook(config.block.hook, config.block.hook_s, ecs.lines(observer)), EVENTS_MAX))
    return lanes
