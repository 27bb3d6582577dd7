"""What a speaker knows of the connection it talks on: who it is to be, who asks, and chance of the connection's own."""

from hashlib import blake2b
from typing import NamedTuple

from rawspoof.core.conversation.engines import Engines
from rawspoof.core.signature.identity import Identity


class Visit(NamedTuple):
    """One connection, as far as words go."""

    identity: Identity
    """Who lives there."""
    peer: bytes = bytes(4)
    """The source's address, packed, for services that name it: `Access denied for user 'root'@'192.0.2.7'`."""
    dice: int = 0
    """64 bits of the connection's own."""
    delay_s: float = 0.0
    """The port's human delay in seconds, jitter included."""
    engines: Engines | None = None
    """Cryptography, from an edge; None where there is none: then no TLS is offered."""

    def fact(self, name: str, default: bytes = b"") -> bytes:
        """A field of the identity's set or a fact of its host (`fqdn`, `addr`, `port` … see service.HOST_FACTS)."""
        return self.identity.facts.get(name, default)

    def word(self, name: str, at: float, default: bytes) -> bytes:
        """What the service's file says under `words`, or the default."""
        template = self.identity.words.get(name)
        return default if template is None else template.render(at)

    def octets(self, label: bytes, size: int) -> bytes:
        """Bytes by chance, at most 64: the same for the same connection and label, e.g. a challenge."""
        return blake2b(label, digest_size=size, key=self.dice.to_bytes(8)).digest()

    @property
    def starttls(self) -> bool:
        """Whether the service offers to go over to TLS, and can."""
        return self.identity.tls == "starttls" and self.engines is not None
