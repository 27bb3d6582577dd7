"""Services at their ports behind plain sockets, and nmap that asks what they are: a sensor, but for its TCP.

Knows conversations and nmap's XML; which services, and what nmap is to say of them, each test decides.
"""

import selectors
import shutil
import socket
import subprocess
import threading
from contextlib import suppress
from typing import Final, Self
from xml.etree import ElementTree

from rawspoof.core.conversation.base import Conversation, Reply, Then
from rawspoof.core.conversation.visit import Visit
from rawspoof.core.conversation.which import conversation
from rawspoof.core.signature.identity import Identity
from rawspoof.edges.lab.namespaces import ADDRESSES, Lab

TARGET: Final = ADDRESSES["sensor"][0]
SCAN_S: Final = 240
AT_ONCE: Final = "400"
"""Ports that nmap asks at the same time."""
TURN_S: Final = 0.2
"""How often the town looks whether it is over."""
NOON: Final = 1735732800.0


class Town:
    """The services at their ports, each connection a conversation: a sensor with prompt ports, but for its TCP."""

    def __init__(self, lab: Lab, planned: dict[int, Identity]) -> None:
        self._planned = planned
        self._open = selectors.DefaultSelector()
        self._over = threading.Event()
        with lab.inside("sensor"):
            for port in planned:
                self._open.register(socket.create_server((TARGET, port), backlog=64), selectors.EVENT_READ)
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join(10)
        for key in list(self._open.get_map().values()):
            self._end(key.fileobj)
        self._open.close()

    def _serve(self) -> None:
        while not self._over.is_set():
            for key, _ in self._open.select(TURN_S):
                if key.data is None:
                    self._accept(key.fileobj)
                else:
                    self._hear(key.fileobj, key.data)

    def _accept(self, listener: socket.socket) -> None:
        peer, _ = listener.accept()
        who = self._planned[listener.getsockname()[1]]
        talk = conversation(Visit(who))
        self._open.register(peer, selectors.EVENT_READ, talk)
        self._say(peer, talk.opened(NOON))

    def _hear(self, peer: socket.socket, talk: Conversation) -> None:
        try:
            data = peer.recv(65536)
        except ConnectionError:
            data = b""
        if data:
            self._say(peer, talk.heard(data, NOON))
        else:
            self._end(peer)

    def _say(self, peer: socket.socket, reply: Reply) -> None:
        with suppress(ConnectionError):
            peer.sendall(reply.data)
        if reply.then is Then.CLOSE:
            self._end(peer)

    def _end(self, peer: socket.socket) -> None:
        self._open.unregister(peer)
        peer.close()


def scan(lab: Lab, ports: list[int], *options: str) -> dict[int, tuple[str, str, str]]:
    """Service, product and version that `nmap -sV` finds at each port."""
    nmap = shutil.which("nmap")
    assert nmap, "this test wants nmap: apt-get install nmap"
    listed = ",".join(map(str, ports))
    argv = [
        nmap,
        "-n",
        "-Pn",
        "-sV",
        "--allports",
        "-T4",
        "--min-parallelism",
        AT_ONCE,
        *options,
        "-p",
        listed,
        "-oX",
        "-",
        TARGET,
    ]
    output, _ = lab.run("attacker", argv, stdout=subprocess.PIPE).communicate(timeout=SCAN_S)
    found = {}
    for port in ElementTree.fromstring(output).iter("port"):
        seen = port.find("service")
        name = seen.get("name", "") if seen is not None else ""
        tunnel = f"{seen.get('tunnel')}/" if seen is not None and seen.get("tunnel") else ""
        product, version = (seen.get(key, "") if seen is not None else "" for key in ("product", "version"))
        found[int(port.attrib["portid"])] = (tunnel + name, product, version)
    return found
