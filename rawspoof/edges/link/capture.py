"""Capture files to frames: pcap in both byte orders, micro- and nanoseconds, and pcapng. Knows no packet.

draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng. Ours and not scapy's: that one takes a file that was cut off for a
whole one, and nanoseconds for microseconds.
"""

from collections.abc import Iterator
from struct import Struct, unpack
from typing import BinaryIO, Final, NamedTuple

_PCAP: Final = {
    b"\xa1\xb2\xc3\xd4": (">", 1e6),
    b"\xd4\xc3\xb2\xa1": ("<", 1e6),
    b"\xa1\xb2\x3c\x4d": (">", 1e9),
    b"\x4d\x3c\xb2\xa1": ("<", 1e9),
}
"""First bytes of a pcap file: its byte order, and how many of its fractions are a second."""
_PCAPNG: Final = b"\x0a\x0d\x0d\x0a"
_ORDERS: Final = {b"\x1a\x2b\x3c\x4d": ">", b"\x4d\x3c\x2b\x1a": "<"}
_INTERFACE, _SIMPLE_PACKET, _PACKET = 1, 3, 6
_IF_TSRESOL: Final = 9
_BYTES_MAX: Final = 1 << 24
"""Of one frame or block; libpcap gives up at 2^18, and what is larger is no frame but a broken file."""
_AT_MAX: Final = 1 << 32
"""The end of pcap's own clock, in the year 2106."""


class CaptureError(Exception):
    """A capture that cannot be read, or ends in the middle; what came before was delivered."""


class Frame(NamedTuple):
    """One captured frame."""

    at: float
    """Seconds since the epoch."""
    link_type: int
    """What the frame begins with (tcpdump.org's list)."""
    data: bytes


class Interface(NamedTuple):
    """What a pcapng file says of an interface."""

    link_type: int
    snap: int
    """Bytes kept of each frame; 0: all."""
    per_second: float
    """Ticks of its clock."""


def frames(file: BinaryIO) -> Iterator[Frame]:
    """Every frame of an open file. Raises CaptureError where it is no capture, is broken, or ends too soon."""
    magic = file.read(4)
    if magic == _PCAPNG:
        yield from _pcapng(file)
    elif magic in _PCAP:
        yield from _pcap(file, *_PCAP[magic])
    else:
        raise CaptureError("not a pcap or pcapng file")


def _pcap(file: BinaryIO, order: str, per_second: float) -> Iterator[Frame]:
    link_type = unpack(order + "16xI", _exactly(file, 20))[0] & 0xFFFF
    record = Struct(order + "IIII")
    while head := file.read(record.size):
        second, fraction, size, _ = record.unpack(head + _exactly(file, record.size - len(head)))
        yield Frame(second + fraction / per_second, link_type, _exactly(file, size))


def _pcapng(file: BinaryIO) -> Iterator[Frame]:
    order, interfaces, at = "<", list[Interface](), 0.0
    kind = _PCAPNG
    while kind:
        kind += _exactly(file, 4 - len(kind))
        if kind == _PCAPNG:
            # A section begins: byte order and interfaces are its own.
            size, magic = _exactly(file, 4), _exactly(file, 4)
            order, interfaces = _ORDERS.get(magic, ""), []
            if not order:
                raise CaptureError("a section of no known byte order")
            _body(file, order, size, 4)
        else:
            body = _body(file, order, _exactly(file, 4), 0)
            number = unpack(order + "I", kind)[0]
            if number == _INTERFACE:
                interfaces.append(_interface(body, order))
            elif number == _PACKET:
                frame = _packet(body, order, interfaces)
                at = frame.at
                yield frame
            elif number == _SIMPLE_PACKET:
                yield _simple_packet(body, order, interfaces, at)
        kind = file.read(4)


def _body(file: BinaryIO, order: str, size: bytes, taken: int) -> bytes:
    """What a block holds, of which `taken` bytes were read already."""
    length = unpack(order + "I", size)[0]
    if length < 12 + taken or length % 4:
        raise CaptureError("a block of an impossible length")
    body = _exactly(file, length - 12 - taken)
    if _exactly(file, 4) != size:
        raise CaptureError("a block whose two lengths differ")
    return body


def _interface(body: bytes, order: str) -> Interface:
    if len(body) < 8:
        raise CaptureError("an interface without a type")
    link_type, snap = unpack(order + "HxxI", body[:8])
    per_second, at = 1e6, 8
    while at + 4 <= len(body):
        code, size = unpack(order + "HH", body[at : at + 4])
        if code == _IF_TSRESOL and size == 1 and at + 4 < len(body):
            power = body[at + 4]
            per_second = 2.0 ** (power & 127) if power & 128 else 10.0**power
        at += 4 + size + -size % 4
    return Interface(link_type, snap, per_second)


def _packet(body: bytes, order: str, interfaces: list[Interface]) -> Frame:
    """The frame of an enhanced packet block."""
    if len(body) < 20:
        raise CaptureError("a packet without a length")
    number, high, low, size = unpack(order + "4I", body[:16])
    interface = _known(interfaces, number)
    at = ((high << 32) + low) / interface.per_second
    if size > len(body) - 20 or at >= _AT_MAX:
        raise CaptureError("a packet longer than its block, or of no time there is")
    return Frame(at, interface.link_type, body[20 : 20 + size])


def _simple_packet(body: bytes, order: str, interfaces: list[Interface], at: float) -> Frame:
    """The frame of a simple packet block, which has no time (so it is that of the one before) and no interface."""
    interface = _known(interfaces, 0)
    size = unpack(order + "I", body[:4])[0] if len(body) >= 4 else len(body)
    kept = min(size, interface.snap or size)
    if kept > len(body) - 4:
        raise CaptureError("a packet longer than its block")
    return Frame(at, interface.link_type, body[4 : 4 + kept])


def _known(interfaces: list[Interface], number: int) -> Interface:
    if number >= len(interfaces):
        raise CaptureError("a packet of no known interface")
    return interfaces[number]


def _exactly(file: BinaryIO, size: int) -> bytes:
    if size > _BYTES_MAX:
        raise CaptureError(f"{size} bytes in one piece")
    data = file.read(size)
    if len(data) < size:
        raise CaptureError("ends in the middle")
    return data
