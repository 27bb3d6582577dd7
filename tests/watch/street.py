"""Scanners that pass by a sensor, packet by packet, as their sources and captures have them.

Each is a function of chance that gives moments and segments; where a scanner's kernel resets our answers, so does it.
"""

from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Final

from rawspoof.core.wire.segment import ACK, CWR, ECE, FIN, PSH, RST, SYN, URG, Segment
from tests.peers import segment

Passing = Iterator[tuple[float, Segment]]

OURS: Final = tuple(bytes((192, 0, 2, host)) for host in range(1, 65))
_KINDS: Final = {"M": b"\2\4", "S": b"\4\2", "N": b"\1", "L": b"\0", "W": b"\3\3", "T": b"\x08\x0a"}


def options(layout: str, rng: Random | None = None) -> bytes:
    """Options from nmap's letters, `M1460,S,T,N,W7`, filled up to whole words."""
    raw = b""
    for word in filter(None, layout.split(",")):
        letter, value = word[0], int(word[1:] or 0)
        raw += _KINDS[letter]
        if letter in "MW":
            raw += value.to_bytes(2 if letter == "M" else 1)
        elif letter == "T":
            raw += (rng.randbytes(4) if rng else b"\xff" * 4) + bytes(4)
    return raw + bytes(-len(raw) % 4)


def ports(rng: Random) -> list[int]:
    """A few, or some dozens, in no order."""
    wanted = rng.choice((1, 2, 3, 5, 10, 30))
    return rng.sample((*range(1, 1024), 3306, 3389, 5432, 6379, 8080, 8443), wanted)


def _reset(seg: Segment) -> Segment:
    """What the kernel of a scanner without sockets says to our SYN-ACK."""
    return segment(RST, seg.seq + 1, 0, sport=seg.sport, dport=seg.dport, dst=seg.dst, wnd=0, ident=0, ttl=64)


def _scan(rng: Random, probes: Sequence[Segment], pace_s: float, answered: bool = True) -> Passing:
    at = 0.0
    for seg in probes:
        at += pace_s * rng.uniform(0.8, 1.2)
        if rng.random() < 0.02:
            # Lost on its way.
            continue
        yield at, seg
        if answered and seg.flags & (SYN | ACK | RST | FIN) == SYN:
            yield at + 0.0002, _reset(seg)


def nmap(flags: int) -> Callable[[Random], Passing]:
    """nmap's raw scans, with what its options change."""

    def passing(rng: Random) -> Passing:
        mask, base = rng.getrandbits(32), rng.choice((53, 80, rng.randint(33000, 65000)))
        ttl, data = rng.choice((None, None, None, 64)), bytes(rng.choice((0, 0, 20)))
        look = options("M1460") if flags & SYN else b""
        probes = []
        for port in ports(rng):
            for attempt in range(rng.choice((1, 1, 1, 2))):
                number = mask ^ (attempt << 16 | attempt)
                seq, ack = (0, number) if flags & ACK else (number, 0)
                probes.append(segment(
                    flags, seq, ack, data, sport=base + attempt, dport=port, wnd=1024, df=False, options=look,
                    ident=rng.getrandbits(16), ttl=ttl or rng.randint(37, 59) - rng.randint(0, 5), dst=OURS[0],
                ))  # fmt: skip
        return _scan(rng, probes, rng.choice((0.0005, 0.4)))

    return passing


_OS: Final = (
    (SYN, 1, "W10,N,M1460,T,S"), (SYN, 63, "M1400,W0,S,T,L"), (SYN, 4, "T,N,N,W5,N,M640"), (SYN, 4, "S,T,W10,L"),
    (SYN, 16, "M536,S,T,W10,L"), (SYN, 512, "M265,S,T"), (SYN | ECE | CWR, 3, "W10,N,M1460,S,N,N"),
    (0, 128, "W10,N,M265,T,S"), (SYN | FIN | PSH | URG, 256, "W10,N,M265,T,S"), (ACK, 1024, "W10,N,M265,T,S"),
    (SYN, 31337, "W10,N,M265,T,S"), (ACK, 32768, "W10,N,M265,T,S"), (FIN | PSH | URG, 65535, "W15,N,M265,T,S"),
)  # fmt: skip


def nmap_os(rng: Random) -> Passing:
    """`nmap -O` after its port scan."""
    seq, base = rng.getrandbits(32), rng.randint(33000, 65000)
    asked = nmap(SYN)(rng)
    last = 0.0
    for at, seg in asked:
        last = at
        yield at, seg
    for number, (flags, window, look) in enumerate(_OS):
        yield last + 0.1 * number + 1, segment(
            flags, seq + number, rng.getrandbits(32), sport=base + number, dport=22, wnd=window,
            df=window in (128, 1024), options=options(look), ident=rng.getrandbits(16), ttl=rng.randint(37, 59),
            dst=OURS[0],
        )  # fmt: skip


def masscan(rng: Random) -> Passing:
    """Before and since the MSS of 2023; with its firewall rule or without."""
    look, ttl, base = rng.choice(("", "M1460")), rng.choice((255, 255, 64)), rng.randint(40000, 60000)
    hops = rng.randint(0, 20)
    probes = []
    for port, dst in zip(ports(rng), rng.choices(OURS, k=30), strict=False):
        seq = rng.getrandbits(32)
        ident = (int.from_bytes(dst) ^ port ^ seq) & 0xFFFF
        probes.append(segment(
            SYN, seq, 0, sport=base, dport=port, dst=dst, wnd=1024, df=False, ttl=ttl - hops, ident=ident,
            options=options(look),
        ))  # fmt: skip
    return _scan(rng, probes, 0.001, rng.random() < 0.5)


def zmap(version: int) -> Callable[[Random], Passing]:
    """2 (no options), 3 (MSS) and 4 (Windows' options)."""

    def passing(rng: Random) -> Passing:
        look = {2: "", 3: "M1460", 4: "M1460,N,W8,N,N,S"}[version]
        port, hops = rng.choice(ports(rng)), rng.randint(0, 20)
        probes = [
            segment(
                SYN,
                rng.getrandbits(32),
                0,
                sport=rng.randint(32768, 61000),
                dport=port,
                dst=dst,
                wnd=65535,
                df=False,
                ttl=(64 if version == 4 else 255) - hops,
                ident=rng.getrandbits(16) if version == 4 else 54321,
                options=options(look),
            )
            for dst in rng.sample(OURS, rng.choice((1, 1, 4, 20)))
        ]
        return _scan(rng, probes, 0.01, rng.random() < 0.5)

    return passing


def hping3(rng: Random) -> Passing:
    """Any flags; its source ports count."""
    flags = rng.choice((SYN, SYN, ACK, FIN, 0, FIN | PSH | URG, SYN | FIN))
    base, port = 1024 + rng.randint(0, 2000), rng.choice(ports(rng))
    probes = [
        segment(
            flags,
            rng.getrandbits(31),
            rng.getrandbits(31) | 1,
            sport=base + number,
            dport=port,
            wnd=512,
            df=False,
            ttl=64 - rng.randint(0, 3),
            ident=rng.getrandbits(16),
            dst=OURS[0],
        )
        for number in range(rng.choice((1, 3, 10)))
    ]
    return _scan(rng, probes, rng.choice((0.001, 1.0)))


def unicornscan(rng: Random) -> Passing:
    """With its own face."""
    key = rng.getrandbits(32)
    probes = []
    for port in ports(rng):
        sport = rng.randint(1024, 65535)
        seq = key ^ int.from_bytes(OURS[0]) ^ ((port << 16) + sport)
        probes.append(segment(
            SYN, seq, 0, sport=sport, dport=port, wnd=4128, df=False, ttl=255, ident=rng.getrandbits(16),
            options=options("M1460"), dst=OURS[0],
        ))  # fmt: skip
    return _scan(rng, probes, 0.003)


def naabu(rng: Random) -> Passing:
    """SYN mode; several at work, so numbers come out of order."""
    sport, ttl = rng.randint(32768, 60999), rng.choice((64, 255))
    probes = [
        segment(
            SYN,
            number,
            0,
            sport=sport,
            dport=port,
            wnd=1024,
            df=False,
            ttl=ttl,
            ident=rng.choice((0, number)),
            options=options("M1460"),
            dst=OURS[0],
        )
        for number, port in enumerate(ports(rng), rng.randint(0, 500))
    ]
    rng.shuffle(probes)
    return _scan(rng, probes, 0.001)


def metasploit(rng: Random) -> Passing:
    """portscan/syn, xmas and ack."""
    flags = rng.choice((SYN, FIN | PSH | URG, ACK))
    probes = [
        segment(
            flags,
            rng.getrandbits(32),
            rng.getrandbits(32) if flags & ACK else 0,
            sport=1025 + rng.randint(0, 60000),
            dport=port,
            wnd=3072,
            df=False,
            ttl=32 - rng.randint(0, 9),
            ident=rng.getrandbits(16),
            dst=OURS[0],
        )
        for port in ports(rng)
    ]
    return _scan(rng, probes, 0.5)


def mirai(rng: Random) -> Passing:
    """A bot that looks for telnet; its window is drawn once, and may be any scanner's."""
    sport, window = rng.randint(1024, 65535), rng.choice((1024, 512, 65535, 3072, rng.getrandbits(16)))
    probes = [
        segment(
            SYN,
            int.from_bytes(dst),
            0,
            sport=sport,
            dport=23 if rng.random() < 0.9 else 2323,
            dst=dst,
            wnd=window,
            df=False,
            ttl=64 - rng.randint(5, 20),
            ident=rng.getrandbits(16),
        )
        for dst in rng.choices(OURS, k=rng.choice((1, 2, 10)))
    ]
    return _scan(rng, probes, 0.1)


def sendsyn(rng: Random) -> Passing:
    """p0f's eight SYNs."""
    looks = ("M1331,N,L", "M1331,T,N,L", "M1331,W5,N,L", "M1331,S,N,L", "M1331,W5,T,N,L", "M1331,S,T,N,L")
    probes = [
        segment(SYN, rng.getrandbits(32), 0, sport=rng.randint(1024, 65535), dport=80, wnd=1337, ttl=192, df=False,
                ident=1, options=options(look), dst=OURS[0])
        for look in looks
    ]  # fmt: skip
    return _scan(rng, probes, 0.01)


SCANNERS: Final[dict[str, tuple[str, Callable[[Random], Passing]]]] = {
    "nmap -sS": ("nmap", nmap(SYN)),
    "nmap -sF": ("nmap", nmap(FIN)),
    "nmap -sN": ("nmap", nmap(0)),
    "nmap -sX": ("nmap", nmap(FIN | PSH | URG)),
    "nmap -sM": ("nmap", nmap(FIN | ACK)),
    "nmap -sA, -sW": ("nmap", nmap(ACK)),
    "nmap -O": ("nmap", nmap_os),
    "masscan": ("masscan", masscan),
    "zmap 2": ("zmap", zmap(2)),
    "zmap 3": ("zmap", zmap(3)),
    "zmap 4": ("zmap", zmap(4)),
    "hping3": ("hping3", hping3),
    "unicornscan": ("unicornscan", unicornscan),
    "naabu": ("naabu", naabu),
    "metasploit": ("metasploit", metasploit),
    "mirai": ("mirai", mirai),
    "p0f-sendsyn": ("p0f-sendsyn", sendsyn),
}
"""By what they are: the tool that is to be told, and how it passes."""
