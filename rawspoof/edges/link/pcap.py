"""A capture file as a door: its times play the clock, its packets walk in, answers go nowhere (see `recorder`).

pcap and pcapng are read by scapy. Packets inside Ethernet (VLAN tags too), Linux cooked, BSD loopback or raw IP
frames; others are counted.
"""

import os
from collections.abc import Callable, Iterator
from typing import Final

from scapy.config import conf

conf.route_autoload = conf.route6_autoload = False

from scapy.error import Scapy_Exception  # noqa: E402  the switches above must come first
from scapy.utils import RawPcapReader  # noqa: E402

from rawspoof.core.outcome import Outcome  # noqa: E402
from rawspoof.edges.link.base import Arrival  # noqa: E402

LINGER_S: Final = 10.0
"""How long after the last packet deadlines are still played."""
_RAW_TYPES: Final = frozenset({12, 101, 228, 229})
_ETHERNET, _COOKED, _COOKED2, _LOOPBACK = 1, 113, 276, 0
_IP_TYPES: Final = frozenset({b"\x08\x00", b"\x86\xdd"})
_VLAN_TYPES: Final = frozenset({b"\x81\x00", b"\x88\xa8"})


class CaptureError(Exception):
    """A capture that cannot be read, or ends in the middle; what came before was delivered."""


class PcapLink:
    """Replays one file. `arrivals` raises CaptureError where the file is broken."""

    def __init__(self, path: str) -> None:
        self._path = path
        self.skipped = 0
        """Frames that hold no IP packet."""

    def arrivals(self, next_deadline: Callable[[], float | None]) -> Iterator[Arrival]:
        """Packets at their file's time, deadlines at their own; see `Link`."""
        last = 0.0
        for at, raw in self._packets():
            yield from _deadlines(next_deadline, at)
            last = at
            yield Arrival(at, raw)
        yield from _deadlines(next_deadline, last + LINGER_S)

    def leave(self, outcome: Outcome) -> None:
        """Nothing leaves a file."""

    def close(self) -> None:
        """Nothing is held between calls."""

    def _packets(self) -> Iterator[tuple[float, bytes]]:
        try:
            size = os.path.getsize(self._path)
            reader = RawPcapReader(self._path)
        except (OSError, Scapy_Exception, EOFError) as error:
            raise CaptureError(f"{self._path}: not a capture: {error}") from None
        count = 0
        with reader:
            while True:
                try:
                    frame, meta = reader.read_packet()
                except EOFError:
                    break
                except Exception as error:
                    raise CaptureError(f"{self._path}: broken after {count} packets: {error}") from None
                if len(frame) < meta.caplen:
                    raise CaptureError(f"{self._path}: ends in the middle of packet {count + 1}")
                count += 1
                raw = strip(frame, getattr(meta, "linktype", None) or reader.linktype)
                if raw is None:
                    self.skipped += 1
                    continue
                yield _moment(meta), raw
            if reader.f.tell() < size and reader.f.read(1):
                raise CaptureError(f"{self._path}: broken after {count} packets")


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


def _moment(meta: object) -> float:
    """Seconds since the epoch, whichever of scapy's two kinds of metadata this is."""
    if hasattr(meta, "sec"):
        return float(meta.sec + meta.usec / 1e6)
    return ((meta.tshigh << 32) + meta.tslow) / meta.tsresol  # type: ignore[attr-defined, no-any-return]


def _deadlines(next_deadline: Callable[[], float | None], until: float) -> Iterator[Arrival]:
    """Every moment that is due up to `until`, each at its own time."""
    due = next_deadline()
    while due is not None and due <= until:
        yield Arrival(due, None)
        due = next_deadline()
