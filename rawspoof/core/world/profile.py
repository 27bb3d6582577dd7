"""What lives on one port of one host, as one source sees it."""

from enum import Enum
from typing import NamedTuple

from rawspoof.core.signature.identity import Identity


class Mode(Enum):
    """Who speaks first on a port."""

    GREET = "greet"
    """The service greets, at once or after a human delay."""
    ANSWER = "answer"
    """The service waits to be asked."""
    SILENT = "silent"
    """Accepts, acknowledges, never says a byte."""


class Hold(Enum):
    """How a connection is kept once there is nothing more to say."""

    TIMED = "timed"
    """Closed by us when its time is over."""
    FOREVER = "forever"
    """Never closed by us; costs no memory."""
    PERSIST = "persist"
    """Window closed after the peer's first data, its probes answered for ever; costs no memory."""


class Delivery(Enum):
    """How what a port says is sent."""

    WHOLE = "whole"
    BYTES = "bytes"
    """The greeting a byte at a time."""
    LINES = "lines"
    """No greeting: random lines without end, as before an SSH identification that never comes."""
    FUZZ = "fuzz"
    """A payload against scanners."""


class Profile(NamedTuple):
    """What a port is: the same for every connection of one source group, a pure function of `world`."""

    identity: Identity | None
    """Who lives here; None where nothing will ever be said."""
    mode: Mode
    delay_s: float
    """Human delay before a greeting or an answer, before the jitter of one connection."""
    hold: Hold
    hold_s: float
    """Seconds a TIMED hold lasts, before the jitter of one connection."""
    delivery: Delivery = Delivery.WHOLE
