"""A port's conversation on an ordinary socket: for trying a service, or writing one, without root and without packets.

Uses the conversations as they are and asyncio for the rest; TCP here is the kernel's, so nothing of how a sensor's
packets look can be seen.
"""

import asyncio
import secrets
import signal
from collections.abc import Callable
from ipaddress import ip_address
from typing import Any, Final, NamedTuple

from rawspoof.core import talk
from rawspoof.core.conversation.base import Refused, Reply, Request, Then
from rawspoof.core.event import DATA_MAX, AnyEvent, SessionClosed, SessionData, SessionOpened
from rawspoof.core.evidence import evidence
from rawspoof.core.talk import Props
from rawspoof.core.world.profile import Profile

CONNECTIONS_MAX: Final = 64
"""Connections at a time; further ones are closed at once."""
READ_MAX: Final = 1460
"""Bytes heard at a time: a segment's."""


class Part(NamedTuple):
    """What is the same for every connection."""

    profile: Profile
    """Who is spoken for."""
    props: Props
    idle_s: float
    """How long a peer may be quiet where its conversation does not say."""
    now: Callable[[], float]
    """Seconds since the epoch."""
    tell: Callable[[AnyEvent], None]
    """Given every event."""

    @property
    def service(self) -> str:
        """Catalogue id."""
        return self.profile.identity.service if self.profile.identity else ""


class Rehearsal:
    """One port, spoken for as `profile` has it."""

    def __init__(self, part: Part) -> None:
        self.part = part
        self._open = 0

    async def serve(self, host: str, port: int, ready: Callable[[int], None]) -> None:
        """Until SIGINT or SIGTERM; `ready` is told the port once connections can come. Raises OSError."""
        server = await asyncio.start_server(self._welcome, host, port)
        over, loop = asyncio.Event(), asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, over.set)
        ready(server.sockets[0].getsockname()[1])
        await over.wait()
        server.close()

    async def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._open < CONNECTIONS_MAX:
            self._open += 1
            try:
                await _Visit(self.part, reader, writer).whole()
            finally:
                self._open -= 1
        writer.close()


class _Visit:
    """One connection."""

    def __init__(self, part: Part, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._part, self._reader, self._writer = part, reader, writer
        self._names = (*_packed(writer.get_extra_info("peername")), *_packed(writer.get_extra_info("sockname")))
        self._heard = self._said = self._exchanges = 0

    async def whole(self) -> None:
        """The whole of it; ends with the connection."""
        begun = self._part.now()
        reason = "done"
        try:
            await self._talk()
        except ConnectionError:
            reason = "peer-rst"
        took_s = self._part.now() - begun
        closed = SessionClosed(self._part.now(), *self._names, reason, self._heard, self._said, took_s, self._exchanges)
        self._part.tell(closed)

    async def _talk(self) -> None:
        part, peer = self._part, self._names[0]
        spoken = talk.begin(part.profile, part.props, peer, secrets.randbits(64), part.now())
        reply = spoken.conversation.opened(self._part.now()) if spoken else Reply(b"", Then.HOLD)
        self._part.tell(SessionOpened(self._part.now(), *self._names, self._part.service, reply.data))
        await self._say(reply)
        while spoken and reply.then is not Then.CLOSE:
            reply = await self._next(spoken, reply)
            await self._say(reply)

    async def _next(self, spoken: talk.Talk, last: Reply) -> Reply:
        """What follows a reply: more of it, what is answered to the peer, or what its silence brings."""
        conversation = spoken.conversation
        if last.then is Then.MORE:
            return conversation.idled(self._part.now())
        own = conversation.patience_s
        patience_s = self._part.idle_s if own is None else own
        try:
            data = await asyncio.wait_for(self._reader.read(READ_MAX), None if last.then is Then.HOLD else patience_s)
        except TimeoutError:
            return conversation.idled(self._part.now())
        if not data:
            return Reply(b"", Then.CLOSE)
        self._heard += len(data)
        self._part.tell(SessionData(self._part.now(), *self._names, data[:DATA_MAX], len(data)))
        return conversation.heard(data, self._part.now())

    async def _say(self, reply: Reply) -> None:
        for note in reply.notes:
            if isinstance(note, Refused):
                continue
            self._exchanges += isinstance(note, Request)
            self._part.tell(evidence(note, self._part.service, self._part.now(), self._names))
        await asyncio.sleep(reply.after_s)
        self._writer.write(reply.data)
        await self._writer.drain()
        self._said += len(reply.data)


def _packed(name: Any) -> tuple[bytes, int]:
    """A socket's address and port."""
    return ip_address(name[0]).packed, name[1]
