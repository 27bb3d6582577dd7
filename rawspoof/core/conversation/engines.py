"""What cryptography does for conversations. It draws its own randomness, so it is handed in from an edge."""

from collections.abc import Callable
from typing import Literal, NamedTuple, Protocol

Era = Literal["modern", "classic", "old"]
"""TLS 1.2 and 1.3; 1.0 to 1.2; 1.0 alone."""
Name = tuple[tuple[str, str], ...]
"""A distinguished name: pairs of an attribute's short name (`CN`, `O` …) and its value."""


class Papers(NamedTuple):
    """All that decides how a server's TLS looks."""

    subject: Name
    issuer: Name
    """The subject itself where nobody else signed."""
    names: tuple[str, ...]
    """Host names it is valid for."""
    issued_at: int
    days: int
    era: Era
    protocols: tuple[str, ...]
    """What it speaks inside, for clients that offer to choose (ALPN)."""


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
    def waits(self) -> bool:
        """Whether a certificate is still being made, and nothing can be heard yet."""

    @property
    def ready(self) -> bool:
        """Whether the handshake is complete."""

    def hear(self, data: bytes) -> Step:
        """Take bytes from the peer."""

    def say(self, plain: bytes) -> bytes:
        """What to send so that the peer reads this; only once ready."""

    def close(self) -> bytes:
        """The alert that says good-bye (close_notify), b"" where there is nobody to read it."""


Derive = Callable[[bytes, int], bytes]
"""SSH's keys by letter (`A` to `F`) and size. RFC 4253 §7.2."""
Digest = Callable[[bytes, bytes, bytes], bytes]
"""SSH's exchange hash of host key, our public value and the secret. RFC 4253 §8."""


class Exchanged(NamedTuple):
    """Our side of an SSH key exchange."""

    host_key: bytes
    public: bytes
    secret: bytes
    hashed: bytes
    """What the digest gave."""
    signature: bytes


class Box(Protocol):
    """One direction of an SSH connection under its keys. A packet is its length, and what that counts."""

    block: int
    """What is encrypted is padded to a multiple of this."""
    aside: int
    """Bytes of the packet's beginning that do not count for that."""
    head: int
    """Bytes from which a packet's length can be told."""
    tag: int
    """Bytes that follow the packet on the wire."""

    def size(self, head: bytes, seq: int) -> int:
        """The length that the packet with this number tells; asked again, the same."""

    def open(self, wire: bytes, seq: int) -> bytes | None:
        """The packet after its length, None if it is not as it was sent. `size` has been asked before."""

    def seal(self, packet: bytes, seq: int) -> bytes:
        """What goes on the wire for a packet."""


class Later(Protocol):
    """A key exchange under way."""

    def done(self) -> bool:
        """Whether it is finished."""

    def result(self) -> Exchanged | None:
        """What came of it, None where the peer's value was no good. Only once done."""


class Ssh(Protocol):
    """One SSH host's keys, and what its connections need."""

    def exchange(self, family: str, public: bytes, algorithm: str, digest: Digest, at: float) -> Later | None:
        """Agree by a family of methods (`x25519`, `nistp256`, `dh-2048` …), and sign; None when too many ask.

        `public` is the client's value, `algorithm` signs. What takes longer than a packet may wait is done beside.
        """

    def box(self, cipher: str, mac: str, derive: Derive, ours: bool) -> Box | None:
        """The box of what we send (`ours`) or hear; None for what is not known."""


class Engines(Protocol):
    """Where conversations get cryptography."""

    def tls(self, papers: Papers, at: float) -> Tls | None:
        """TLS for a server with these papers; None when too many have asked (`turnstile`)."""

    def ssh(self, host: bytes, rsa_bits: int) -> Ssh:
        """The host of this name; its keys are the same whenever and wherever it is asked for."""
