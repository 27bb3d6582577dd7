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
    SECURE = "secure"
    """As LISTEN, but from the peer's next byte on TLS is spoken. Only `secured.Secured` hears this one."""


class Request(NamedTuple):
    """Evidence: one whole request, as the service understood where it ends."""

    data: bytes


class Credential(NamedTuple):
    """Evidence: what was offered as proof of who one is."""

    method: str
    """How it was sent, in the protocol's own word: `password`, `publickey`, `LOGIN`, `Basic` …"""
    user: bytes
    secret: bytes
    """The password, or what a challenge was answered with; b"" where none was sent."""


class Hello(NamedTuple):
    """Evidence: what a TLS client says of itself."""

    name: bytes
    """Server name it asks for (SNI), b"" for none."""
    protocols: tuple[bytes, ...]
    """What it offers to speak inside (ALPN), in its order."""
    ja3: str
    """32 hexadecimal digits."""
    ja4: str


class Refused(NamedTuple):
    """No evidence, only counted: a handshake that nobody had the time for."""


Evidence = Request | Credential | Hello
Note = Evidence | Refused


class Reply(NamedTuple):
    """What a conversation wants said, what follows it, after how many seconds it is due, and what was learned."""

    data: bytes
    then: Then
    after_s: float = 0.0
    notes: tuple[Note, ...] = ()


class Conversation(Protocol):
    """One connection's talk. Any chunking of the same input gives the same output.

    `at` is the moment, seconds since the epoch; only dates that are shown depend on it.
    """

    @property
    def patience_s(self) -> float | None:
        """How long the peer may be quiet before `idled` is called; None for the configured time."""

    def opened(self, at: float) -> Reply:
        """The handshake is complete: the greeting, or an empty reply from a service that waits to be asked."""

    def heard(self, data: bytes, at: float) -> Reply:
        """In-order bytes from the peer, one or more."""

    def idled(self, at: float) -> Reply:
        """The peer has been quiet for its time, or a reply with MORE has been said."""
