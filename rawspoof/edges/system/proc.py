"""What /proc tells about sockets, queues and processes, as values. Reads files; judges nothing.

`/proc/net` shows the network namespace of the process that reads it.
"""

import os
import struct
from collections.abc import Iterator
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import Final, NamedTuple

_NETLINK_NETFILTER: Final = "12"
_TCP_LISTEN: Final = "0A"
_TCP_ESTABLISHED: Final = "01"

PROC: Final = Path("/proc")


class Listener(NamedTuple):
    """A TCP socket of this machine that listens."""

    address: IPv4Address | IPv6Address
    port: int
    pid: int | None
    """Whose it is; None where we may not look."""


class Connection(NamedTuple):
    """A TCP connection of this machine's kernel."""

    port: int
    """Its own."""
    peer: IPv4Address | IPv6Address
    """The other side; an IPv4 one as such."""
    pid: int | None


class Queue(NamedTuple):
    """An NFQUEUE queue that somebody reads."""

    number: int
    pid: int | None


def listeners(proc: Path = PROC) -> list[Listener]:
    """Every listening TCP socket, IPv4 first."""
    pids = _socket_pids(proc)
    return [Listener(*_place(row[1]), pids.get(row[9])) for row in _tcp(proc, _TCP_LISTEN)]


def connections(proc: Path = PROC) -> list[Connection]:
    """Every established TCP connection."""
    pids = _socket_pids(proc)
    rows = _tcp(proc, _TCP_ESTABLISHED)
    return [Connection(_place(row[1])[1], _unmapped(_place(row[2])[0]), pids.get(row[9])) for row in rows]


def queues(proc: Path = PROC) -> list[Queue]:
    """Every queue that has a reader. Raises PermissionError without root."""
    pids = netlink_pids(proc)
    rows = _rows(proc / "net/netfilter/nfnetlink_queue")
    return [Queue(int(number), pids.get(int(port))) for number, port, *_ in rows]


def netlink_pids(proc: Path = PROC) -> dict[int, int]:
    """Netlink port → process, of the netfilter sockets whose process we may see."""
    pids = _socket_pids(proc)
    rows = [row for row in _rows(proc / "net/netlink") if row[1] == _NETLINK_NETFILTER]
    return {int(row[2]): pids[row[9]] for row in rows if row[9] in pids}


def described(pid: int | None, proc: Path = PROC) -> str:
    """A process for people: its name and number."""
    if pid is None:
        return "unknown process"
    with suppress(OSError):
        return f"{(proc / str(pid) / 'comm').read_text().strip()}, pid {pid}"
    return f"pid {pid}"


def called(pid: int, proc: Path = PROC) -> tuple[str, list[str]]:
    """A process's name and its command line; nothing of one that is gone."""
    with suppress(OSError):
        arguments = (proc / str(pid) / "cmdline").read_bytes().split(b"\0")
        return (proc / str(pid) / "comm").read_text(errors="replace").strip(), [os.fsdecode(one) for one in arguments]
    return "", []


def neighbours(proc: Path = PROC) -> list[int]:
    """Every process in our network namespace that we may look at, ourselves included."""
    ours = (proc / "thread-self/ns/net").stat().st_ino
    found = []
    for folder in proc.glob("[0-9]*"):
        with suppress(OSError):
            if (folder / "ns/net").stat().st_ino == ours:
                found.append(int(folder.name))
    return sorted(found)


def number(path: str, proc: Path = PROC) -> int | None:
    """The first word of a file below /proc as a number; None where there is no such file."""
    found = words(path, proc)
    return int(found[0]) if found else None


def words(path: str, proc: Path = PROC) -> list[str]:
    """The words of a file below /proc; none where there is no such file."""
    with suppress(FileNotFoundError):
        return (proc / path).read_text().split()
    return []


def _socket_pids(proc: Path) -> dict[str, int]:
    """Inode → process, of every socket we may see. Of several that share one, the lowest: most often the parent."""
    found: dict[str, int] = {}
    for folder in sorted(proc.glob("[0-9]*/fd"), key=lambda folder: int(folder.parent.name)):
        # Processes end while we look at them.
        with suppress(OSError):
            for link in folder.iterdir():
                target = str(link.readlink())
                if target.startswith("socket:["):
                    found.setdefault(target[8:-1], int(folder.parent.name))
    return found


def _tcp(proc: Path, state: str) -> Iterator[list[str]]:
    for name in ("net/tcp", "net/tcp6"):
        yield from (row for row in _rows(proc / name) if row[3] == state)


def _place(text: str) -> tuple[IPv4Address | IPv6Address, int]:
    address, _, port = text.partition(":")
    return _address(address), int(port, 16)


def _unmapped(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    return address.ipv4_mapped or address if isinstance(address, IPv6Address) else address


def _rows(path: Path) -> Iterator[list[str]]:
    """The lines of a table in columns; none where there is no such file (IPv6 off, a module not loaded)."""
    with suppress(FileNotFoundError):
        yield from map(str.split, path.read_text().splitlines())


def _address(text: str) -> IPv4Address | IPv6Address:
    """An address as /proc prints it: 32-bit words in host order."""
    words = [int(text[at : at + 8], 16) for at in range(0, len(text), 8)]
    return ip_address(struct.pack(f"={len(words)}I", *words))
