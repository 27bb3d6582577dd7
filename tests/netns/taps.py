"""What kernel tests do on the two sides of a lab: read a queue, send a SYN, try to connect, serve."""

import socket
import struct
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from select import select
from threading import Thread

from netfilterqueue import NetfilterQueue

from rawspoof.edges.lab.namespaces import ADDRESSES, Lab

TARGET, TARGET6 = ADDRESSES["sensor"]
SOURCE, SOURCE6 = ADDRESSES["attacker"]

WAIT_S = 1.0
"""For what is to come; it comes within milliseconds."""
QUIET_S = 0.15
"""For what is not to come."""


class Tap:
    """A reader of one queue: keeps the packets, drops them."""

    def __init__(self, lab: Lab, number: int = 0) -> None:
        self._packets: list[bytes] = []
        with lab.inside("sensor"):
            self._queue = NetfilterQueue()
            self._queue.bind(number, self._take)

    def _take(self, packet) -> None:
        self._packets.append(packet.get_payload())
        packet.drop()

    def packets(self, wait_s: float = QUIET_S) -> list[bytes]:
        """What has come since the last time; waits so long for the first of it."""
        if select([self._queue.get_fd()], [], [], wait_s)[0]:
            self._queue.run(block=False)
        taken, self._packets = self._packets, []
        return taken

    def close(self) -> None:
        self._queue.unbind()


@contextmanager
def tapped(lab: Lab, number: int = 0) -> Iterator[Tap]:
    tap = Tap(lab, number)
    try:
        yield tap
    finally:
        tap.close()


def queued(tap: Tap, lab: Lab, to: str, port: int, expected: bool = True) -> bool:
    """Whether a SYN from the attacker to this place comes to the queue."""
    tap.packets(0)
    with syn(lab, to, port):
        return port in {destination_port(packet) for packet in tap.packets(WAIT_S if expected else QUIET_S)}


def destination_port(packet: bytes) -> int:
    header = 40 if packet[0] >> 4 == 6 else (packet[0] & 15) * 4
    return int(struct.unpack_from("!H", packet, header + 2)[0])


@contextmanager
def syn(lab: Lab, to: str, port: int) -> Iterator[None]:
    """A SYN on its way; nobody waits for the answer."""
    with lab.inside("attacker"), _socket(to) as asking:
        asking.setblocking(False)
        asking.connect_ex((to, port))
        yield


def attempt(lab: Lab, to: str, port: int, timeout_s: float = WAIT_S) -> str:
    """`open`, `refused` or `silent`: what a connection from the attacker meets."""
    with lab.inside("attacker"), _socket(to) as asking:
        asking.settimeout(timeout_s)
        try:
            asking.connect((to, port))
        except ConnectionRefusedError:
            return "refused"
        except TimeoutError:
            return "silent"
        return "open"


@contextmanager
def serving(lab: Lab, side, port: int) -> Iterator[None]:
    """A real service on every address of a side; greets and hangs up."""
    with lab.inside(side):
        server = socket.create_server(("::", port), family=socket.AF_INET6, dualstack_ipv6=True)

    def greet() -> None:
        with suppress(OSError):
            while True:
                with server.accept()[0] as peer:
                    peer.send(b"genuine")

    thread = Thread(target=greet, daemon=True)
    thread.start()
    try:
        yield
    finally:
        # A close alone does not wake who waits in accept.
        server.shutdown(socket.SHUT_RDWR)
        thread.join(10)
        server.close()


def greeting(lab: Lab, side, to: str, port: int) -> bytes:
    """What a real service says to a client on this side."""
    with lab.inside(side), socket.create_connection((to, port), WAIT_S) as client:
        return client.recv(100)


def call(lab: Lab, side, *argv: str, text: str | None = None) -> str:
    """What a command on this side prints; it must succeed."""
    with lab.inside(side):
        done = subprocess.run(argv, input=text, capture_output=True, text=True, timeout=20)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _socket(to: str) -> socket.socket:
    return socket.socket(socket.AF_INET6 if ":" in to else socket.AF_INET, socket.SOCK_STREAM)
