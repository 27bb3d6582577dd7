"""Templates, forged in a child of their own: its 50 MB of scapy go with it. Knows no packet's way."""

import os
import signal
import socket
from collections.abc import Callable, Mapping

import msgspec

from rawspoof.core.personality.looks import Offer
from rawspoof.core.personality.model import Personality
from rawspoof.daemon.refusal import CannotStart
from rawspoof.edges.system import personalities, privileges, process

Forged = dict[str, dict[Offer, bytes]]
"""SYN-ACKs by operating system family."""


class Forging:
    """Under way from the first moment; `result` waits for it."""

    def __init__(self, faces: Mapping[str, Personality], leave: Callable[[], None] = lambda: None) -> None:
        """`leave` lets go, in the child, of what only we may hold."""
        self._ours, theirs = socket.socketpair()
        parent = os.getpid()

        def body() -> int:
            leave()
            privileges.die_with_parent(signal.SIGKILL, parent)
            templates = {family: personalities.forge(face) for family, face in faces.items()}
            theirs.sendall(msgspec.msgpack.encode(templates))
            return 0

        self._pid = process.fork(body) if faces else 0
        theirs.close()

    def result(self) -> Forged:
        """The templates. Raises CannotStart."""
        with self._ours, self._ours.makefile("rb") as file:
            message = file.read()
        if not self._pid:
            return {}
        os.waitpid(self._pid, 0)
        if not message:
            raise CannotStart("scapy could not forge the templates (see above): scripts/install mends the installation")
        return msgspec.msgpack.decode(message, type=Forged)
