"""The collector's side of blocking: deeds are told to the supervisor, and what came of them comes back as events.

Knows both directions of the control socket, and no firewall.
"""

import fcntl
import os
import signal
import socket
import struct
import threading
from collections.abc import Sequence
from typing import Final

import msgspec

from rawspoof.config.model import Config
from rawspoof.core.event import AnyEvent
from rawspoof.core.watch.policy import Deed, Policy, Settings
from rawspoof.edges.block.keeper import Keeper
from rawspoof.edges.sinks.base import Tally

_F_SETOWN_EX: Final = 15
_F_OWNER_TID: Final = 0

EVENTS: Final = b"e"
"""First byte of a message with events; the rest is msgpack."""
EVENTS_AT_ONCE: Final = 64
MESSAGES_MAX: Final = 1000
"""Messages of the collector taken in one turn."""


def policy(config: Config) -> Policy | None:
    """The configuration's policy, None where there is nothing to judge."""
    block = config.block
    if not (block.enabled or block.tripwire_ports):
        return None
    return Policy(
        Settings(
            block.enabled,
            frozenset(block.tripwire_ports),
            block.ports_min,
            block.connections_min,
            block.credential,
            block.level_min,
            block.risk_min,
            config.watch.idle_s,
        )
    )


class Petition:
    """Tells the supervisor of deeds, through the collector's end of the control socket."""

    def __init__(self, policy: Policy, control: socket.socket) -> None:
        self._policy, self._control = policy, control
        self._encode = msgspec.msgpack.Encoder().encode
        self._unsent = Tally("collector: deeds that the supervisor had no time for")

    def __call__(self, events: Sequence[AnyEvent]) -> list[AnyEvent]:
        """Judge what the workers told; the alerts that come of it."""
        alerts: list[AnyEvent] = []
        for event in events:
            for found in self._policy.judge(event):
                if isinstance(found, Deed):
                    self._tell(found)
                else:
                    alerts.append(found)
        return alerts

    def _tell(self, deed: Deed) -> None:
        try:
            self._control.send(self._encode(deed), socket.MSG_DONTWAIT)
        except OSError:
            self._unsent.add(1)


def petition(config: Config, control: socket.socket) -> Petition | None:
    """The configuration's petition, None where there is nothing to judge."""
    made = policy(config)
    return Petition(made, control) if made else None


def decode(message: bytes) -> list[AnyEvent]:
    """The events of a message of the supervisor. Raises ValueError for what is none."""
    return msgspec.msgpack.decode(message.removeprefix(EVENTS), type=list[AnyEvent])


def notify(control: socket.socket) -> None:
    """Have the kernel send this thread SIGIO when something comes in at a socket, which never blocks from now on.

    The signal is blocked, for whoever waits for it; unblocked it would end the process.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGIO})
    fcntl.fcntl(control, _F_SETOWN_EX, struct.pack("=ii", _F_OWNER_TID, threading.get_native_id()))
    flags = fcntl.fcntl(control, fcntl.F_GETFL)
    fcntl.fcntl(control, fcntl.F_SETFL, flags | os.O_NONBLOCK | os.O_ASYNC)


def hear(control: socket.socket, keeper: Keeper) -> None:
    """Let the keeper hear what the collector has told, through the supervisor's end."""
    for _ in range(MESSAGES_MAX):
        try:
            message = control.recv(1024, socket.MSG_DONTWAIT)
        except OSError:
            return
        if not message:
            return
        keeper.hear(message)


def tell(control: socket.socket, events: Sequence[AnyEvent]) -> int:
    """Tell the collector; how many of the events it had no room for."""
    for first in range(0, len(events), EVENTS_AT_ONCE):
        some = events[first : first + EVENTS_AT_ONCE]
        try:
            control.send(EVENTS + msgspec.msgpack.encode(some), socket.MSG_DONTWAIT)
        except OSError:
            return len(events) - first
    return 0
