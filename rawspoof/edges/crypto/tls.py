"""TLS of our side, by Python's `ssl` over memory: bytes in, bytes out. Opens no socket and leaves no file behind.

Costs, measured on an idle core: a handshake 0.3 ms for the first flight (1.2 ms with RSA) and 0.1 ms for the second,
which is less than packets may wait: it is done where it is asked for. A server's context, 1.1 to 1.9 ms (60 ms with
RSA), is made on a thread, and kept.
"""

import os
import ssl
import warnings
from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Final
from weakref import WeakSet

from rawspoof.core.conversation.engines import Era, Papers, Step
from rawspoof.core.conversation.turnstile import Turnstile
from rawspoof.edges.crypto.certificate import pem

CONTEXTS_MAX: Final = 512
"""Certificates in memory, 15 KiB each; the one not used for longest is made anew when it is asked for, the same."""
_VERSIONS: Final[dict[Era, tuple[ssl.TLSVersion, ssl.TLSVersion]]] = {
    "modern": (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3),
    "classic": (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_2),
    "old": (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1),
}
_ANYBODY: Final = Papers((("CN", "localhost"),), (("CN", "localhost"),), ("localhost",), 0, 1, "modern", ())

MAKING_MAX: Final = 32
"""Certificates that are being made or wait for it; who asks for another one is refused."""
READ: Final = 16 * 1024
"""A record's most."""

_CIPHERS: Final = "HIGH:!aNULL:!MD5:@SECLEVEL=0"
"""As nginx and Apache have it; TLS before 1.2 signs by SHA-1, which level 0 alone lets it do."""


class TlsSession:
    """One connection's TLS."""

    __slots__ = ("__weakref__", "_context", "_in", "_object", "_out", "ready")

    def __init__(self, context: "Future[ssl.SSLContext]") -> None:
        self._context = context
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._object: ssl.SSLObject | None = None
        self.ready = False

    @property
    def waits(self) -> bool:
        """Whether the certificate is still being made."""
        return not self._context.done()

    def hear(self, data: bytes) -> Step:
        """Take bytes from the peer: the handshake goes on, and behind it what was said inside comes out."""
        if self._object is None:
            self._object = self._context.result().wrap_bio(self._in, self._out, server_side=True)
        self._in.write(data)
        plain, over = bytearray(), False
        try:
            if not self.ready:
                self._object.do_handshake()
                self.ready = True
            while said := self._object.read(READ):
                plain += said
            over = True
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLError:
            over = True
        return Step(self._out.read(), bytes(plain), over)

    def say(self, plain: bytes) -> bytes:
        """The records that carry this to the peer."""
        assert self._object is not None
        try:
            self._object.write(plain)
        except ssl.SSLError:
            # After a good-bye of ours, or an alert of the peer's, nothing can be said.
            return b""
        return self._out.read()

    def close(self) -> bytes:
        """The alert close_notify, b"" before the handshake is complete and after it has failed."""
        with suppress(ssl.SSLError, ValueError):
            if self._object is not None:
                self._object.unwrap()
        return self._out.read()


class TlsEngine:
    """TLS for all our servers."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self._contexts: OrderedDict[Papers, Future[ssl.SSLContext]] = OrderedDict()
        # Its thread starts with the first task: in the worker, that is, and not in the supervisor it was forked from.
        self._thread = ThreadPoolExecutor(1, "tls")
        self._alive: WeakSet[TlsSession] = WeakSet()
        self._turnstile = Turnstile()
        # OpenSSL loads what it needs when it is first used, and that takes 10 ms: now, and not while packets wait.
        context(secret, _ANYBODY)

    def tls(self, papers: Papers, at: float) -> TlsSession | None:
        """TLS for a server with these papers, None when too many have asked within the second, or are here."""
        unknown = papers not in self._contexts
        if unknown and sum(not made.done() for made in self._contexts.values()) >= MAKING_MAX:
            return None
        if not self._turnstile.admits(len(self._alive), at):
            return None
        session = TlsSession(self._context(papers))
        self._alive.add(session)
        return session

    def _context(self, papers: Papers) -> "Future[ssl.SSLContext]":
        known = self._contexts.get(papers)
        if known is not None:
            self._contexts.move_to_end(papers)
            return known
        if len(self._contexts) >= CONTEXTS_MAX:
            self._contexts.popitem(last=False)
        made = self._contexts[papers] = self._thread.submit(context, self._secret, papers)
        return made


def context(secret: bytes, papers: Papers) -> ssl.SSLContext:
    """What all connections of a server share: certificate, versions, ciphers, session tickets."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    _limit(made, papers.era)
    # Neither nginx nor Apache insist on their own order.
    made.options &= ~ssl.OP_CIPHER_SERVER_PREFERENCE
    made.set_ciphers(_CIPHERS)
    if papers.protocols:
        made.set_alpn_protocols(list(papers.protocols))
    # Python's ssl reads certificates from files only; this one is memory, and gone with its number.
    handle = os.memfd_create("papers")
    try:
        os.write(handle, pem(secret, papers))
        made.load_cert_chain(f"/proc/self/fd/{handle}")
    finally:
        os.close(handle)
    return made


def _limit(made: ssl.SSLContext, era: Era) -> None:
    # Python warns of what nobody should offer any more, which is just what such a server does.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        made.minimum_version, made.maximum_version = _VERSIONS[era]
