"""nmap names every service as it expects to be named: scripted conversations behind plain sockets, one port each."""

import re
import selectors
import shutil
import socket
import subprocess
import threading
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Final, Self
from xml.etree import ElementTree

import pytest

from rawspoof.core.conversation.base import Conversation, Reply, Then
from rawspoof.core.conversation.visit import Visit
from rawspoof.core.conversation.which import conversation
from rawspoof.core.signature.identity import Identity
from rawspoof.core.signature.service import Service
from rawspoof.core.world import host
from rawspoof.edges.lab.namespaces import ADDRESSES, Lab
from rawspoof.edges.system.audit import nmap_file
from rawspoof.edges.system.signatures import load_catalogue

pytestmark = [pytest.mark.netns, pytest.mark.long, pytest.mark.timeout(400)]

TARGET: Final = ADDRESSES["sensor"][0]
FIRST_PORT: Final = 40001
SCAN_S: Final = 240
WAIT_MS: Final = 700
AT_ONCE: Final = "400"
"""Ports that nmap asks at the same time."""
TURN_S: Final = 0.2
"""How often the town looks whether it is over."""
NOON: Final = 1735732800.0


@pytest.fixture
def hasty(tmp_path: Path) -> Path:
    """nmap's own probes and patterns, told to wait no five seconds for each answer of servers a cable away."""
    known = re.sub(r"(?m)^totalwaitms .*\n", "", nmap_file().read_text("latin-1"))
    path = tmp_path / "nmap-service-probes"
    path.write_text(re.sub(r"(?m)^Probe .*\n", rf"\g<0>totalwaitms {WAIT_MS}\n", known), "latin-1")
    return path


def identity(service: Service, port: int) -> Identity:
    """One of the service's identities, from the middle of its first set."""
    facts = host.facts(bytes(range(32)), bytes(4), port, b"seed")
    variety = service.varieties[0]
    return service.identity(variety, variety.size // 2, facts)


def plan() -> dict[int, Identity]:
    """Each service at the likeliest of its ports that is free: there nmap asks first what it understands."""
    catalogue, _ = load_catalogue(())
    planned: dict[int, Identity] = {}
    spare = count(FIRST_PORT)
    for service in sorted(catalogue.services.values(), key=lambda s: s.elsewhere):
        likely = sorted(service.ports, key=service.ports.__getitem__, reverse=True)
        port = next((p for p in likely if p not in planned), next(spare) if service.elsewhere else None)
        if port is not None:
            planned[port] = identity(service, port)
    return planned


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


def test_nmap_names_every_service_as_expected(lab, hasty):
    planned = plan()
    with Town(lab, planned):
        found = scan(lab, list(planned), "--versiondb", str(hasty))
    expected = {port: (who.seen_as, who.product, who.version) for port, who in planned.items()}
    assert found == expected
