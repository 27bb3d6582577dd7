"""SSH's cryptography for conversations: host keys, key exchange beside the packets' way, boxes.

Knows one process: its secret and its thread. What takes longer than 2 ms runs on that thread: the large classic
groups, and the search for an RSA key that a host shows for the first time. The conversation asks again.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final

from rawspoof.core.conversation.engines import Box, Derive, Digest, Exchanged
from rawspoof.core.conversation.turnstile import Turnstile
from rawspoof.edges.crypto import ssh_boxes, ssh_kex
from rawspoof.edges.crypto.hostkeys import HostKeys

EXCHANGES_PER_S: Final = 60
"""Key exchanges begun within a second, about 100 ms of it; OpenSSH lets 10 to 100 be without a login (MaxStartups)."""
WAITING_MAX: Final = 16
"""Exchanges that wait for the thread, or are on it: at 20 ms each the last waits no longer than at a slow server."""


class SshEngine:
    """What all connections of a process share."""

    def __init__(self, secret: bytes) -> None:
        self._keys = HostKeys(secret)
        # Its thread starts with the first task: in the worker, that is, and not in the supervisor it was forked from.
        self._thread = ThreadPoolExecutor(1, "ssh")
        self._turnstile = Turnstile(EXCHANGES_PER_S, WAITING_MAX)
        self._waiting = 0

    def host(self, name: bytes, rsa_bits: int) -> "SshHost":
        """The host of this name, with an RSA key of so many bits."""
        return SshHost(self, name, rsa_bits)

    def begin(self, task: Callable[[], Exchanged | None], beside: bool, at: float) -> "Future[Exchanged | None] | None":
        """A task's result, at once or in time; None if this is one too many."""
        if not self._turnstile.admits(self._waiting if beside else 0, at):
            return None
        if beside:
            self._waiting += 1
            future = self._thread.submit(task)
            future.add_done_callback(self._done)
            return future
        future = Future()
        future.set_result(task())
        return future

    def knows(self, name: bytes, algorithm: str, bits: int) -> bool:
        """Whether a host's key for this algorithm need not be made first."""
        return self._keys.known(name, algorithm, bits)

    def exchanged(
        self, name: bytes, bits: int, family: str, public: bytes, algorithm: str, digest: Digest
    ) -> Exchanged | None:
        """Our side of a key exchange, signed; None where the peer's value is no good."""
        agreed = ssh_kex.agree(family, public)
        if agreed is None:
            return None
        key = self._keys.key(name, algorithm, bits)
        hashed = digest(key.blob, agreed.public, agreed.secret)
        return Exchanged(key.blob, agreed.public, agreed.secret, hashed, key.sign(algorithm, hashed))

    def _done(self, _: object) -> None:
        self._waiting -= 1


class SshHost:
    """What a connection to one host may ask for."""

    def __init__(self, engine: SshEngine, name: bytes, rsa_bits: int) -> None:
        self._engine, self._name, self._rsa_bits = engine, name, rsa_bits

    def exchange(
        self, family: str, public: bytes, algorithm: str, digest: Digest, at: float
    ) -> "Future[Exchanged | None] | None":
        """See `engines.Ssh`."""
        engine, name, bits = self._engine, self._name, self._rsa_bits
        beside = ssh_kex.heavy(family) or not engine.knows(name, algorithm, bits)
        return engine.begin(lambda: engine.exchanged(name, bits, family, public, algorithm, digest), beside, at)

    def box(self, cipher: str, mac: str, derive: Derive, ours: bool) -> Box | None:
        """See `engines.Ssh`."""
        return ssh_boxes.box(cipher, mac, derive, ours)
