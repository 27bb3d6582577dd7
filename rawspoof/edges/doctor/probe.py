"""A small scanner: which ports are open, and what some of them say. For machines without nmap, in sockets only.

Connects, as nmap -sT does; keeps to so many connections and so many seconds at a time. Judges nothing.
"""

import errno
import socket
import struct
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import partial
from selectors import EVENT_WRITE, DefaultSelector
from time import monotonic
from typing import Final

from rawspoof.edges.doctor.patience import Asked
from rawspoof.edges.doctor.wire import Address

AT_ONCE: Final = 400
"""Connections at a time, with room below the usual limit of 1024 files."""
ANSWER_S: Final = 1.0
"""On a wire within the machine; a sensor answers within milliseconds."""
TRIES: Final = 2
GREETING_S: Final = 4.0
"""A sensor's services take human time to greet."""
_TEXT_BYTES: Final = 80
_QUESTION: Final = b"GET / HTTP/1.0\r\n\r\n"
_RST_ON_CLOSE: Final = struct.pack("ii", 1, 0)

Told = Callable[[int], None]
"""Given how many ports are done."""


def states(target: Address, ports: Sequence[int], told: Told) -> dict[int, str]:
    """`open`, `closed` or `filtered` for each port."""
    found: dict[int, str] = {}
    for _ in range(TRIES):
        silent = [port for port in ports if found.get(port, "filtered") == "filtered"]
        for start in range(0, len(silent), AT_ONCE):
            found |= _round(target, silent[start : start + AT_ONCE])
            told(len(found))
    return found


def names(target: Address, ports: Iterable[int]) -> dict[int, str]:
    """What each port says: its first line, by itself or asked for a page; "" where it says nothing.

    All are asked at once, a thread each.
    """
    asked = {port: Asked(partial(_said, target, port)) for port in ports}
    until = monotonic() + ANSWER_S + 2 * GREETING_S + ANSWER_S
    return {port: _within(one, until) for port, one in asked.items()}


def _within(asked: Asked[str], until: float) -> str:
    try:
        return asked.answer(until - monotonic())
    except TimeoutError:
        return ""


def _round(target: Address, ports: Sequence[int]) -> dict[int, str]:
    found: dict[int, str] = dict.fromkeys(ports, "filtered")
    with DefaultSelector() as selector:
        for port in ports:
            asking = _socket(target)
            asking.setblocking(False)
            state = _state(asking.connect_ex((str(target), port)))
            if state:
                found[port] = state
                asking.close()
            else:
                selector.register(asking, EVENT_WRITE, port)
        until = monotonic() + ANSWER_S
        while selector.get_map() and (left := until - monotonic()) > 0:
            for key, _ in selector.select(left):
                asking = key.fileobj  # type: ignore[assignment]
                found[key.data] = _state(asking.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)) or "filtered"
                selector.unregister(asking)
                asking.close()
        for key in list(selector.get_map().values()):
            key.fileobj.close()  # type: ignore[union-attr]
    return found


def _state(code: int) -> str:
    """What an error number tells of a port, "" while nothing is known."""
    if code == errno.EINPROGRESS:
        return ""
    return {0: "open", errno.ECONNREFUSED: "closed"}.get(code, "filtered")


def _said(target: Address, port: int) -> str:
    with suppress(OSError), _socket(target) as asking:
        asking.settimeout(ANSWER_S)
        asking.connect((str(target), port))
        asking.settimeout(GREETING_S)
        with suppress(TimeoutError):
            return _line(asking.recv(_TEXT_BYTES))
        asking.sendall(_QUESTION)
        return _line(asking.recv(_TEXT_BYTES))
    return ""


def _line(data: bytes) -> str:
    """The first line as printable ASCII: what a service says is its own business."""
    first = data.split(b"\n")[0].rstrip(b"\r")
    return "".join(chr(byte) if 32 <= byte < 127 else "." for byte in first)


def _socket(target: Address) -> socket.socket:
    family = socket.AF_INET if target.version == 4 else socket.AF_INET6
    made = socket.socket(family, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RST_ON_CLOSE)
    return made
