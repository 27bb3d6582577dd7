"""What a process may do: becoming another user, keeping a capability or two, losing the rest for good.

capabilities(7), capset(2), prctl(2). A verdict of a process without CAP_NET_ADMIN fails silently, so what is kept is
kept through the change of user.
"""

import ctypes
import os
import pwd
import struct
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Final

CAP_KILL: Final = 5
CAP_SETGID: Final = 6
CAP_SETUID: Final = 7
CAP_NET_ADMIN: Final = 12
CAP_NET_RAW: Final = 13

PACKETS: Final = frozenset({CAP_NET_ADMIN, CAP_NET_RAW})
"""What it takes to take packets from the kernel, and to send them."""
SUPERVISOR: Final = PACKETS | {CAP_SETUID, CAP_SETGID, CAP_KILL}
"""What root needs beside that to start others as another user, and to end them."""

_PR_SET_PDEATHSIG, _PR_SET_KEEPCAPS, _PR_SET_NAME, _PR_SET_NO_NEW_PRIVS = 1, 8, 15, 38
_CAPABILITY_VERSION_3: Final = 0x20080522

_libc = ctypes.CDLL(None, use_errno=True)


def become(user: str, keep: Collection[int]) -> None:
    """Turn root into `user` with only the capabilities `keep`, for good. Raises KeyError for no such user.

    Whoever is not root stays who they are: `owner` says of which user that is.
    """
    if given := owner(user):
        uid, gid = given
        _prctl(_PR_SET_KEEPCAPS, 1)
        os.setgroups([])
        os.setresgid(gid, gid, gid)
        os.setresuid(uid, uid, uid)
    limit(keep)
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)


def is_root() -> bool:
    """Whether we are root, and not somebody who was given a capability or two."""
    return os.geteuid() == 0


def owner(user: str) -> tuple[int, int] | None:
    """Whose what is made for `user` is to be, uid and gid; None where we are not root: it is ours, as they are we.

    Raises KeyError for no such user.
    """
    if not is_root():
        return None
    account = pwd.getpwnam(user)
    return account.pw_uid, account.pw_gid


@contextmanager
def acting_as(user: str) -> Iterator[None]:
    """For a block's time, files are opened as this user; who is not root opens them as before. Not for threads."""
    given = owner(user)
    if given:
        os.setegid(given[1])
        os.seteuid(given[0])
    try:
        yield
    finally:
        if given:
            os.seteuid(0)
            os.setegid(0)


def limit(keep: Collection[int]) -> None:
    """Keep only these capabilities, and hand none on to what we execute. Raises PermissionError for one not held."""
    mask = sum(1 << capability for capability in keep)
    header = struct.pack("=Ii", _CAPABILITY_VERSION_3, 0)
    low, high = mask & 0xFFFFFFFF, mask >> 32
    if _libc.capset(header, struct.pack("=6I", low, low, 0, high, high, 0)):
        raise PermissionError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def held(capability: int) -> bool:
    """Whether this process may use a capability now."""
    with open("/proc/self/status", encoding="ascii") as status:
        effective = next(int(line.split()[1], 16) for line in status if line.startswith("CapEff:"))
    return bool(effective >> capability & 1)


def die_with_parent(signal: int, parent: int) -> None:
    """Have the kernel send us `signal` when our parent dies. To be called after `become`, which would undo it.

    `parent` is the pid it should have: if it died before this call, the process ends here.
    """
    _prctl(_PR_SET_PDEATHSIG, signal)
    if os.getppid() != parent:
        os._exit(1)


def name(title: str) -> None:
    """Name this process as `ps` and `top` show it (15 bytes)."""
    _prctl(_PR_SET_NAME, ctypes.create_string_buffer(title.encode()[:15]))


def _prctl(option: int, argument: object) -> None:
    if _libc.prctl(option, argument, 0, 0, 0):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
