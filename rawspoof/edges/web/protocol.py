"""HTTP/1.1 as uvicorn speaks it, with limits on what a peer may cost: time for a head, time to read.

uvicorn bounds the size of a head and the pause between two requests; how long a head or a reader takes is bounded here.
"""

import asyncio
import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_BYTES_MAX: Final = 16 * 1024
HEAD_S: Final = 10.0
"""Longest time for a request's head, from the connection or the request before."""
STUCK_S: Final = 15.0
"""Longest time in which a peer may leave unread what waits for it; then it is dropped."""
KEEP_ALIVE_S: Final = 15
_AT_ONCE: Final = struct.pack("ii", 1, 0)


class Protocol(H11Protocol):
    """One connection."""

    lost: Callable[[], None]
    """Called when the connection is over."""
    head_s: float = HEAD_S
    stuck_s: float = STUCK_S
    _deadline: asyncio.TimerHandle | None = None
    _stuck: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Expect a request."""
        super().connection_made(transport)
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is expected any more."""
        for timer in (self._deadline, self._stuck):
            if timer is not None:
                timer.cancel()
        super().connection_lost(exc)
        self.lost()

    def data_received(self, data: bytes) -> None:
        """The head is there once a cycle for its request is."""
        before = self.cycle
        super().data_received(data)
        if self.cycle is not before and self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def on_response_complete(self) -> None:
        """The next head is expected, at the latest when the pause for one is over too."""
        self._expect_head(KEEP_ALIVE_S)
        super().on_response_complete()

    def pause_writing(self) -> None:
        """The peer does not read as fast as we write."""
        super().pause_writing()
        if self._stuck is None:
            self._stuck = self.loop.call_later(self.stuck_s, self._drop)

    def resume_writing(self) -> None:
        """It has read."""
        if self._stuck is not None:
            self._stuck.cancel()
            self._stuck = None
        super().resume_writing()

    def _drop(self) -> None:
        """Reset the connection: what waits unread in the kernel goes at once."""
        with suppress(OSError):
            self.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
        self.transport.abort()

    def _expect_head(self, more_s: float = 0.0) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
        self._deadline = self.loop.call_later(self.head_s + more_s, self._drop)


def settings(app: Any) -> dict[str, Any]:
    """What uvicorn's Config is to be told; nothing of it reaches the log or a header."""
    return {
        "app": app,
        "http": Protocol,
        "ws": "none",
        "lifespan": "off",
        "loop": "asyncio",
        "log_config": None,
        "log_level": "critical",
        "access_log": False,
        "server_header": False,
        "date_header": True,
        "proxy_headers": False,
        "h11_max_incomplete_event_size": HEAD_BYTES_MAX,
        "timeout_keep_alive": KEEP_ALIVE_S,
    }
