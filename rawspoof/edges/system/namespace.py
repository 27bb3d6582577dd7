"""Network namespaces without names: made, entered and left again. Knows nothing of what is done in them.

The kernel keeps such a namespace for as long as a descriptor, a socket or a process refers to it, so whatever ends us
ends it too. (The calls are in `os` from Python 3.12 on.)
"""

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_CLONE_NEWNET: Final = 0x40000000
_PRESENT: Final = "/proc/thread-self/ns/net"
_libc: Final = ctypes.CDLL(None, use_errno=True)


def create() -> int:
    """A descriptor of a new network namespace with nothing in it. Raises PermissionError without root."""
    with _return_after():
        _check(_libc.unshare(_CLONE_NEWNET))
        return os.open(_PRESENT, os.O_RDONLY | os.O_CLOEXEC)


@contextmanager
def inside(namespace: int) -> Iterator[None]:
    """This thread is in that namespace; the sockets it opens and the processes it starts stay there for good."""
    with _return_after():
        _check(_libc.setns(namespace, _CLONE_NEWNET))
        yield


@contextmanager
def _return_after() -> Iterator[None]:
    present = os.open(_PRESENT, os.O_RDONLY | os.O_CLOEXEC)
    try:
        yield
    finally:
        _check(_libc.setns(present, _CLONE_NEWNET))
        os.close(present)


def _check(result: int) -> None:
    if result != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"network namespaces need root: {os.strerror(code)}")
