"""What a network interface does to packets before the firewall sees them. Reads; changes nothing.

By ioctl and not from /sys, which shows the namespace it was mounted in. Read linux/sockios.h and linux/ethtool.h.
"""

import fcntl
import socket
import struct
from array import array
from contextlib import suppress
from typing import Final

_SIOCETHTOOL: Final = 0x8946
_ETHTOOL_GFLAGS: Final = 0x25
_ETH_FLAG_LRO: Final = 1 << 15


def merges(name: str) -> bool:
    """Whether the card joins received segments (LRO); False where the driver does not say."""
    asked = array("I", [_ETHTOOL_GFLAGS, 0])
    with suppress(OSError):
        _ask(_SIOCETHTOOL, struct.pack("16sP16x", name.encode(), asked.buffer_info()[0]))
    return bool(asked[1] & _ETH_FLAG_LRO)


def _ask(what: int, ifreq: bytes) -> bytes:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        return fcntl.ioctl(any_socket, what, ifreq)
