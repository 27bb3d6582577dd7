"""Which ports were touched, as a worker tells the collector beside its events: for whoever draws them, kept by nobody.

One message a few times a second, on the events' socket, told from a batch by its first byte. Knows its form only.
"""

from array import array
from collections.abc import Iterable
from typing import Final, NamedTuple

import msgspec

from rawspoof.core.watch.watch import Touch

MARK: Final = 0x74
"""First byte; a batch is a msgpack array of two and begins with 0x92."""
TOUCHES_MAX: Final = 2048
"""Of one message: some 100 KB if every one is of another IPv6 source, which is what the collector reads at most."""


class Ports(NamedTuple):
    """Ports that a source touched on an address of ours, both packed."""

    src: bytes
    dst: bytes
    ports: "array[int]"


def encode(fresh: Iterable[Touch]) -> bytes:
    """The message."""
    found: dict[tuple[bytes, bytes], array[int]] = {}
    for src, dst, port in fresh:
        found.setdefault((src, dst), array("H")).append(port)
    return bytes([MARK]) + _encode([(src, dst, ports.tobytes()) for (src, dst), ports in found.items()])


def decode(message: memoryview) -> list[Ports]:
    """What the message tells. Raises ValueError where it is none, for workers are not trusted."""
    told = []
    for src, dst, packed in _decode(message[1:]):
        if len(src) not in (4, 16) or len(dst) not in (4, 16):
            raise ValueError("an address of neither 4 nor 16 bytes")
        ports = array("H")
        ports.frombytes(packed)
        told.append(Ports(src, dst, ports))
    return told


_encode: Final = msgspec.msgpack.Encoder().encode
_decode: Final = msgspec.msgpack.Decoder(list[tuple[bytes, bytes, bytes]]).decode
