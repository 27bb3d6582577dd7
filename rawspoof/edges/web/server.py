"""Serves the web admin in a thread of its own, with an event loop of its own: the collector's never waits for it.

Takes connections up to a limit, before TLS is spoken. Knows sockets; what is answered is `app`'s.
"""

import asyncio
import logging
import os
import socket
import ssl
from collections import Counter
from contextlib import suppress
from threading import Event, Thread, get_native_id
from typing import Any, Final

from uvicorn import Config as Settings
from uvicorn.server import ServerState

from rawspoof.edges.sinks.base import Tally
from rawspoof.edges.web.app import Admin
from rawspoof.edges.web.protocol import HEAD_S, STUCK_S, Protocol, settings

CONNECTIONS_MAX: Final = 256
"""Connections at a time; one beyond is closed at once. A browser has up to six, and a stream takes one."""
ADDRESS_MAX: Final = 160
"""Of one address: nobody can take all of them."""
HANDSHAKE_S: Final = 5.0
"""Longest time for a TLS handshake."""
END_S: Final = 0.5
NICE: Final = 5
"""How far this thread stands back for workers and sinks where the processor is short."""

log = logging.getLogger(__name__)


class Server:
    """The thread. `start` returns once connections are taken."""

    def __init__(
        self,
        admin: Admin,
        listener: socket.socket,
        context: ssl.SSLContext | None,
        head_s: float = HEAD_S,
        stuck_s: float = STUCK_S,
    ) -> None:
        """Limits are those of `protocol`."""
        self._head_s, self._stuck_s = head_s, stuck_s
        self._admin, self._listener, self._context = admin, listener, context
        self._settings = Settings(**settings(admin.app))
        self._state = ServerState()
        self._addresses: Counter[str] = Counter()
        self._refused = Tally("web admin: connections refused")
        self._thread = Thread(target=self._run, name="web admin", daemon=True)
        self._started = Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._end: asyncio.Event | None = None

    def start(self) -> None:
        """Begin."""
        self._thread.start()
        self._started.wait()

    def stop(self) -> None:
        """End, with every connection."""
        if self._loop is not None and self._end is not None:
            with suppress(RuntimeError):  # it has ended by itself
                self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(END_S)

    def _run(self) -> None:
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, get_native_id(), NICE)
        try:
            asyncio.run(self._serve())
        except Exception:
            log.exception("the web admin broke and is gone until the collector is started again")
        finally:
            self._started.set()

    async def _serve(self) -> None:
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        self._loop.set_exception_handler(_quietly)
        self._settings.load()
        self._listener.setblocking(False)
        tasks = [asyncio.create_task(work) for work in (self._accept(), self._admin.stream.run())]
        self._started.set()
        ended = asyncio.create_task(self._end.wait())
        done, _ = await asyncio.wait((*tasks, ended), return_when=asyncio.FIRST_COMPLETED)
        for connection in list(self._state.connections):
            connection.transport.abort()
        for task in (*tasks, ended):
            task.cancel()
        self._admin.api.close()
        for task in done - {ended}:
            task.result()

    async def _accept(self) -> None:
        loop = asyncio.get_running_loop()
        handshakes: set[asyncio.Task[None]] = set()
        while True:
            try:
                peer, address = await loop.sock_accept(self._listener)
            except OSError:
                # Out of descriptors, or it is gone already.
                await asyncio.sleep(0.1)
                continue
            host = str(address[0])
            if self._addresses.total() >= CONNECTIONS_MAX or self._addresses[host] >= ADDRESS_MAX:
                self._refused.add(1, f"the last from {host}")
                peer.close()
                continue
            self._addresses[host] += 1
            task = loop.create_task(self._take(peer, host))
            handshakes.add(task)
            task.add_done_callback(handshakes.discard)

    async def _take(self, peer: socket.socket, host: str) -> None:
        made = Protocol(self._settings, self._state, {}, asyncio.get_running_loop())
        made.lost = lambda: self._leave(host)
        made.head_s, made.stuck_s = self._head_s, self._stuck_s
        secured: dict[str, Any] = {"ssl": self._context, "ssl_handshake_timeout": HANDSHAKE_S}
        with suppress(OSError):
            peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            loop = asyncio.get_running_loop()
            await loop.connect_accepted_socket(lambda: made, peer, **(secured if self._context else {}))
        except (OSError, ssl.SSLError, TimeoutError):
            peer.close()
            self._leave(host)

    def _leave(self, host: str) -> None:
        self._addresses[host] -= 1
        if self._addresses[host] <= 0:
            del self._addresses[host]


def _quietly(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """What asyncio would log of peers that go away in the middle of something; other things are ours."""
    error = context.get("exception")
    if not isinstance(error, OSError | ssl.SSLError | asyncio.CancelledError):
        log.error("web admin: %s", context.get("message"), exc_info=error)
