"""Cryptography for all conversations of a process: what `core.conversation.engines` asks for, in one object."""

from rawspoof.core.conversation.engines import Papers, Tls
from rawspoof.edges.crypto.tls import TlsEngine


class CryptoEngines:
    """TLS, with keys derived from the sensor's secret."""

    def __init__(self, secret: bytes) -> None:
        self._tls = TlsEngine(secret)

    def tls(self, papers: Papers, at: float) -> Tls | None:
        """See `Engines.tls`."""
        return self._tls.tls(papers, at)
