"""How an operating system's TCP looks on the wire, as values; read from TOML by `parse`. Builds no packet."""

import tomllib
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Word = Annotated[int, Meta(ge=0, le=65535)]
Rule = Literal["drop", "rst", "rst-ack", "syn-ack"]
IdentRule = Literal["zero", "shared", "flow"]
Layout = Annotated[str, Meta(pattern="^[MSTWNL]+$")]


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of the file; an unknown key in it is an error."""


class Ident(_Table, frozen=True):
    """The rule for IPv4's identification field."""

    handshake: IdentRule
    flow: IdentRule


class Timestamps(_Table, frozen=True):
    """The clock behind TSval (RFC 7323 §5.4)."""

    hz: Annotated[int, Meta(ge=0, le=1000)]
    offset: Literal["pair", "flow", "none"]


class Layouts(_Table, frozen=True):
    """Options of the SYN-ACK in order, for each set that a SYN can offer beside the MSS."""

    STW: Layout
    ST: Layout
    SW: Layout
    TW: Layout
    S: Layout
    T: Layout
    W: Layout
    none: Layout

    def offered(self, sack: bool, timestamps: bool, wscale: bool) -> str:
        """The layout for a SYN that offered these."""
        return str(getattr(self, ("S" * sack + "T" * timestamps + "W" * wscale) or "none"))


class SynAck(_Table, frozen=True):
    """The numbers of the SYN-ACK, for IPv4 and IPv6."""

    wscale: Annotated[int, Meta(ge=0, le=14)]
    mss4: Word
    mss6: Word
    window4: Word
    window4_timestamps: Word
    window6: Word
    window6_timestamps: Word
    options: Layouts
    ecn: bool = False
    """Whether ECE comes back for a SYN that asks for ECN (RFC 3168 §6.1.1)."""
    window_unscaled: Word = 0
    """Instead of the others where the SYN offered no window scaling; 0: the same."""


class OpenPort(_Table, frozen=True):
    """What an open port says to a segment of no connection."""

    ack: Rule
    syn_fin: Rule
    no_ack: Rule


class Personality(_Table, frozen=True):
    """One operating system as scanners see it."""

    name: str
    family: str
    ttl: Annotated[int, Meta(ge=1, le=255)]
    df: bool
    ident: Ident
    timestamps: Timestamps
    synack: SynAck
    open_port: OpenPort
    flow_label: Literal["flow", "zero"] = "zero"
    """IPv6's flow label: a connection's own (RFC 6437), or none."""


def parse(text: str) -> Personality:
    """The personality in a TOML text. Raises ValueError (tomllib's or msgspec's) with the key or line at fault."""
    return msgspec.convert(tomllib.loads(text), Personality)
