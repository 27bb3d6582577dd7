"""What systemd is told of us: that we answer, what we do, that we are alive. Silent where nobody asked.

sd_notify(3): lines of NAME=VALUE in a datagram to the socket that $NOTIFY_SOCKET names; sd_watchdog_enabled(3).
"""

import os
import socket
import time
from collections.abc import MutableMapping
from contextlib import suppress
from typing import Final, Self

STATUS_MAX: Final = 400
"""Characters of a status; `systemctl status` shows one line."""


class Notifier:
    """Tells; what cannot be told is not told. Holds no descriptor that a child could inherit."""

    def __init__(self, address: str = "", watchdog_s: float = 0.0) -> None:
        """`address` is a path, or with `@` before it an abstract name; "" for nobody."""
        self._address = "\0" + address[1:] if address.startswith("@") else address
        self.watchdog_s = watchdog_s
        """We are given up for dead when `alive` was not called for so long; 0: never."""
        self._alive_at = float("-inf")

    @classmethod
    def of(cls, environment: MutableMapping[str, str]) -> Self:
        """As the environment has it, from which all of it is taken: it is not for those that we start."""
        address = environment.pop("NOTIFY_SOCKET", "")
        asked, of = environment.pop("WATCHDOG_USEC", ""), environment.pop("WATCHDOG_PID", "")
        watched = asked.isascii() and asked.isdigit() and of in ("", str(os.getpid()))
        return cls(address, int(asked) / 1e6 if watched else 0.0)

    def ready(self, status: str) -> None:
        """We answer: at first, and again after `reloading`."""
        self._tell("READY=1", _status(status))

    def reloading(self) -> None:
        """New settings are being looked at; `ready` ends it, whatever became of them."""
        self._tell("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")

    def status(self, text: str) -> None:
        """One line about what we do, or what is wrong."""
        self._tell(_status(text))

    def stopping(self) -> None:
        """The end has begun."""
        self._tell("STOPPING=1")

    def alive(self) -> None:
        """All is well; told twice in the time that it takes to be given up, however often this is called."""
        now = time.monotonic()
        if self.watchdog_s and now - self._alive_at >= self.watchdog_s / 2:
            self._alive_at = now
            self._tell("WATCHDOG=1")

    def _tell(self, *lines: str) -> None:
        if not self._address:
            return
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as out:
            out.setblocking(False)
            out.sendto("\n".join(lines).encode(), self._address)


def _status(text: str) -> str:
    return f"STATUS={' '.join(text.split())[:STATUS_MAX]}"
