"""What a worker tells the keeper of evidence: one message for some packets of one proven source. Knows only the form.

Not events' form: a packet is kept as it came, without a round through an encoder, and a worker has no time to spare.
"""

from collections.abc import Iterator
from struct import Struct
from typing import Final, NamedTuple

BEGUN: Final = b"b"
"""A worker begins: whatever the one before it on this socket was at is over."""
PACKETS: Final = b"p"
ENDED: Final = b"e"
"""A scan has ended, its file is complete."""

MESSAGE_BYTES_MAX: Final = 1 << 18
"""Longest message the keeper reads."""

_HEAD: Final = Struct("!cQ8sHHB")
ENTRY: Final = Struct("!dI")
"""Before each packet: its moment, seconds since the epoch, and its length."""


class Message(NamedTuple):
    """A message in its parts."""

    kind: bytes
    dropped: int
    """Bytes of packets that the worker had to drop since its start."""
    scan: bytes = bytes(8)
    """`watch.report.identify`'s digits as bytes."""
    src: bytes = bytes(4)
    """Addresses and ports of the handshake that proved the source."""
    sport: int = 0
    dst: bytes = bytes(4)
    dport: int = 0
    entries: bytes = b""
    """Packets, each behind its ENTRY."""


def build(message: Message) -> bytes:
    """The message as it is sent."""
    kind, dropped, scan, src, sport, dst, dport, entries = message
    return _HEAD.pack(kind, dropped, scan, sport, dport, len(src)) + src + dst + entries


def parse(raw: bytes) -> Message:
    """The parts of a message. Raises ValueError for what is none."""
    if len(raw) < _HEAD.size:
        raise ValueError("too short")
    kind, dropped, scan, sport, dport, size = _HEAD.unpack_from(raw)
    at = _HEAD.size + 2 * size
    if kind not in (BEGUN, PACKETS, ENDED) or size not in (4, 16) or len(raw) < at:
        raise ValueError("of no known kind, or without addresses")
    addresses = raw[_HEAD.size : at]
    return Message(kind, dropped, scan, addresses[:size], sport, addresses[size:], dport, raw[at:])


def packets(entries: bytes) -> Iterator[tuple[float, bytes]]:
    """Each packet with its moment. Raises ValueError where one is cut short."""
    at = 0
    while at < len(entries):
        if at + ENTRY.size > len(entries):
            raise ValueError("a packet without its moment")
        moment, size = ENTRY.unpack_from(entries, at)
        at += ENTRY.size + size
        if at > len(entries):
            raise ValueError("a packet that is cut short")
        yield moment, entries[at - size : at]
