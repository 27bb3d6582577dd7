"""What a fake service is to TCP: told of bytes, it answers with a Reply. Knows no packets, no clock, no addresses."""

from enum import Enum
from typing import NamedTuple, Protocol


class Then(Enum):
    """What becomes of the connection once a reply's bytes are acknowledged."""

    LISTEN = "listen"
    """The conversation goes on: keep the flow, bring what is heard."""
    HOLD = "hold"
    """Nothing more to say: forget the flow, keep the connection open for as long as its hold says."""
    MORE = "more"
    """More is to come by itself: `idled` gives it at once, and says when it is due."""
    CLOSE = "close"
    """Send FIN after the bytes."""


class Reply(NamedTuple):
    """What a conversation wants said, what follows it, and after how many seconds it is due."""

    data: bytes
    then: Then
    after_s: float = 0.0


class Conversation(Protocol):
    """One connection's talk. Any chunking of the same input gives the same output."""

    def opened(self) -> Reply:
        """The handshake is complete: the greeting, or an empty reply from a service that waits to be asked."""

    def heard(self, data: bytes) -> Reply:
        """In-order bytes from the peer, one or more."""

    def idled(self) -> Reply:
        """The peer has been quiet for the whole idle time."""
