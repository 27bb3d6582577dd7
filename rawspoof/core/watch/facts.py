"""What a source's sampled packets have in common, as names and values that rules can ask for. Judges nothing.

The relations between fields are those that scanners make when they hide a cookie in a packet; each names its origin.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from rawspoof.core.watch.sample import Sample
from rawspoof.core.wire import options
from rawspoof.core.wire.segment import ACK, SYN

Value = int | str | bool | None
"""None where packets differ, or where one packet cannot tell."""

_LETTERS: Final = {options.EOL: "L", options.NOP: "N", options.SACK_OK: "S", options.TIMESTAMPS: "T"}


def layout(raw: bytes) -> str:
    """TCP options as `M1460,S,T,N,W7`: nmap's letters in the order on the wire, `?kind` for rare ones."""
    words = []
    for kind, data in options.items(raw):
        if kind == options.MSS and len(data) == 2:
            words.append(f"M{int.from_bytes(data)}")
        elif kind == options.WSCALE and len(data) == 1:
            words.append(f"W{data[0]}")
        else:
            words.append(_LETTERS.get(kind, f"?{kind}"))
    return ",".join(words)


def facts(probes: Sequence[Sample]) -> dict[str, Value]:
    """The facts of some packets of a source. Empty where there are none."""
    if not probes:
        return {}
    several = len(probes) > 1
    return {
        "probes": len(probes),
        "syn": all(s.flags & (SYN | ACK) == SYN for s in probes),
        "window": _same([s.wnd for s in probes]),
        "df": _same([s.df for s in probes]),
        "options": _same([layout(s.options) for s in probes]),
        "ttl": _same([_initial_ttl(s.ttl) for s in probes]),
        "ttl_varies": max(s.ttl for s in probes) - min(s.ttl for s in probes) > 2,
        "ident": _same([s.ident for s in probes]),
        "urgent": _same([s.urp for s in probes]),
        "data": _same([s.data_len for s in probes]),
        "sport": _same([s.sport for s in probes]) if several else None,
        "sport_low": all(s.sport < 1024 for s in probes),
        "sport_steps": _steps([s.sport for s in probes]),
        "seq": _same([s.seq for s in probes]),
        "seq_steps": _steps([s.seq for s in probes]),
        "ack_unasked": all(s.ack and not s.flags & ACK for s in probes),
        # masscan, templ-pkt.c: the identification is made of the address, the port and the number.
        "ident_xor": all(s.ident == (int.from_bytes(s.dst[-4:]) ^ s.dport ^ s.seq) & 0xFFFF for s in probes),
        # Mirai, scanner.c: the number is the address that is asked.
        "seq_is_target": all(s.seq == int.from_bytes(s.dst[-4:]) for s in probes),
        # nmap, scan_engine_raw.cc: both halves of the number (of ACK in probes with it) hide the same mask.
        "halves": _same([_halves(s.ack if s.flags & ACK and not s.seq else s.seq) for s in probes])
        if several
        else None,
        # unicornscan, send_packet.c: one key under address and ports.
        "keyed": _same([s.seq ^ int.from_bytes(s.dst[-4:]) ^ (s.dport << 16) + s.sport for s in probes])
        if several
        else None,
    }


def _same(values: Sequence[Value]) -> Value:
    return values[0] if len(set(values)) == 1 else None


def _steps(values: Sequence[int]) -> int | None:
    """By how much each value is more than the last, if always by the same."""
    steps = {(b - a) & 0xFFFFFFFF for a, b in pairwise(values)}
    return steps.pop() if len(steps) == 1 else None


def _halves(number: int) -> int:
    return (number >> 16) ^ (number & 0xFFFF)


def _initial_ttl(ttl: int) -> int:
    """The usual start at or above it: nobody is more than 32 hops away."""
    return next(start for start in (32, 64, 128, 255) if ttl <= start)
