"""Asks the supervisor to block: the collector's end of a socket that it was born with. Waits for each answer.

The supervisor decides; it blocks nobody that may never be blocked, whoever asks.
"""

import socket
from contextlib import suppress
from typing import Final

import msgspec

from rawspoof.edges.block.desk import MESSAGE_BYTES_MAX, Answer, Order

ANSWER_S: Final = 5.0


class SocketOrders:
    """`Orders`, for one thread."""

    def __init__(self, to: socket.socket) -> None:
        self._to = to

    def block(self, address: bytes, seconds: float) -> str:
        """See `Orders`."""
        return self._ask(Order("add", address, seconds))

    def unblock(self, address: bytes) -> str:
        """See `Orders`."""
        return self._ask(Order("remove", address))

    def _ask(self, order: Order) -> str:
        # An answer that came too late is to no question any more.
        self._to.setblocking(False)
        with suppress(BlockingIOError):
            while self._to.recv(MESSAGE_BYTES_MAX):
                pass
        self._to.settimeout(ANSWER_S)
        self._to.send(msgspec.msgpack.encode(order))
        said = self._to.recv(MESSAGE_BYTES_MAX)
        if not said:
            raise OSError("it has ended")
        return msgspec.msgpack.decode(said, type=Answer).wrong
