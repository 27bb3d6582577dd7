"""Kernel clients, as many as are wanted at once: plain sockets on a lab's attacker side, read until they heard enough.

Knows the options that a client's TCP can have. Decides nothing about what is to be heard.
"""

import errno
import resource
import select
import socket
import struct
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Final

from rawspoof.edges.lab.namespaces import Lab

ESTABLISHED: Final = 1
_UNDER_WAY: Final = {0, errno.EINPROGRESS}
_FILES_MAX: Final = 16384


class Client:
    """One connection and what was heard on it."""

    def __init__(self, sock: socket.socket, port: int) -> None:
        self.sock, self.port = sock, port
        self.heard = b""
        self.over = False
        """The peer closed its side, or reset the connection."""
        self.error = ""

    def read(self) -> None:
        """Take what is there."""
        try:
            data = self.sock.recv(65536)
        except BlockingIOError:
            return
        except OSError as error:
            self.over, self.error = True, errno.errorcode[error.errno or 0]
            return
        self.heard += data
        self.over = not data


@contextmanager
def connected(
    lab: Lab, target: str, ports: Iterable[int], *, mss: int = 0, keep_alive_s: int = 0
) -> Iterator[list[Client]]:
    """A connection to each of the ports, on its way; all are closed at the end."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(_FILES_MAX, hard)), hard))
    clients: list[Client] = []
    try:
        with lab.inside("attacker"):
            clients += [Client(_socket(target, mss, keep_alive_s), port) for port in ports]
            for client in clients:
                code = client.sock.connect_ex((target, client.port))
                assert code in _UNDER_WAY, errno.errorcode[code]
        yield clients
    finally:
        for client in clients:
            client.sock.close()


def hear(clients: Iterable[Client], enough: Callable[[Client], bool], within_s: float) -> list[Client]:
    """Read until each has heard enough or is over; those that have not by then."""
    waiting = {client.sock.fileno(): client for client in clients if not enough(client)}
    poll = select.epoll()
    for fd in waiting:
        poll.register(fd, select.EPOLLIN)
    until = time.monotonic() + within_s
    while waiting and (left := until - time.monotonic()) > 0:
        for fd, _ in poll.poll(left):
            client = waiting[fd]
            client.read()
            if client.over or enough(client):
                poll.unregister(fd)
                del waiting[fd]
    poll.close()
    return list(waiting.values())


def state(sock: socket.socket) -> int:
    """The kernel's state of a connection (tcp_states.h)."""
    return sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 8)[0]


def heard_ago_s(sock: socket.socket) -> float:
    """How long ago the peer last sent an ACK: tcpi_last_ack_recv."""
    return struct.unpack_from("I", sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 60), 56)[0] / 1000


def _socket(target: str, mss: int, keep_alive_s: int) -> socket.socket:
    sock = socket.socket(socket.AF_INET6 if ":" in target else socket.AF_INET, socket.SOCK_STREAM)
    sock.setblocking(False)
    if mss:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, mss)
    if keep_alive_s:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, keep_alive_s)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, keep_alive_s)
    return sock
