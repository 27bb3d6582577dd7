"""Which events a sink far away wants, how grave each is, and the name by which the far end knows it again.

Pure. Knows no sink.
"""

import re
import struct
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from rawspoof.core.event import AnyEvent, Scan

AT_MAX: Final = 253_402_300_800.0
"""Years have four digits."""

LEVEL_MAX: Final = 3
CREDENTIAL_LEVEL: Final = 2
LEVELS: Final = {
    "service.request": 1,
    "block.added": 1,
    "service.credential": CREDENTIAL_LEVEL,
    "tripwire.touched": CREDENTIAL_LEVEL,
}
"""Of the kinds that are not merely a connection; a scan knows its own."""


class Row(NamedTuple):
    """An event on its way."""

    number: int
    id: str
    """The same whenever this event is sent, and no other's."""
    event: AnyEvent


def kind(event: AnyEvent) -> str:
    """Its name in the catalogue."""
    return str(type(event).__struct_config__.tag)


def level(event: AnyEvent) -> int:
    """How grave it is, 0 to 3."""
    return min(max(event.level, 0), LEVEL_MAX) if isinstance(event, Scan) else LEVELS.get(kind(event), 0)


class Chosen:
    """What passes of a batch."""

    def __init__(self, sensor: str, kinds: Sequence[str] = (), least: int = 0) -> None:
        """`kinds` are names, or beginnings that end in a dot; none: all. `sensor` goes into the events' ids."""
        self._sensor, self._least = re.sub(r"[^!-~]", "_", sensor), least
        self._exact = frozenset(kinds)
        self._begin = tuple(kind for kind in kinds if kind.endswith("."))

    def __call__(self, batch: Sequence[AnyEvent], first: int) -> list[Row]:
        """The events wanted, the first of the batch having this number."""
        return [
            Row(number, identity(self._sensor, number, event), event)
            for number, event in enumerate(batch, first)
            if self._wants(event)
        ]

    def _wants(self, event: AnyEvent) -> bool:
        named = kind(event)
        known = not self._exact or named in self._exact or named.startswith(self._begin)
        return known and level(event) >= self._least


def identity(sensor: str, number: int, event: AnyEvent) -> str:
    """A name for this event alone: numbers begin anew where there is no store, moments do not."""
    return f"{sensor}-{number}-{struct.pack('>d', event.at).hex()}"


def told(
    make: Callable[[Row], bytes | None], rows: Sequence[Row], lost: Callable[[int, object], None]
) -> list[tuple[Row, bytes]]:
    """The rows of which something can be made, each with that; where `make` fails, the event is `lost`."""
    made = []
    for row in rows:
        try:
            if not 0 <= row.event.at < AT_MAX:
                raise ValueError(f"at {row.event.at}")
            text = make(row)
        except (ValueError, OverflowError, OSError) as error:
            # An event no sensor makes, from a worker that is not itself any more; the others' are still good.
            lost(1, repr(error))
            continue
        if text:
            made.append((row, text))
    return made
