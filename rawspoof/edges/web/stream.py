"""What happens, as it does, to every browser that watches: server-sent events, made once and sent to all.

HTML Living Standard §9.2. A browser that reads too slowly loses the oldest of what waits for it, and never delays
anybody; the connection itself is bounded by `protocol`.
"""

import asyncio
from collections import deque
from typing import Any, Final

from starlette.types import Receive, Scope, Send

from rawspoof.edges.web.answer import RAW_HEADERS, encode, refuse
from rawspoof.edges.web.context import Context
from rawspoof.edges.web.openapi import STREAM_PER_S
from rawspoof.edges.web.pulse import Pulse
from rawspoof.edges.web.told import told

STREAMS_MAX: Final = 100
"""Browsers that watch at a time."""
WAITING_MAX: Final = 2 * STREAM_PER_S
"""Updates that wait for one browser: two seconds' worth."""
FEED_MAX: Final = 20
"""Events told in one update; of more, only the number is."""
KEEP_ALIVE_S: Final = 15.0
PAUSE_S: Final = 0.1
"""Between two updates: half of what the limit allows is live enough, at half the cost."""

_START: Final[dict[str, Any]] = {
    "type": "http.response.start",
    "status": 200,
    "headers": [(b"content-type", b"text/event-stream"), (b"x-accel-buffering", b"no"), *RAW_HEADERS],
}
_HELLO: Final = b"retry: 2000\n\n"
_QUIET: Final = b": nothing new\n\n"


class Watcher:
    """One browser, and what waits for it."""

    def __init__(self) -> None:
        self._waiting: deque[bytes] = deque(maxlen=WAITING_MAX)
        self._news = asyncio.Event()

    def put(self, update: bytes) -> bool:
        """Let it wait; False if the oldest had to go for it."""
        room = len(self._waiting) < WAITING_MAX
        self._waiting.append(update)
        self._news.set()
        return room

    async def take(self) -> bytes:
        """All that waits, as soon as there is something; a comment if there is nothing for a while."""
        try:
            await asyncio.wait_for(self._news.wait(), KEEP_ALIVE_S)
        except TimeoutError:
            return _QUIET
        self._news.clear()
        taken = b"".join(self._waiting)
        self._waiting.clear()
        return taken


class Stream:
    """An ASGI application, and the one task that makes what it sends."""

    def __init__(self, context: Context, pulse: Pulse) -> None:
        self._context, self._pulse = context, pulse
        self._watchers: set[Watcher] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send until the browser goes."""
        if len(self._watchers) >= STREAMS_MAX:
            self._context.web["refused"] += 1
            await refuse(send, 503, f"{STREAMS_MAX} browsers watch already", [(b"retry-after", b"5")])
            return
        watcher = Watcher()
        self._watchers.add(watcher)
        self._context.web["watching"] = len(self._watchers)
        gone = asyncio.ensure_future(_gone(receive))
        try:
            await self._send(watcher, send, gone)
        finally:
            gone.cancel()
            self._watchers.discard(watcher)
            self._context.web["watching"] = len(self._watchers)

    async def _send(self, watcher: Watcher, send: Send, gone: "asyncio.Future[None]") -> None:
        await send(_START)
        await send({"type": "http.response.body", "body": _HELLO + self._stats(), "more_body": True})
        while not gone.done():
            news = asyncio.ensure_future(watcher.take())
            await asyncio.wait((news, gone), return_when=asyncio.FIRST_COMPLETED)
            if not news.done():
                news.cancel()
                return
            await send({"type": "http.response.body", "body": news.result(), "more_body": True})

    async def run(self) -> None:
        """Make updates for as long as the server runs."""
        turn = 0
        while True:
            await asyncio.sleep(PAUSE_S)
            turn += 1
            second = turn % round(1 / PAUSE_S) == 0
            if second:
                self._pulse.beat()
            if not self._watchers:
                continue
            update = self._feed() + (self._stats() + self._changed() if second else b"")
            if update:
                self._context.web["skipped"] += sum(not watcher.put(update) for watcher in self._watchers)

    def _stats(self) -> bytes:
        return sse("stats", self._pulse.stats())

    def _feed(self) -> bytes:
        live = self._context.live
        with live.lock:
            events, skipped = live.feed.events()
        if not events and not skipped:
            return b""
        shown = events[-FEED_MAX:]
        good = [one for one in shown if len(one.event.src) == len(one.event.dst) != 0]
        items = [told(number, event, live.country, sensor) for number, event, sensor in good]
        return sse("feed", {"items": items, "skipped": skipped + len(events) - len(items)})

    def _changed(self) -> bytes:
        live = self._context.live
        with live.lock:
            found = [source for address in live.feed.changed() if (source := live.sources.get(address)) is not None]
            items = [source.told(source.address in live.blocks) for source in found]
        return sse("source", {"items": items}) if items else b""


def sse(name: str, value: Any) -> bytes:
    """One event; JSON has no line ends of its own."""
    return b"event: %s\ndata: %s\n\n" % (name.encode(), encode(value))


async def _gone(receive: Receive) -> None:
    """Until the browser has closed the connection."""
    while (await receive())["type"] != "http.disconnect":
        pass
