"""A link around a link that writes everything that comes in and goes out to a pcap file (raw IP). Changes nothing."""

from collections.abc import Callable, Iterator
from struct import Struct
from types import TracebackType
from typing import BinaryIO, Final

from rawspoof.core.outcome import Outcome
from rawspoof.edges.link.base import Arrival, Link

FILE_HEADER: Final = Struct("=IHHiIII").pack(0xA1B2C3D4, 2, 4, 0, 0, 65535, 101)
"""pcap 2.4, microseconds, LINKTYPE_RAW (tcpdump.org's savefile format)."""
_RECORD: Final = Struct("=IIII").pack


class RecorderLink:
    """Wraps `link`; `file` is open for writing and is closed with the link."""

    def __init__(self, link: Link, file: BinaryIO) -> None:
        self._link, self._file, self._at = link, file, 0.0
        file.write(FILE_HEADER)

    def arrivals(self, next_deadline: Callable[[], float | None]) -> Iterator[Arrival]:
        """The wrapped link's arrivals, written down."""
        for arrival in self._link.arrivals(next_deadline):
            self._at = arrival.at
            if arrival.raw is not None:
                self._write(arrival.raw)
            yield arrival

    def leave(self, outcome: Outcome) -> None:
        """The wrapped link's answers, written down."""
        self._link.leave(outcome)
        for raw in outcome.packets:
            self._write(raw)

    def close(self) -> None:
        """Close both."""
        self._link.close()
        self._file.close()

    def _write(self, raw: bytes) -> None:
        self._file.write(record(self._at, raw))

    def __enter__(self) -> "RecorderLink":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def record(at: float, raw: bytes) -> bytes:
    """A packet as pcap has it. Raises struct.error, ValueError or OverflowError for a moment that pcap cannot tell."""
    micros = round(at * 1e6)
    return _RECORD(micros // 1_000_000, micros % 1_000_000, len(raw), len(raw)) + raw
