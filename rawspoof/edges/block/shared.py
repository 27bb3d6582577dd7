"""A block of another sensor, as the collector asks the supervisor for it, beside deeds on the same socket.

Knows its form and what cannot be true of it. Whether it is put into force is the keeper's business.
"""

from typing import Final

import msgspec

from rawspoof.core.event import BLOCK_REASONS

MARK: Final = b"s"
"""First byte of the message; a deed is a msgpack array and begins with 0x96."""
BY_MAX: Final = 64
"""Characters of a sensor's name."""
TIMES_MAX: Final = 64
"""More would not make the next block longer: 2.0 ** 64 times is for ever."""
AT_MAX: Final = 1e11
"""Seconds since the epoch; years have four digits."""


class Shared(msgspec.Struct, frozen=True, array_like=True):
    """What another sensor decided."""

    address: bytes
    """Packed."""
    since: float
    until: float
    """Seconds since the epoch, by that sensor's clock; 0.0: the source is to be let in again."""
    reason: str
    """One of BLOCK_REASONS."""
    times: int
    """How many times that sensor blocked the source, this one included."""
    port: int
    """Of ours on which it was caught, 0 where a person asked."""
    by: str
    """The sensor's name as a word of a subject."""


def encode(shared: Shared) -> bytes:
    """The message."""
    return MARK + msgspec.msgpack.encode(shared)


def decode(message: bytes) -> Shared:
    """The way back. Raises ValueError, RecursionError for what is none, and for what cannot be."""
    shared = msgspec.msgpack.decode(message[len(MARK) :], type=Shared)
    check(shared)
    return shared


def check(shared: Shared) -> None:
    """Nothing, if there can be such a block. Raises ValueError."""
    if len(shared.address) not in (4, 16) or not 0 <= shared.port < 65536:
        raise ValueError("no such address or port")
    if not 0 < len(shared.by) <= BY_MAX or not (shared.by.isascii() and shared.by.isprintable()):
        raise ValueError("no such sensor")
    if shared.reason not in BLOCK_REASONS or not 1 <= shared.times <= TIMES_MAX:
        raise ValueError("no such reason or number")
    if not 0 < shared.since < AT_MAX or not (shared.since < shared.until < AT_MAX or shared.until == 0.0):
        raise ValueError("no such time")
