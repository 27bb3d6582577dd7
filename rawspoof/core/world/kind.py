"""Kinds of host for a plausible world: which few ports each opens, what lives there, what its other ports do.

Reads TOML text; which address is which kind is `estate`'s.
"""

import tomllib
from enum import Enum
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta

PORTS_MIN: Final = 5
PORTS_MAX: Final = 40
"""A kind has at least and at most so many ports: fewer is no catch, more is no host (1 % of hosts open over 15)."""


class Door(Enum):
    """What a SYN to a port meets."""

    OPEN = "open"
    CLOSED = "closed"
    """RST, as the host's system sends it."""
    FILTERED = "filtered"
    """Silence."""


class PortRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A port that hosts of a kind open."""

    port: Annotated[int, Meta(ge=1, le=65535)]
    services: tuple[str, ...] = ()
    """Catalogue ids, one of which lives there; empty: whatever the catalogue deals at this port."""
    share: Annotated[float, Meta(gt=0, le=1)] = 1.0
    """Share of the kind's hosts that open it."""


class Kind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of host."""

    id: Annotated[str, Meta(pattern="^[a-z0-9][a-z0-9-]*$")]
    family: str
    """Whose TCP it speaks, and whose services fit: linux, windows, freebsd."""
    ports: Annotated[tuple[PortRule, ...], Meta(min_length=PORTS_MIN, max_length=PORTS_MAX)]
    weight: Annotated[int, Meta(ge=0, le=1_000_000)] = 10
    closed: Literal["closed", "filtered"] = "closed"
    """What its other ports do; a host behind a packet filter says nothing."""


def parse(text: str) -> list[Kind]:
    """The kinds of one file. Raises ValueError (tomllib's or msgspec's) with the line or key at fault."""
    table: dict[str, Any] = tomllib.loads(text)
    return msgspec.convert(table.get("host", []), list[Kind])
