"""Cryptography for all conversations of a process: what `core.conversation.engines` asks for, in one object."""

from rawspoof.core.conversation.engines import Papers, Ssh, Tls
from rawspoof.edges.crypto.ssh import SshEngine
from rawspoof.edges.crypto.tls import TlsEngine


class CryptoEngines:
    """TLS and SSH, with keys derived from the sensor's secret."""

    def __init__(self, secret: bytes) -> None:
        self._tls = TlsEngine(secret)
        self._ssh = SshEngine(secret)

    def tls(self, papers: Papers, at: float) -> Tls | None:
        """See `Engines.tls`."""
        return self._tls.tls(papers, at)

    def ssh(self, host: bytes, rsa_bits: int) -> Ssh:
        """See `Engines.ssh`."""
        return self._ssh.host(host, rsa_bits)
