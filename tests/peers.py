"""A sensor whose every port has one profile, and packets to send it. All times and secrets are fixed."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from rawspoof.core.gate import Gate
from rawspoof.core.outcome import Outcome
from rawspoof.core.parlour import Limits
from rawspoof.core.personality.dress import Dress
from rawspoof.core.personality.looks import Offer
from rawspoof.core.sensor import Fittings, Sensor
from rawspoof.core.signature.identity import Answer, Identity
from rawspoof.core.signature.template import Template
from rawspoof.core.tcp.handshake import Cookies
from rawspoof.core.wire.segment import Segment, build, key_of, parse
from rawspoof.core.world.kind import Door
from rawspoof.core.world.profile import Hold, Mode, Profile
from rawspoof.core.world.world import jitter
from rawspoof.edges.system import personalities

SECRET: Final = bytes(range(32))
T0: Final = 1_700_010_240.0
"""The start of a cookie slot, in the middle of an era (see `tcp.handshake`)."""

PERSONALITIES: Final = ("linux", "windows", "freebsd")

SRC, DST = bytes([198, 51, 100, 2]), bytes([198, 51, 100, 1])
SRC6, DST6 = bytes.fromhex("20010db8" + "00" * 11 + "02"), bytes.fromhex("20010db8" + "00" * 11 + "01")


def profile(
    greet: str | None = None,
    answers: dict[str, str] | None = None,
    *,
    delay_s: float = 0.0,
    hold: Hold = Hold.FOREVER,
    hold_s: float = 0.0,
    close: bool = False,
) -> Profile:
    """A port that says `greet` first and answers whole lines that match a pattern; silent without both."""
    if greet is None and answers is None:
        return Profile(None, Mode.SILENT, 0.0, hold, hold_s)
    said = tuple(Answer(re.compile(k.encode()), Template.parse(v), close) for k, v in (answers or {}).items())
    identity = Identity("test", "test", "Test", "1", "any", greet and Template.parse(greet), said, "line")
    return Profile(identity, Mode.GREET if greet else Mode.ANSWER, delay_s, hold, hold_s)


SILENT: Final = profile()


def exactly(seconds: float) -> float:
    """A port's delay or hold that is so long for the connection of `segment`'s plain ports, jitter included."""
    return seconds / jitter(1.0, Cookies(SECRET).dice(segment(0).key, T0))


class Still:
    """A world whose ports are all open and never dealt anew."""

    turns_at = float("inf")

    def turns(self, since: float, dice: int | None = None) -> tuple[int, ...]:
        return (0,)

    def door(self, src: bytes, dst: bytes, port: int, turn: int = 0) -> Door:
        return Door.OPEN


@dataclass(frozen=True)
class OneProfile(Still):
    """A world in which every port is the same."""

    everywhere: Profile

    def profile(self, src: bytes, dst: bytes, port: int, turn: int = 0) -> Profile:
        return self.everywhere


@cache
def templates(name: str) -> dict[Offer, bytes]:
    """A personality's SYN-ACKs; forged once for all tests."""
    return personalities.forge(personalities.load(name))


def dress(name: str = "linux", secret: bytes = SECRET) -> Dress:
    return Dress(personalities.load(name), templates(name), secret)


def sensor(everywhere: Profile = SILENT, name: str = "linux", *, world: Any = None, **how: Any) -> Sensor:
    """A sensor for every address. `how` are keywords of Fittings and Sensor, `idle_s` and `retries_max` of Limits."""
    worn, watch, verify = dress(name), how.pop("watch", None), how.pop("verify_checksums", True)
    limits = Limits(how.pop("idle_s", 30.0), how.pop("retries_max", 6))
    closed = frozenset(how.pop("closed_ports", ()))
    fit = Fittings(
        world or OneProfile(everywhere), lambda *_: worn, Gate([], [], [], []), closed, limits=limits, **how
    )  # fmt: skip
    return Sensor(SECRET, fit, watch, verify)


def segment(flags: int, seq: int = 0, ack: int = 0, data: bytes = b"", **fields: Any) -> Segment:
    """A segment to us with these numbers; `src`, `dst`, `ip6` and every field of Segment may be named."""
    ip6, sport, dport = fields.pop("ip6", False), fields.pop("sport", 40000), fields.pop("dport", 22)
    src, dst = fields.pop("src", SRC6 if ip6 else SRC), fields.pop("dst", DST6 if ip6 else DST)
    options = fields.pop("options", b"")
    size = (60 if ip6 else 40) + len(options) + len(data)
    plain = {"wnd": 64240, "urp": 0, "ttl": 64, "ident": 1, "df": True} | fields
    return Segment(
        key=key_of(src, dst, sport, dport), sport=sport, dport=dport, seq=seq & 0xFFFFFFFF, ack=ack & 0xFFFFFFFF,
        flags=flags, options=options, data=data, size=size, **plain,
    )  # fmt: skip


def packet(flags: int, seq: int = 0, ack: int = 0, data: bytes = b"", **fields: Any) -> bytes:
    return build(segment(flags, seq, ack, data, **fields))


def said(outcomes: Outcome | Iterable[Outcome]) -> list[Segment]:
    """The segments that left, both of their checksums read and found right."""
    many = [outcomes] if isinstance(outcomes, Outcome) else outcomes
    return [parse(raw) for outcome in many for raw in outcome.packets]


def wait(mind: Sensor, until: float) -> list[Outcome]:
    """Every deadline up to a moment, each at its own time."""
    outcomes = []
    while (due := mind.next_deadline()) is not None and due <= until:
        outcomes.append(mind.on_time(due))
    return outcomes
