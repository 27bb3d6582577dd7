"""Where a person's orders reach the supervisor: a socket in the folder of the blocks, which only root can open.

Both ends are here. One order, one answer; the list itself is read from disk. Decides nothing about blocks.
"""

import os
import socket
import struct
from contextlib import suppress
from pathlib import Path
from typing import Final, Literal

import msgspec

from rawspoof.edges.block.keeper import Keeper

NAME: Final = "socket"
MESSAGE_BYTES_MAX: Final = 4096
ANSWER_S: Final = 5.0
"""How long a person waits for the supervisor."""
ORDER_S: Final = 0.2
"""How long the supervisor waits for an order of somebody who came in."""
ORDERS_MAX: Final = 16
"""Orders heard in one turn."""


class Order(msgspec.Struct, frozen=True):
    """What a person wants done."""

    do: Literal["add", "remove", "flush", "save"]
    address: bytes = b""
    """Packed; of `add` and `remove`."""
    seconds: float = 0.0
    """Of `add`; 0: as long as block.seconds."""


class Answer(msgspec.Struct, frozen=True):
    """What came of it."""

    wrong: str = ""
    """Why it was not done, "" if it was."""
    count: int = 0
    """How many blocks it was about."""


def obey(order: Order, keeper: Keeper) -> Answer:
    """Do it."""
    match order.do:
        case "add":
            wrong = keeper.order(order.address, order.seconds)
            answer = Answer(wrong, int(not wrong))
        case "remove":
            answer = Answer("" if keeper.release(order.address) else "it is not blocked", 1)
        case "flush":
            answer = Answer(count=sum(keeper.release(block.address) for block in list(keeper.blocks)))
        case "save":
            answer = Answer(count=len(keeper.blocks))
    keeper.save()
    return answer


class Desk:
    """The supervisor's end."""

    def __init__(self, folder: Path) -> None:
        """Raises OSError, for one where the folder's name is longer than a socket's may be (107 bytes)."""
        path = folder / NAME
        # Whoever holds the folder is the only one here: what is left of an earlier one is nobody's.
        path.unlink(missing_ok=True)
        self._path = path
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET | socket.SOCK_CLOEXEC)
        try:
            self.socket.bind(str(path))
            os.chmod(path, 0o600)
            self.socket.listen(ORDERS_MAX)
            self.socket.setblocking(False)
        except OSError:
            self.socket.close()
            raise

    def serve(self, keeper: Keeper) -> None:
        """Do what those want who are waiting."""
        for _ in range(ORDERS_MAX):
            try:
                client, _ = self.socket.accept()
            except OSError:
                return
            with client, suppress(OSError, ValueError):
                client.settimeout(ORDER_S)
                if _is_ours(client):
                    order = msgspec.msgpack.decode(client.recv(MESSAGE_BYTES_MAX), type=Order)
                    client.send(msgspec.msgpack.encode(obey(order, keeper)))

    def close(self) -> None:
        """Let go of the socket, in a forked child too."""
        self.socket.close()

    def remove(self) -> None:
        """No more orders."""
        self.close()
        self._path.unlink(missing_ok=True)


def answer(client: socket.socket, keeper: Keeper) -> None:
    """Do what somebody wants whose socket stays open; at most ORDERS_MAX orders in one turn."""
    with suppress(OSError, ValueError):
        for _ in range(ORDERS_MAX):
            said = client.recv(MESSAGE_BYTES_MAX, socket.MSG_DONTWAIT)
            if not said:
                return
            order = msgspec.msgpack.decode(said, type=Order)
            client.send(msgspec.msgpack.encode(obey(order, keeper)), socket.MSG_DONTWAIT)


def ask(folder: Path, order: Order) -> Answer | None:
    """The supervisor's answer, None where none runs. Raises OSError, TimeoutError for one that does not answer."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET | socket.SOCK_CLOEXEC) as to:
        to.settimeout(ANSWER_S)
        try:
            to.connect(str(folder / NAME))
        except (FileNotFoundError, ConnectionRefusedError):
            return None
        said = b""
        with suppress(BrokenPipeError, ConnectionResetError):
            to.send(msgspec.msgpack.encode(order))
            said = to.recv(MESSAGE_BYTES_MAX)
    if not said:
        raise OSError("the running rawspoof did not take the order: is it of another version?")
    return msgspec.msgpack.decode(said, type=Answer)


def _is_ours(client: socket.socket) -> bool:
    """Whether root asks, or whoever we run as."""
    _, uid, _ = struct.unpack("=iII", client.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
    return int(uid) in (0, os.geteuid())
