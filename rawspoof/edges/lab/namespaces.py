"""A sensor and an attacker on one machine: two network namespaces and a wire between them, and nothing left of either.

Knows addresses and wires, and nothing of what runs at their ends.
"""

import os
import subprocess
from collections.abc import Sequence
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from signal import SIGTERM
from types import TracebackType
from typing import Any, Final, Literal, Self

from pyroute2 import IPRoute

from rawspoof.edges.system import namespace
from rawspoof.edges.system.privileges import die_with_parent

Side = Literal["sensor", "attacker"]

ADDRESSES: Final[dict[Side, tuple[str, str]]] = {
    "sensor": ("198.51.100.1", "2001:db8:51::1"),
    "attacker": ("198.51.100.2", "2001:db8:51::2"),
}
"""IPv4 (/24) and IPv6 (/64) of each side, from the ranges kept for documentation."""

INTERFACE: Final = "eth0"
"""The wire's end, on either side."""

STOP_S: Final = 5.0
"""How long a process may take to end after SIGTERM, before it is killed."""

_IFA_F_NODAD: Final = 2


class Lab:
    """The two sides, for as long as it is entered. Takes root: PermissionError without."""

    def __init__(self) -> None:
        self._sides: dict[Side, int] = {}
        self._processes: list[subprocess.Popen[Any]] = []

    def __enter__(self) -> Self:
        try:
            for side in ADDRESSES:
                self._sides[side] = namespace.create()
            self._wire()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End what `run` started, the last first, and give up the namespaces."""
        while self._processes:
            stop(self._processes.pop())
        while self._sides:
            os.close(self._sides.popitem()[1])

    def inside(self, side: Side) -> AbstractContextManager[None]:
        """This thread is on that side: sockets it opens and processes it starts stay there for good."""
        return namespace.inside(self._sides[side])

    def run(self, side: Side, argv: Sequence[str | os.PathLike[str]], **kwargs: Any) -> subprocess.Popen[Any]:
        """Start a command on that side. It ends with the lab, and with us, however we end.

        `kwargs` are Popen's, but for preexec_fn. Raises OSError where there is no such command.
        """
        with self.inside(side):
            process = subprocess.Popen(argv, preexec_fn=partial(die_with_parent, SIGTERM, os.getpid()), **kwargs)
        self._processes.append(process)
        return process

    def _wire(self) -> None:
        far = {"ifname": INTERFACE, "net_ns_fd": self._sides["attacker"]}
        with self.inside("sensor"), IPRoute() as route:
            route.link("add", ifname=INTERFACE, kind="veth", peer=far)
        for side, (four, six) in ADDRESSES.items():
            with self.inside(side), IPRoute() as route:
                # Nobody else could have these addresses, so none has to wait until that is found out.
                Path(f"/proc/sys/net/ipv6/conf/{INTERFACE}/accept_dad").write_text("0")
                _up(route, "lo")
                index = _up(route, INTERFACE)
                route.addr("add", index=index, address=four, prefixlen=24)
                route.addr("add", index=index, address=six, prefixlen=64, flags=_IFA_F_NODAD)


def stop(process: subprocess.Popen[Any]) -> int:
    """The status of a process that has ended, been asked to end, or after STOP_S been made to."""
    if process.poll() is None:
        process.terminate()
    try:
        return process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()


def _up(route: IPRoute, name: str) -> int:
    index: int = route.link_lookup(ifname=name)[0]
    route.link("set", index=index, state="up")
    return index
