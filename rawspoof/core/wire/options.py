"""TCP options, both ways and on two floors: exact items (nothing lost), and what they mean to a connection.

RFC 9293 §3.1 (EOL, NOP, MSS), RFC 7323 (window scale, timestamps), RFC 2018 (SACK), RFC 6994 (experiments).
"""

from typing import Final, NamedTuple

EOL: Final = 0
NOP: Final = 1
MSS: Final = 2
WSCALE: Final = 3
SACK_OK: Final = 4
SACK: Final = 5
TIMESTAMPS: Final = 8
EXPERIMENT_1: Final = 253
EXPERIMENT_2: Final = 254

WSCALE_MAX: Final = 14
"""RFC 7323 §2.3: a larger shift is to be read as 14."""

_ALIGNED_TIMESTAMPS = b"\x01\x01\x08\x0a"
"""RFC 7323 appendix A: how nearly every stack lays out the options of a segment after the handshake."""


class Option(NamedTuple):
    """One option as it stands on the wire: its kind, and the bytes after kind and length."""

    kind: int
    data: bytes = b""


class Options(NamedTuple):
    """What a SYN's or a segment's options mean to a connection; None where the peer did not say."""

    mss: int | None = None
    wscale: int | None = None
    sack_ok: bool = False
    tsval: int | None = None
    tsecr: int = 0


NONE: Final = Options()


def items(raw: bytes) -> tuple[Option, ...]:
    """Every option in `raw` in order, unknown ones as bytes; ends at EOL or at the first impossible length.

    Linux's tcp_parse_options stops there too and keeps what it has: a scanner sees no difference.
    """
    found = []
    at, end = 0, len(raw)
    while at < end:
        kind = raw[at]
        if kind in (EOL, NOP):
            found.append(Option(kind))
            at += 1
            if kind == EOL:
                break
            continue
        size = raw[at + 1] if at + 1 < end else 0
        if size < 2 or at + size > end:
            break
        found.append(Option(kind, raw[at + 2 : at + size]))
        at += size
    return tuple(found)


def build(options: tuple[Option, ...]) -> bytes:
    """The options as bytes, padded with EOL to whole 32-bit words. Raises ValueError beyond 40 bytes (§3.1)."""
    raw = b"".join(
        bytes((o.kind,)) if o.kind in (EOL, NOP) else bytes((o.kind, len(o.data) + 2)) + o.data for o in options
    )
    raw += bytes(-len(raw) % 4)
    if len(raw) > 40:
        raise ValueError(f"{len(raw)} bytes of TCP options; a header holds 40")
    return raw


def parse(raw: bytes) -> Options:
    """What the options mean. Never fails: an option of the wrong length counts as absent."""
    if not raw:
        return NONE
    if len(raw) == 12 and raw[:4] == _ALIGNED_TIMESTAMPS:
        return Options(None, None, False, int.from_bytes(raw[4:8], "big"), int.from_bytes(raw[8:12], "big"))
    mss = wscale = tsval = None
    sack_ok, tsecr = False, 0
    at, end = 0, len(raw)
    while at < end:
        kind = raw[at]
        if kind == NOP:
            at += 1
            continue
        if kind == EOL or at + 1 == end:
            break
        size = raw[at + 1]
        if size < 2 or at + size > end:
            break
        if kind == MSS and size == 4:
            mss = raw[at + 2] << 8 | raw[at + 3]
        elif kind == WSCALE and size == 3:
            wscale = min(raw[at + 2], WSCALE_MAX)
        elif kind == SACK_OK and size == 2:
            sack_ok = True
        elif kind == TIMESTAMPS and size == 10:
            tsval = int.from_bytes(raw[at + 2 : at + 6], "big")
            tsecr = int.from_bytes(raw[at + 6 : at + 10], "big")
        at += size
    return Options(mss, wscale, sack_ok, tsval, tsecr)
