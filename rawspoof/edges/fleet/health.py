"""How a sensor is, as its hub reads it. Pure but for the clock it is given."""

import msgspec


class Health(msgspec.Struct, frozen=True):
    """The value of a sensor's key, as JSON."""

    at: float
    """When it was said, seconds since the epoch by the sensor's clock."""
    version: str
    started_at: float
    host: str
    waiting: int
    """Events that are on their way to the stream: it grows while broker or network are down."""
    lost: int
    """Events that never will be there."""
    workers: int
    counters: dict[str, int]
    """Everything counted, by name."""


encode = msgspec.json.Encoder().encode


def decode(data: bytes) -> Health:
    """The way back. Raises ValueError, RecursionError for what no sensor writes."""
    return msgspec.json.decode(data, type=Health)
