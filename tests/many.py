"""Events of a busy time, made up: many sources, most of which look around, and a few of which do most of it. Seeded.

Only sizes and shares matter here; that a scan's numbers fit its sessions does not.
"""

from collections.abc import Iterator
from random import Random
from typing import Final

from rawspoof.core.event import (
    AnyEvent,
    ScanDetected,
    ScanEnded,
    ServiceCredential,
    ServiceRequest,
    SessionClosed,
    SessionData,
    SessionOpened,
    Target,
)

OURS: Final = bytes([192, 0, 2, 1])
TOOLS: Final = ("", "", "nmap", "masscan", "zmap", "mirai", "zgrab", "hydra")
TECHNIQUES: Final = ("syn", "connect", "version", "brute-force", "banner", "slow", "exploit")
COMMON: Final = (22, 23, 80, 443, 445, 3306, 3389, 5900, 6379, 8080)
USERS: Final = (b"root", b"admin", b"pi", b"oracle", b"test", b"ubnt", b"guest")


def events(count: int, sources: int, since: float, seconds: float, seed: int = 1) -> Iterator[AnyEvent]:
    """So many events of so many sources, evenly over that time; a scan of each source begins and ends in it."""
    chance = Random(seed)
    reports = min(2 * sources, count)
    sessions = 0
    for number in range(count):
        at = since + seconds * number / count
        if number * reports // count < (number + 1) * reports // count:
            yield _scan(chance, number * reports // count, sources, at)
        else:
            sessions += 1
            yield _session(chance, sources, sessions, at)


def address(number: int) -> bytes:
    """A source's, packed; every fifth has IPv6."""
    if number % 5:
        return (0x0A000000 + number).to_bytes(4)
    return bytes.fromhex("20010db8") + number.to_bytes(12)


def _scan(chance: Random, report: int, sources: int, at: float) -> AnyEvent:
    """Each source's first report, then each one's last."""
    number = report % sources
    first = chance.randrange(1, 60_000)
    ports = chance.choice((3, 3, 3, 20, 1000, 5000))
    opened = chance.choice((0, 0, 5))
    scan = ScanDetected if report < sources else ScanEnded
    return scan(
        at=at, src=address(number), sport=40_000, dst=OURS, dport=first, scan=f"{number:016x}", first_at=at - 20.0,
        last_at=at, packets=ports * 2, kinds={"syn": ports, "rst": ports},
        targets=(Target(OURS, ports, f"22,80,{first}-{first + ports - 3}"),), target_count=1, port_count=ports,
        opened=opened, verified=opened > 0, requests=2, credentials=chance.choice((0, 0, 3)), bytes_in=900,
        bytes_out=9000, held_s=chance.random() * 100, techniques=tuple(chance.sample(TECHNIQUES, 2)),
        tool=chance.choice(TOOLS), confidence=0.8, system="linux", risk=chance.randrange(1000), level=number % 4,
        attack=("T1046", "T1110"),
    )  # fmt: skip


def _session(chance: Random, sources: int, number: int, at: float) -> AnyEvent:
    """Of one source in a thousand half of the time."""
    src = address(chance.randrange(max(sources // 1000, 1) if number % 2 else sources))
    between = (at, src, chance.randrange(1024, 65536), OURS, chance.choice(COMMON))
    match chance.randrange(10):
        case 0 | 1 | 2:
            return SessionOpened(*between, "openssh", b"SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n")
        case 3 | 4 | 5:
            return SessionClosed(*between, "peer-fin", 120, 900, chance.random() * 60, 2)
        case 6 | 7:
            return SessionData(*between, b"GET / HTTP/1.1\r\nHost: 192.0.2.1\r\nUser-Agent: Mozilla/5.0\r\n\r\n", 64)
        case 8:
            return ServiceRequest(*between, "nginx", b"GET /wp-login.php HTTP/1.1\r\nHost: 192.0.2.1\r\n\r\n", 48)
        case _:
            secret = b"%d" % chance.randrange(5000)
            return ServiceCredential(*between, "openssh", "password", chance.choice(USERS), secret)
