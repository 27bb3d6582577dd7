"""What this machine's own TCP does, seen in connections with itself, so that `host` looks like the services beside it.

Knows what differs between kernels of one family: the window scale (10 since Linux 6.16, 7 before) and whose clock the
timestamps show. Everything else is in the family's file.
"""

import socket
from typing import Final, Literal, NamedTuple

import msgspec

from rawspoof.core.personality.model import Personality

_TCP_TIMESTAMP: Final = 24
"""linux/tcp.h: the TSval that the connection would send now."""
_SAME_CLOCK_MS: Final = 60_000
"""Two offsets that chance makes closer than this: once in 36,000 starts."""
_WAIT_S: Final = 1.0


class OwnTcp(NamedTuple):
    """What was seen."""

    wscale: int
    offset: Literal["pair", "flow"]


def like_this_machine(personality: Personality) -> Personality:
    """The personality with what this machine does instead; the same where it does not talk to itself."""
    seen = observe()
    if seen is None:
        return personality
    return msgspec.structs.replace(
        personality,
        timestamps=msgspec.structs.replace(personality.timestamps, offset=seen.offset),
        synack=msgspec.structs.replace(personality.synack, wscale=seen.wscale),
    )


def observe() -> OwnTcp | None:
    """Two connections over loopback and what they agreed on; None without loopback, scaling or timestamps."""
    try:
        with socket.create_server(("127.0.0.1", 0)) as server:
            first, second = (_accepted(server) for _ in range(2))
    except OSError:
        return None
    if first is None or second is None:
        return None
    apart = abs((first[1] - second[1] + 2**31) % 2**32 - 2**31)
    return OwnTcp(first[0], "pair" if apart < _SAME_CLOCK_MS else "flow")


def _accepted(server: socket.socket) -> tuple[int, int] | None:
    """Window scale and TSval of the server's side of a new connection; None if it has not both."""
    with socket.create_connection(server.getsockname(), _WAIT_S), server.accept()[0] as peer:
        # struct tcp_info: options at 5 (timestamps 1, window scaling 4), the two shifts at 6, ours in its high half.
        info = peer.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 8)
        if info[5] & 5 != 5:
            return None
        return info[6] >> 4, peer.getsockopt(socket.IPPROTO_TCP, _TCP_TIMESTAMP) & 0xFFFFFFFF
