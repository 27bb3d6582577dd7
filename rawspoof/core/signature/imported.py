"""Services that were made of a foreign file: what each says is finished text, one per line of that file.

Knows nothing of those files. An identity is unpacked when it is dealt, so that thousands cost a few bytes each.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from rawspoof.core.signature.identity import Answer, Identity
from rawspoof.core.signature.template import Template


class Entry(msgspec.Struct, frozen=True, array_like=True):
    """One identity."""

    line: int
    """Where the file has it."""
    product: str
    version: str
    said: tuple[Any, ...]
    """The text: `bytes`, and `str` where a fact of the host of that name belongs."""
    request: int | None = None
    """Number of the request that it answers; None: it greets."""


class Request(msgspec.Struct, frozen=True, array_like=True):
    """A request that is recognised by how it begins (the frame `match`)."""

    when: bytes
    """Regular expression; must not match more the more it is given."""
    close: bool = False
    """Close after the answer, as HTTP/1.0 has it."""


class Bundle(msgspec.Struct, frozen=True, array_like=True):
    """The entries of one protocol, packed, by the operating system that they tell of."""

    protocol: str
    place: str
    """Name of the only probe that reveals them, "" for what every port is asked."""
    ports: tuple[int, ...]
    """Where that probe is sent."""
    entries: dict[str, list[bytes]]


class Pressed(msgspec.Struct, frozen=True, array_like=True):
    """A foreign file made ready to be dealt: what is cached."""

    requests: tuple[Request, ...]
    bundles: tuple[Bundle, ...]
    problems: tuple[tuple[int, str], ...]
    """Lines that were left out, and why."""


class Lot(NamedTuple):
    """The entries of one service that share an operating system."""

    os: str
    entries: Sequence[bytes]

    @property
    def weight(self) -> int:
        """Every line weighs the same."""
        return len(self.entries)

    @property
    def size(self) -> int:
        """How many identities there are."""
        return len(self.entries)

    @property
    def versioned(self) -> bool:
        """Taken to be: a user's own lines are dealt as they are."""
        return True


class Imported(NamedTuple):
    """A service of entries; to the catalogue what `Service` is."""

    id: str
    protocol: str
    ports: Mapping[int, int]
    elsewhere: int
    varieties: tuple[Lot, ...]
    answers: Sequence[tuple[re.Pattern[bytes], bool]]
    """The requests of the file: what they begin with, and whether the answer ends the connection."""

    def identity(self, variety: Lot, number: int, facts: Mapping[str, bytes]) -> Identity:
        """The identity with this number in a lot, at home on the host with these facts."""
        entry = unpack(variety.entries[number])
        said = Template(entry.said, -1).bind(facts)
        answers: tuple[Answer, ...] = ()
        if entry.request is not None:
            when, close = self.answers[entry.request]
            answers = (Answer(when, said, close),)
        return Identity(
            service=self.id,
            protocol=self.protocol,
            product=entry.product,
            version=entry.version,
            os=variety.os,
            greet=None if answers else said,
            answers=answers,
            frame="match",
        )


_ENTRY = msgspec.msgpack.Decoder(Entry)


def unpack(packed: bytes) -> Entry:
    """An entry of a bundle."""
    return _ENTRY.decode(packed)


def identifier(*names: str) -> str:
    """The names, those that are not empty, as one id of the catalogue."""
    return re.sub(r"[^a-z0-9]+", "-", "-".join(filter(None, names)).lower()).strip("-")


def services(prefix: str, pressed: Pressed, homes: Mapping[str, Mapping[int, int]]) -> list[Imported]:
    """The services of a pressed file, with ids that begin with `prefix`.

    `homes` are the ports at which each protocol is at home, with a weight: a line weighs one everywhere, whatever else
    lives there.
    """
    answers = [(re.compile(request.when), request.close) for request in pressed.requests]
    return [_service(prefix, bundle, homes.get(bundle.protocol, {}), answers) for bundle in pressed.bundles]


def _service(
    prefix: str, bundle: Bundle, home: Mapping[int, int], answers: Sequence[tuple[re.Pattern[bytes], bool]]
) -> Imported:
    lots = tuple(Lot(os, entries) for os, entries in sorted(bundle.entries.items()))
    weight = sum(lot.size for lot in lots)
    return Imported(
        id=identifier(prefix, bundle.protocol, bundle.place),
        protocol=bundle.protocol,
        ports=dict.fromkeys(bundle.ports if bundle.place else home, weight),
        elsewhere=0 if bundle.place else weight,
        varieties=lots,
        answers=answers,
    )
