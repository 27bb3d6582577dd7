"""What cryptography does for conversations. It draws its own randomness, so it is handed in from an edge."""

from typing import NamedTuple, Protocol


class Step(NamedTuple):
    """What TLS made of some bytes."""

    wire: bytes
    """To be sent to the peer as it is."""
    plain: bytes
    """What the peer said inside."""
    over: bool
    """No more can come: the handshake failed, or the peer said good-bye."""


class Tls(Protocol):
    """One connection's TLS, our side of it."""

    @property
    def ready(self) -> bool:
        """Whether the handshake is complete."""

    def hear(self, data: bytes) -> Step:
        """Take bytes from the peer."""

    def say(self, plain: bytes) -> bytes:
        """What to send so that the peer reads this; only once ready."""

    def close(self) -> bytes:
        """The alert that says good-bye (close_notify)."""


class Engines(Protocol):
    """Where conversations get cryptography."""

    def tls(self, name: bytes, era: str) -> Tls | None:
        """TLS for a host of this name; None when too many have asked within the second.

        `era` says what the server's time would offer: `modern`, `classic` or `old`.
        """
