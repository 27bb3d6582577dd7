"""A store with one event of each kind, now, for commands that read one."""

from pathlib import Path

import msgspec

from rawspoof.cli import period
from rawspoof.core.event import AnyEvent, Scan
from rawspoof.edges.store.database import Store
from tests.edges.sinks.samples import EXAMPLES


def recent(event: AnyEvent, ago_s: float = 5.0) -> AnyEvent:
    at = period.now() - ago_s
    if isinstance(event, Scan):
        return msgspec.structs.replace(event, at=at, first_at=at - 2.0, last_at=at)
    return msgspec.structs.replace(event, at=at)


def fill(folder: Path, *events: AnyEvent, first: int = 1) -> None:
    """Events of now, in `folder`; of each kind one, unless others are named."""
    store = Store(folder, 30, 100)
    store.write([recent(event) for event in events or EXAMPLES], first)
    store.close()
