"""A capture file as a door: its times play the clock, its packets walk in, answers go nowhere (see `recorder`).

Packets inside Ethernet (VLAN tags too), Linux cooked, BSD loopback or raw IP frames; others are counted.
"""

from collections.abc import Callable, Iterator
from typing import Final

from rawspoof.core.outcome import Outcome
from rawspoof.edges.link.base import Arrival
from rawspoof.edges.link.capture import CaptureError, frames

LINGER_S: Final = 10.0
"""How long after the last packet deadlines are still played."""
_RAW_TYPES: Final = frozenset({12, 101, 228, 229})
_ETHERNET, _COOKED, _COOKED2, _LOOPBACK = 1, 113, 276, 0
_IP_TYPES: Final = frozenset({b"\x08\x00", b"\x86\xdd"})
_VLAN_TYPES: Final = frozenset({b"\x81\x00", b"\x88\xa8"})


class PcapLink:
    """Replays one file. `arrivals` raises CaptureError where the file is broken."""

    def __init__(self, path: str) -> None:
        self._path = path
        self.skipped = 0
        """Frames that hold no IP packet."""

    def arrivals(self, next_deadline: Callable[[], float | None]) -> Iterator[Arrival]:
        """Packets at their file's time, deadlines at their own; see `Link`."""
        last, broken = 0.0, None
        try:
            for at, raw in self._packets():
                yield from _deadlines(next_deadline, at)
                last = at
                yield Arrival(at, raw)
        except CaptureError as error:
            broken = error
        yield from _deadlines(next_deadline, last + LINGER_S)
        if broken is not None:
            raise broken

    def leave(self, outcome: Outcome) -> None:
        """Nothing leaves a file."""

    def close(self) -> None:
        """Nothing is held between calls."""

    def _packets(self) -> Iterator[tuple[float, bytes]]:
        count = 0
        try:
            with open(self._path, "rb") as file:
                for at, link_type, frame in frames(file):
                    count += 1
                    raw = strip(frame, link_type)
                    if raw is None:
                        self.skipped += 1
                    else:
                        yield at, raw
        except CaptureError as error:
            raise CaptureError(f"{self._path}: {error} (packets read: {count})") from None
        except OSError as error:
            raise CaptureError(f"{self._path}: cannot be read: {error.strerror}") from None


def strip(frame: bytes, link_type: int) -> bytes | None:
    """The IP packet in a captured frame, None if there is none (tcpdump.org's link-layer types)."""
    if link_type in _RAW_TYPES:
        return frame
    if link_type == _LOOPBACK:
        return frame[4:]
    at = {_ETHERNET: 12, _COOKED: 14, _COOKED2: 0}.get(link_type)
    if at is None:
        return None
    kind = frame[at : at + 2]
    while link_type == _ETHERNET and kind in _VLAN_TYPES:
        at += 4
        kind = frame[at : at + 2]
    return frame[20 if link_type == _COOKED2 else at + 2 :] if kind in _IP_TYPES else None


def _deadlines(next_deadline: Callable[[], float | None], until: float) -> Iterator[Arrival]:
    """Every moment that is due up to `until`, each at its own time."""
    due = next_deadline()
    while due is not None and due <= until:
        yield Arrival(due, None)
        due = next_deadline()
