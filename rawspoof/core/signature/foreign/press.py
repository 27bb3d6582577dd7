"""Lines of a foreign file to entries: gathers them by protocol and system, with the requests that they answer."""

from collections.abc import Iterable
from hashlib import blake2s
from typing import Final, NamedTuple, TypeAlias

import msgspec

from rawspoof.core.signature.imported import Bundle, Entry, Pressed, Request
from rawspoof.core.signature.pattern.plausible import HOST

SPEECHLESS: Final = "matches without a word being said"
"""Why a pattern becomes no identity if the empty text is all that fits it."""

_SHORT: Final = HOST.partition(b".")[0]
_PACK: Final = msgspec.msgpack.Encoder()


def seeded(secret: bytes, *of: bytes) -> bytes:
    """A seed for each line of its own: what another line says does not change with it."""
    return blake2s(b"\0".join(of), key=secret[:32]).digest()


def gaps(text: bytes) -> tuple[bytes | str, ...]:
    """A text with the stand-in for a host's name, to one with gaps for the name."""
    parts: list[bytes | str] = []
    for at, piece in enumerate(text.split(HOST)):
        for inner, rest in enumerate(piece.split(_SHORT)):
            if at and not inner:
                parts.append("fqdn")
            elif inner:
                parts.append("host")
            parts.append(rest)
    return tuple(part for part in parts if part)


def rename(text: bytes, host: bytes) -> bytes:
    """The text as another host says it."""
    return text.replace(HOST, host).replace(_SHORT, host.partition(b".")[0])


class Made(NamedTuple):
    """A line that became an identity."""

    entry: Entry
    protocol: str
    os: str
    request: Request | None
    """What it answers; None: it greets."""
    place: str = ""
    ports: tuple[int, ...] = ()
    """See Bundle."""


class Left(NamedTuple):
    """A line that became none."""

    line: int
    reason: str


Outcome: TypeAlias = Made | Left


def gather(outcomes: Iterable[Outcome]) -> Pressed:
    """What the lines of a file came to, made ready: packed, and in bundles of one protocol."""
    requests: dict[Request, int] = {}
    bundles: dict[tuple[str, str], Bundle] = {}
    left: list[Left] = []
    for each in outcomes:
        if isinstance(each, Left):
            left.append(each)
            continue
        number = None if each.request is None else requests.setdefault(each.request, len(requests))
        packed = _PACK.encode(msgspec.structs.replace(each.entry, request=number))
        bundle = bundles.setdefault((each.protocol, each.place), Bundle(each.protocol, each.place, each.ports, {}))
        bundle.entries.setdefault(each.os, []).append(packed)
    return Pressed(tuple(requests), tuple(bundles.values()), tuple(sorted(left)))
