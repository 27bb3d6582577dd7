"""Single packets made by scapy, sent from a lab's attacker side, and what comes back; the kernel there says nothing."""

import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from select import select
from typing import Any, Final

from scapy.layers.inet import IP, TCP
from scapy.layers.inet6 import IPv6
from scapy.packet import Packet

from rawspoof.edges.lab.namespaces import INTERFACE, Lab
from tests.netns.taps import SOURCE, SOURCE6, TARGET, TARGET6, call

WAIT_S: Final = 2.0
FIRST_PORT: Final = 50000
LAST_PORT: Final = 59999
MARK: Final = 7
QUIET: Final = f"""
table inet quiet {{
    chain out {{
        type filter hook output priority 0
        meta mark != {MARK} tcp sport {FIRST_PORT}-{LAST_PORT} drop
    }}
}}
"""
_ALL_PROTOCOLS: Final = 3
_LAYERS: Final = {0x0800: IP, 0x86DD: IPv6}


class Prober:
    """Asks with packets, each from a port of its own."""

    def __init__(self, lab: Lab) -> None:
        call(lab, "attacker", "nft", "-f", "-", text=QUIET)
        with lab.inside("attacker"):
            self._in = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(_ALL_PROTOCOLS))
            self._in.bind((INTERFACE, _ALL_PROTOCOLS))
            self._out = {4: _raw(socket.AF_INET), 6: _raw(socket.AF_INET6)}
        self._port = FIRST_PORT

    def port(self) -> int:
        """A source port that was not used yet."""
        self._port += 1
        return self._port

    def send(self, packet: Packet) -> None:
        self._out[packet.version].sendto(bytes(packet), (packet.dst, 0))

    def packets(self, within_s: float = WAIT_S) -> Iterator[Packet]:
        """What comes back to our ports, as it comes."""
        until = time.monotonic() + within_s
        while select([self._in], [], [], max(0.0, until - time.monotonic()))[0]:
            raw, (_, protocol, kind, _, _) = self._in.recvfrom(65536)
            if kind == socket.PACKET_OUTGOING or protocol not in _LAYERS:
                continue
            packet = _LAYERS[protocol](raw)
            if TCP in packet and FIRST_PORT <= packet[TCP].dport <= LAST_PORT:
                yield packet

    def answer(self, packet: Packet, within_s: float = WAIT_S) -> Packet | None:
        """The first answer to one packet."""
        self.send(packet)
        return next((p for p in self.packets(within_s) if p[TCP].dport == packet[TCP].sport), None)

    def answers(self, probes: Sequence[Packet]) -> list[Packet | None]:
        """The first answer to each; None is silence, known for sure once a SYN sent after all others is answered."""
        last = {(p.version, p[TCP].dport): syn(self.port(), p[TCP].dport, p.version) for p in probes}
        for packet in (*probes, *last.values()):
            self.send(packet)
        awaited = {p[TCP].sport for p in last.values()}
        came: dict[int, Packet] = {}
        for packet in self.packets():
            came.setdefault(packet[TCP].dport, packet)
            awaited.discard(packet[TCP].dport)
            if not awaited:
                break
        assert not awaited, "the last SYN was not answered"
        return [came.get(p[TCP].sport) for p in probes]

    def close(self) -> None:
        for one in (self._in, *self._out.values()):
            one.close()


@contextmanager
def prober(lab: Lab) -> Iterator[Prober]:
    asks = Prober(lab)
    try:
        yield asks
    finally:
        asks.close()


def probe(sport: int, dport: int, version: int = 4, data: bytes = b"", **tcp: Any) -> Packet:
    """A packet to the sensor; `tcp` are fields of scapy's TCP."""
    ip = IP(src=SOURCE, dst=TARGET) if version == 4 else IPv6(src=SOURCE6, dst=TARGET6)
    packet = ip / TCP(sport=sport, dport=dport, **({"seq": 1000} | tcp))
    return packet / data if data else packet


def syn(sport: int, dport: int, version: int = 4) -> Packet:
    return probe(sport, dport, version, flags="S", options=[("MSS", 1460)])


def _raw(family: socket.AddressFamily) -> socket.socket:
    raw = socket.socket(family, socket.SOCK_RAW, socket.IPPROTO_RAW)
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_MARK, MARK)
    return raw
