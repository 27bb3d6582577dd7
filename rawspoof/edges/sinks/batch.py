"""What a worker sends the collector: one message a batch, in msgpack. The only place that knows its form."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import msgspec

from rawspoof.core.event import AnyEvent, SensorEvent

MESSAGE_BYTES_MAX: Final = 1 << 17
"""Longest message the collector reads. Linux takes up to 212,960 bytes into a socket's default send buffer; a longer
message than this is malformed. Seven events of the largest kind fit, and any 64 of segments."""

Batch = tuple[list[SensorEvent], dict[str, int]]
"""Events in their order, and by name how many things the worker has dropped, evicted or refused since its start.

Totals, not differences: a batch that is lost then loses no count.
"""


def encoder() -> Callable[[Sequence[AnyEvent], Mapping[str, int]], bytes]:
    """A function that makes one message of events and counters."""
    encode = msgspec.msgpack.Encoder().encode
    return lambda events, counters: encode((events, counters))


def decoder() -> Callable[[memoryview], Batch]:
    """A function that reads one message. It raises ValueError or RecursionError for what is none."""
    return msgspec.msgpack.Decoder(Batch).decode


def own_decoder() -> Callable[[memoryview], tuple[list[AnyEvent], dict[str, int]]]:
    """The same for what a thread of the collector itself tells, which may be of any kind."""
    return msgspec.msgpack.Decoder(tuple[list[AnyEvent], dict[str, int]]).decode
