"""Our TCP beside this kernel's own: a spoofed port answers as a real listener on the same machine does.

How `host` learns what differs between kernels is in `test_own_tcp`, how other systems answer in `test_odd_probes`.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from itertools import product
from typing import Any

import pytest
from scapy.layers.inet import IP, TCP
from scapy.layers.inet6 import IPv6
from scapy.packet import Packet

from rawspoof.edges.lab.namespaces import Lab
from tests.netns.probes import Prober, probe, prober
from tests.netns.sensors import running
from tests.netns.taps import TARGET, TARGET6, attempt, call, serving

pytestmark = pytest.mark.netns

REAL, SPOOFED = 8099, 4444

SACK, TIMESTAMPS, WSCALE = ("SAckOK", b""), ("Timestamp", (0x12345678, 0)), ("WScale", 2)
ALL = [("MSS", 1460), SACK, TIMESTAMPS, WSCALE]

OFFERS = {
    "S" * sack + "T" * stamps + "W" * scaling or "none": [
        ("MSS", 1460), *[SACK] * sack, *[TIMESTAMPS] * stamps, *[WSCALE] * scaling
    ] for sack, stamps, scaling in product((False, True), repeat=3)
} | {
    f"mss-{mss}": [("MSS", mss), *ALL[1:]] for mss in (48, 536, 1400, 9000)
} | {
    "no-mss": ALL[1:], "nothing": [], "shift-15": [("MSS", 1460), ("WScale", 15)],
    "tsval-0": [("MSS", 1460), ("Timestamp", (0, 0))], "tsecr": [("MSS", 1460), ("Timestamp", (5, 77))],
}  # fmt: skip

KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    **{f"offer-{name}": ("S", {"options": options}) for name, options in OFFERS.items()},
    **{f"syn-{flags}": (flags, {"options": ALL}) for flags in ("SP", "SU", "SE", "SC", "SEC", "SECN", "SPUEC")},
    "syn-data": ("S", {"data": b"x" * 100}),
    "syn-window-0": ("S", {"window": 0}),
    "syn-ack-number": ("S", {"ack": 99}),
    "syn-reserved": ("S", {"reserved": 4}),
    **{
        f"flags-{flags or 'none'}": (flags, {"ack": 555})
        for flags in ("", "F", "P", "U", "FPU", "E", "C", "A", "FA", "PA", "UA", "AEC", "R", "RA")
    },
    **{f"flags-{flags}": (flags, {"ack": 555}) for flags in ("SA", "SF", "SR", "SFA", "SRA", "SFPU", "FSRPAUEC")},
    **{f"data-{flags or 'none'}": (flags, {"ack": 555, "data": b"hello"}) for flags in ("", "A", "PA", "FA", "F")},
}  # fmt: skip
"""Flags and what else is particular of a probe, for both families."""


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab() as both, ExitStack() as stack:
        stack.enter_context(running(both, "--delivery", "prompt", "--only", "openssh"))
        stack.enter_context(serving(both, "sensor", REAL))
        for target in (TARGET, TARGET6):
            assert attempt(both, target, REAL) == "open"
        yield both


@pytest.fixture(scope="module")
def asks(lab: Lab) -> Iterator[Prober]:
    with prober(lab) as asking:
        yield asking


def look(packet: Packet | None) -> dict[str, Any] | None:
    """All of an answer but what is the connection's own: of numbers meant to be random, whether they are 0."""
    if packet is None:
        return None
    tcp = packet[TCP]
    seen = {
        "flags": str(tcp.flags), "window": tcp.window, "reserved": tcp.reserved, "urgent": tcp.urgptr, "ack": tcp.ack,
        "seq": tcp.seq if "S" not in tcp.flags else "own", "data": bytes(tcp.payload).rstrip(b"\0") != b"",
        "options": [(name, ("own", value[1]) if name == "Timestamp" else value) for name, value in tcp.options],
    }  # fmt: skip
    if IP in packet:
        ip = packet[IP]
        return seen | {"ttl": ip.ttl, "ip flags": str(ip.flags), "id": ip.id != 0, "tos": ip.tos, "length": ip.len}
    ip6 = packet[IPv6]
    return seen | {"ttl": ip6.hlim, "label": ip6.fl != 0, "tos": ip6.tc, "length": ip6.plen}


@pytest.mark.parametrize("version", [4, 6])
def test_any_one_packet_is_answered_as_the_kernel_answers_it(asks, version):
    probes = [
        probe(asks.port(), port, version, flags=flags, **how)
        for flags, how in KINDS.values()
        for port in (REAL, SPOOFED)
    ]
    looks = [look(answer) for answer in asks.answers(probes)]
    assert dict(zip(KINDS, looks[1::2], strict=True)) == dict(zip(KINDS, looks[::2], strict=True))


def first_text(asks: Prober, port: int, version: int, options: list[Any]) -> dict[str, Any] | None:
    """How the first segment with text looks, of a service that greets."""
    sport = asks.port()
    opened = asks.answer(probe(sport, port, version, flags="S", options=options))
    assert opened is not None
    stamps = dict(opened[TCP].options).get("Timestamp")
    echoed = [] if stamps is None else [("NOP", None), ("NOP", None), ("Timestamp", (TIMESTAMPS[1][0] + 1, stamps[0]))]
    numbers = {"seq": 1001, "ack": opened[TCP].seq + 1}
    text = asks.answer(probe(sport, port, version, flags="A", options=echoed, **numbers))
    asks.send(probe(sport, port, version, flags="R", seq=1001))
    seen = look(text)
    assert seen is not None
    assert seen.pop("seq") == numbers["ack"]
    return {name: value for name, value in seen.items() if name != "length"}


@pytest.mark.parametrize("version", [4, 6])
@pytest.mark.parametrize("offer", ["none", "S", "T", "W", "TW", "STW"])
def test_the_first_text_looks_as_the_kernels_does(asks, version, offer):
    real, spoofed = (first_text(asks, port, version, OFFERS[offer]) for port in (REAL, SPOOFED))
    assert spoofed == real


def test_linux_by_name_looks_as_kernels_before_6_16_do():
    with Lab() as lab, ExitStack() as stack:
        # Their receive buffer, the one thing of a SYN-ACK that has changed since.
        call(lab, "sensor", "sysctl", "-q", "-w", "net.ipv4.tcp_rmem=4096 131072 6291456")
        stack.enter_context(running(lab, "--personality", "linux"))
        stack.enter_context(serving(lab, "sensor", REAL))
        asks = stack.enter_context(prober(lab))
        for version in (4, 6):
            probes = [probe(asks.port(), port, version, flags="S", options=ALL) for port in (REAL, SPOOFED)]
            real, spoofed = map(look, asks.answers(probes))
            assert spoofed == real
            assert ("WScale", 7) in spoofed["options"]


@pytest.mark.parametrize("version", [4, 6])
def test_timestamps_show_the_clock_that_the_kernels_show(asks, version):
    def clocks(port: int) -> list[int]:
        """TSvals of two connections less the moment, in milliseconds."""
        answers = [asks.answer(probe(asks.port(), port, version, flags="S", options=ALL)) for _ in range(2)]
        stamps = [dict(a[TCP].options)["Timestamp"][0] - a.time * 1000 for a in answers if a is not None]
        return [round(stamp) % 2**32 for stamp in stamps]

    real, spoofed = clocks(REAL), clocks(SPOOFED)
    assert (abs(spoofed[0] - spoofed[1]) < 50) == (abs(real[0] - real[1]) < 50)
