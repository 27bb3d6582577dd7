"""A block as the broker keeps it: a key with the sensor and the address in it, and a value in JSON. Pure.

What others have written there is hostile: it is what it should be, or a ValueError.
"""

import re
from typing import Final

import msgspec

from rawspoof.core.event import BlockAdded
from rawspoof.core.watch.blocklist import Blocked
from rawspoof.edges.block.shared import TIMES_MAX, Shared, check
from rawspoof.edges.block.shelf import packed, text
from rawspoof.edges.fleet.streams import BLOCK_BYTES_MAX, BLOCKS_SUBJECT

_KEY: Final = re.compile(
    re.escape(BLOCKS_SUBJECT) + r"\.(?P<sensor>[A-Za-z0-9_-]{1,64})\.(?P<address>[0-9a-f]{8}|[0-9a-f]{32})"
)


class Value(msgspec.Struct, frozen=True):
    """What stands there in JSON. Whoever reads it leaves out those whose `until` is over: nobody takes them away."""

    address: str
    since: float
    until: float
    """Seconds since the epoch, by the sensor's clock."""
    reason: str
    """One of BLOCK_REASONS."""
    how: str
    """What the sensor itself does, one of BLOCK_KINDS."""
    times: int
    port: int


def subject(sensor: str, address: bytes) -> str:
    """Where a block stands; `sensor` is its name as a word of a subject."""
    return f"{BLOCKS_SUBJECT}.{sensor}.{address.hex()}"


def key(subject: str) -> tuple[str, bytes]:
    """The sensor and the packed address that a subject names. Raises ValueError."""
    found = _KEY.fullmatch(subject)
    if found is None:
        raise ValueError(f"not a block's key: {subject[:100]!r}")
    return found["sensor"], bytes.fromhex(found["address"])


def of_event(event: BlockAdded) -> bytes:
    """The value of a block that was put into force just now."""
    return _value(event.src, event.at, event.at + event.seconds, event.reason, event.how, event.times, event.dport)


def of_list(block: Blocked) -> bytes:
    """The value of a block of the list; the same that its event had."""
    deed = block.deed
    return _value(block.address, block.since, block.until, deed.reason, block.how, block.times, deed.dport)


def decode(subject: str, data: bytes) -> Shared:
    """What a value says. Raises ValueError, RecursionError for what no sensor writes."""
    sensor, address = key(subject)
    if len(data) > BLOCK_BYTES_MAX:
        raise ValueError(f"a value of {len(data)} bytes")
    value = msgspec.json.decode(data, type=Value)
    if packed(value.address) != address:
        raise ValueError(f"{value.address[:50]!r} stands where another address should")
    shared = Shared(address, value.since, value.until, value.reason, value.times, value.port, sensor)
    check(shared)
    if not shared.until:
        raise ValueError("a block without an end")
    return shared


def _value(address: bytes, since: float, until: float, reason: str, how: str, times: int, port: int) -> bytes:
    # A sum of floats is not always the same in its last digits, and the same block shall be the same bytes.
    ends = round(until, 3)
    return msgspec.json.encode(Value(text(address), since, ends, reason, how, min(times, TIMES_MAX), port))
