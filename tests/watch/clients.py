"""Ordinary clients that pass by a sensor, packet by packet: every system, every way, alone or many behind one address.

Each is a function of chance that gives moments and segments.
"""

from collections.abc import Callable
from itertools import count
from random import Random
from typing import Final, NamedTuple

from rawspoof.core.wire.segment import ACK, CWR, ECE, RST, SYN
from tests.peers import segment
from tests.watch.street import OURS, Passing, options, ports

MSS: Final = (1460, 1452, 1440, 1412, 1400, 1380, 1360, 1300, 1220, 536, 8960)
"""Ethernet, PPPoE, IPv6, VPNs of all kinds, old modems, jumbo frames."""


class Stack(NamedTuple):
    """How a system's connect() begins; `{m}` and `{w}` in the options are the way's and the memory's."""

    system: str
    look: str
    windows: tuple[int, ...]
    ttl: int = 64
    df: bool = True
    scales: tuple[int, ...] = (6, 7, 8, 9, 10)
    ecn: float = 0.0
    """How often it asks for ECN."""
    ident: str = "random"


STACKS: Final = {
    "linux": Stack("linux", "M{m},S,T,N,W{w}", (64240, 65535, 62780, 29200, 26883, 42340)),
    "linux, no timestamps": Stack("linux", "M{m},N,N,S,N,W{w}", (64240, 29200)),
    "android": Stack("linux", "M{m},S,T,N,W{w}", (65535,)),
    "windows": Stack("windows", "M{m},N,W{w},N,N,S", (64240, 65535, 8192), 128, scales=(2, 8), ident="count"),
    "windows, timestamps": Stack("windows", "M{m},N,W{w},S,T", (64240, 65535), 128, scales=(8,), ident="count"),
    "windows xp": Stack("windows", "M{m},N,N,S", (65535, 64240, 16384), 128, ident="count"),
    "macos": Stack("macos", "M{m},N,W{w},N,N,T,S,L", (65535,), scales=(5, 6), ecn=0.5, ident="zero"),
    "ios": Stack("macos", "M{m},N,W{w},N,N,T,S,L", (65535,), scales=(6, 7), ecn=0.9, ident="zero"),
    "freebsd": Stack("freebsd", "M{m},N,W{w},S,T", (65535,), scales=(6, 7), ident="zero"),
    "openbsd": Stack("openbsd", "M{m},N,N,S,N,W{w},N,N,T", (16384,), scales=(6,)),
    "cisco router": Stack("", "M{m}", (4128,), 255, df=False),
    "small device": Stack("", "M{m}", (2048, 2144, 2920, 4380, 5744, 5840), 255, df=False, ident="count"),
    "printer": Stack("", "M{m}", (8192, 8760, 11680), 64, df=False, ident="count"),
}


def client(stack: Stack) -> Callable[[Random], Passing]:
    """Somebody who connects: once or in parallel, to one port or some, at times in vain, and then again."""

    def passing(rng: Random) -> Passing:
        mss, hops = rng.choice(MSS), rng.randint(0, 25)
        window, scale = rng.choice(stack.windows), rng.choice(stack.scales)
        look = stack.look.format(m=mss, w=scale)
        idents, sport, at = count(rng.getrandbits(16)), rng.randint(32768, 60000), 0.0
        # Windows counts its ports up, others draw them.
        step = rng.choice((0, 1))
        doors = [(rng.choice(OURS[:3]), port) for port in ports(rng)[: rng.choice((1, 1, 3, 10))]]
        for number in range(rng.choice((1, 2, 6, 15))):
            dst, port = rng.choice(doors)
            at += rng.choice((0.001, 0.3, 5.0))
            sport = sport + 1 if step else rng.randint(32768, 60999)
            flags = SYN | ECE | CWR if rng.random() < stack.ecn else SYN
            seq, raw = rng.getrandbits(32), options(look, rng)
            tries = rng.choice((1, 1, 1, 4))
            for attempt in range(tries):
                ident = {"count": next(idents) & 0xFFFF, "zero": 0, "random": rng.getrandbits(16)}[stack.ident]
                yield at + 2.0**attempt - 1, segment(
                    flags, seq, 0, sport=sport, dport=port, dst=dst, wnd=window, df=stack.df, ttl=stack.ttl - hops,
                    ident=ident, options=raw,
                )  # fmt: skip
            if number % 4 == 3:
                yield at + 8, segment(RST | ACK, seq + 100, 1, sport=sport, dport=port, dst=dst, ttl=stack.ttl - hops)

    return passing


def nat(rng: Random) -> Passing:
    """Many clients of all kinds behind one address."""
    crowd = [client(rng.choice(list(STACKS.values())))(rng) for _ in range(rng.randint(2, 12))]
    return iter(sorted((pair for each in crowd for pair in each), key=lambda pair: pair[0]))


CLIENTS: Final = {name: client(stack) for name, stack in STACKS.items()} | {"many behind one address": nat}
