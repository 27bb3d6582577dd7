"""A link around a link that has every packet of proven sources written down, what came before the proof too.

Decides which packets are evidence, and never waits: what the keeper's socket does not take at once is dropped and
counted. Knows no file (see `edges.evidence.keeper`).
"""

import socket
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from rawspoof.core.event import AnyEvent, ScanEnded, SessionOpened
from rawspoof.core.outcome import Outcome, Verdict
from rawspoof.edges.evidence import message
from rawspoof.edges.evidence.message import ENTRY, Message
from rawspoof.edges.link.base import Arrival, Link

UNPROVEN_BYTES_MAX: Final = 8 << 20
"""Of all sources that have proved nothing yet, together; the one seen first goes. A flood of 60,000 invented sources a
second leaves a genuine one half a second for its handshake."""
UNPROVEN_EACH_BYTES_MAX: Final = 32 << 10
"""Of one such source: the latest 300 to 600 packets of a scan."""
OVERHEAD_BYTES: Final = 256
"""What remembering a source takes beside its packets."""
PROVEN_MAX: Final = 8192
"""Sources written down at a time; the evidence of the one proven first ends for a new one."""
SEND_BYTES: Final = 32 << 10
"""So much of one source is sent at once."""
PENDING_BYTES_MAX: Final = 512 << 10
"""Of all sources together; then all of it is sent."""
SEND_AFTER_S: Final = 0.2
"""Longest time that a packet waits for others."""
EACH_BYTES_PER_S_MAX: Final = 1 << 20
"""Of one source: what a scan at full speed makes, and not what would keep the disk busy. More is dropped, counted."""

_entry = ENTRY.pack
_DROP: Final = Verdict.DROP


class _Proven:
    """A source that is written down."""

    __slots__ = ("entries", "opened", "scan", "second", "sent")

    def __init__(self, scan: bytes, opened: SessionOpened, entries: bytearray) -> None:
        self.scan, self.opened, self.entries = scan, opened, entries
        self.second, self.sent = 0, 0


class EvidenceLink:
    """Wraps `link`; `out` is this end of the keeper's SOCK_SEQPACKET pair.

    `scan_of` gives the id of the scan that a source (its packed address) is at, None if it is not known.
    """

    def __init__(self, link: Link, out: socket.socket, scan_of: Callable[[bytes], str | None]) -> None:
        self._link, self._out, self._scan_of = link, out, scan_of
        self._at = 0.0
        self._raw: bytes | None = None
        self._unproven: OrderedDict[bytes, bytearray] = OrderedDict()
        self._older: dict[bytes, bytearray] = {}
        self._unproven_bytes = 0
        self._proven: OrderedDict[bytes, _Proven] = OrderedDict()
        self._waiting: list[_Proven] = []
        self._pending = 0
        self._send_at: float | None = None
        self.dropped = 0
        """Bytes of packets that were not written down though they should have been."""
        out.setblocking(False)
        self._tell(Message(message.BEGUN, 0))

    def arrivals(self, next_deadline: Callable[[], float | None]) -> Iterator[Arrival]:
        """The wrapped link's arrivals; what is to be sent by a moment is a deadline too."""

        def soonest() -> float | None:
            due, send_at = next_deadline(), self._send_at
            return due if send_at is None or (due is not None and due < send_at) else send_at

        for arrival in self._link.arrivals(soonest):
            self._at, self._raw = arrival
            yield arrival

    def leave(self, outcome: Outcome) -> None:
        """Answers first, then what is kept of them."""
        self._link.leave(outcome)
        at, raw = self._at, self._raw
        verdict, packets, events = outcome
        if raw is None:
            for packet in packets:
                self._keep(packet[24:40] if packet[0] >> 4 == 6 else packet[16:20], _entry(at, len(packet)) + packet)
        elif raw and verdict is _DROP:
            entries = _entry(at, len(raw)) + raw
            for packet in packets:
                entries += _entry(at, len(packet)) + packet
            self._keep(raw[8:24] if raw[0] >> 4 == 6 else raw[12:16], entries)
        if events:
            self._learn(events)
        if self._send_at is not None and self._send_at <= at:
            self._send_all()

    def close(self) -> None:
        """Send what waits, and close the wrapped link."""
        self._send_all()
        self._link.close()

    def _keep(self, source: bytes, entries: bytes) -> None:
        proven = self._proven.get(source)
        if proven is None:
            self._put_aside(source, entries)
            return
        if not proven.entries:
            self._wait(proven)
        proven.entries += entries
        self._pending += len(entries)
        if len(proven.entries) >= SEND_BYTES or self._pending >= PENDING_BYTES_MAX:
            self._send_all()

    def _put_aside(self, source: bytes, entries: bytes) -> None:
        """Of a source that has proved nothing the latest packets are kept for a while."""
        known = self._unproven.get(source)
        if known is None:
            self._unproven[source] = bytearray(entries)
            self._unproven_bytes += len(entries) + OVERHEAD_BYTES
        else:
            known += entries
            self._unproven_bytes += len(entries)
            if len(known) > UNPROVEN_EACH_BYTES_MAX // 2:
                self._unproven_bytes -= len(self._older.get(source, b""))
                self._older[source], self._unproven[source] = known, bytearray()
        while self._unproven_bytes > UNPROVEN_BYTES_MAX:
            gone, latest = self._unproven.popitem(last=False)
            self._unproven_bytes -= len(self._older.pop(gone, b"")) + len(latest) + OVERHEAD_BYTES

    def _take_up(self, source: bytes) -> bytearray:
        """What was put aside of a source, not put aside any more."""
        entries = self._older.pop(source, bytearray())
        if source in self._unproven:
            entries += self._unproven.pop(source)
            self._unproven_bytes -= len(entries) + OVERHEAD_BYTES
        return entries

    def _learn(self, events: Sequence[AnyEvent]) -> None:
        for event in events:
            if isinstance(event, SessionOpened):
                if event.src not in self._proven:
                    self._prove(event)
            elif isinstance(event, ScanEnded):
                self._end(event.src)

    def _prove(self, opened: SessionOpened) -> None:
        scan = self._scan_of(opened.src)
        if scan is None:
            return
        if len(self._proven) >= PROVEN_MAX:
            self._end(next(iter(self._proven)))
        before = self._take_up(opened.src)
        proven = self._proven[opened.src] = _Proven(bytes.fromhex(scan), opened, before)
        if before:
            self._pending += len(before)
            self._wait(proven)

    def _end(self, source: bytes) -> None:
        proven = self._proven.get(source)
        if proven is not None:
            self._send_all()
            del self._proven[source]
            self._tell(self._message(message.ENDED, proven))

    # Sending

    def _wait(self, proven: _Proven) -> None:
        self._waiting.append(proven)
        if self._send_at is None:
            self._send_at = self._at + SEND_AFTER_S

    def _send_all(self) -> None:
        waiting, self._waiting, self._send_at, self._pending = self._waiting, [], None, 0
        for proven in waiting:
            self._send(proven)

    def _send(self, proven: _Proven) -> None:
        entries, proven.entries = proven.entries, bytearray()
        if int(self._at) != proven.second:
            proven.second, proven.sent = int(self._at), 0
        proven.sent += len(entries)
        over = proven.sent > EACH_BYTES_PER_S_MAX
        if over or not self._tell(self._message(message.PACKETS, proven)._replace(entries=bytes(entries))):
            self.dropped += len(entries)

    def _message(self, kind: bytes, proven: _Proven) -> Message:
        opened = proven.opened
        return Message(kind, self.dropped, proven.scan, opened.src, opened.sport, opened.dst, opened.dport)

    def _tell(self, what: Message) -> bool:
        try:
            self._out.send(message.build(what))
        except OSError:
            return False
        return True
