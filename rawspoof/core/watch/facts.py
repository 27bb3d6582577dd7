"""What a source's sampled packets have in common, as names and values that rules can ask for. Judges nothing.

The relations between fields are those that scanners make when they hide a cookie in a packet; each names its origin.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final

from rawspoof.core.watch.sample import Sample
from rawspoof.core.wire import options
from rawspoof.core.wire.segment import ACK, SYN

Value = int | str | bool | None
"""None where packets differ, or where one packet cannot tell."""

SMALL: Final = 1 << 16
"""Below it, a sequence number was counted and not drawn: chance stays below one in 65,536."""

_LETTERS: Final = {
    options.EOL: "L", options.NOP: "N", options.MSS: "M", options.WSCALE: "W", options.SACK_OK: "S",
    options.TIMESTAMPS: "T",
}  # fmt: skip


class Facts:
    """The facts of some packets of a source, each found out when it is first asked for."""

    def __init__(self, probes: Sequence[Sample]) -> None:
        self._probes = probes
        self._known: dict[str, Value] = {}

    def get(self, name: str) -> Value:
        """One fact, a key of FACTS. None of no packets."""
        if name not in self._known:
            self._known[name] = FACTS[name](self._probes) if self._probes else None
        return self._known[name]


def layout(raw: bytes) -> str:
    """TCP options as `M1460,S,T,N,W7`: nmap's letters in the order on the wire, `?kind` for rare ones."""
    words = []
    for kind, data in options.items(raw):
        value = str(int.from_bytes(data)) if kind in (options.MSS, options.WSCALE) else ""
        words.append(_LETTERS.get(kind, f"?{kind}") + value)
    return ",".join(words)


def shape(raw: bytes) -> str:
    """Their order alone, `MSTNW`: that is the system's; the MSS is the way's (PPPoE, VPN), the scale the memory's."""
    return "".join([_LETTERS.get(kind, "?") for kind, _ in options.items(raw)])


def _same(values: Sequence[Value]) -> Value:
    return values[0] if len(set(values)) == 1 else None


def _several(values: Sequence[Value]) -> Value:
    """What several packets share; one alone shares nothing."""
    return _same(values) if len(values) > 1 else None


def _step(values: Sequence[int]) -> Value:
    """By how much each value is more than the last, if always by the same."""
    return _same([(b - a) & 0xFFFFFFFF for a, b in pairwise(values)]) if len(values) > 1 else None


def number(seq: int, ack: int, flags: int) -> int:
    """Where nmap hides what it wants back: in SEG.SEQ, or in the SEG.ACK of a probe that has one."""
    return ack if flags & ACK and not seq else seq


def _halves(sample: Sample) -> int:
    hidden = number(sample.seq, sample.ack, sample.flags)
    return (hidden >> 16) ^ (hidden & 0xFFFF)


def _initial_ttl(ttl: int) -> int:
    """The usual start at or above it: nobody is more than 32 hops away."""
    return next(start for start in (32, 64, 128, 255) if ttl <= start)


def _ident_xor(s: Sample) -> bool:
    return s.ident == (int.from_bytes(s.dst[-4:]) ^ s.dport ^ s.seq) & 0xFFFF


def _key(s: Sample) -> int:
    return s.seq ^ int.from_bytes(s.dst[-4:]) ^ (s.dport << 16) + s.sport


FACTS: Final[dict[str, Callable[[Sequence[Sample]], Value]]] = {
    "syn": lambda probes: all(s.flags & (SYN | ACK) == SYN for s in probes),
    "window": lambda probes: _same([s.wnd for s in probes]),
    "df": lambda probes: _same([s.df for s in probes]),
    "ttl": lambda probes: _same([_initial_ttl(s.ttl) for s in probes]),
    "ident": lambda probes: _same([s.ident for s in probes]),
    "options": lambda probes: _same([layout(s.options) for s in probes]),
    "shape": lambda probes: _same([shape(s.options) for s in probes]),
    "door": lambda probes: _same([f"{s.dport} {s.dst.hex()}" for s in probes]),
    "sport": lambda probes: _several([s.sport for s in probes]),
    "sport_step": lambda probes: _step([s.sport for s in probes]),
    "seq_small": lambda probes: all(number(s.seq, s.ack, s.flags) < SMALL for s in probes),
    "ack_unasked": lambda probes: all(s.ack and not s.flags & ACK for s in probes),
    # masscan, templ-pkt.c: the identification is made of the address, the port and the number.
    "ident_xor": lambda probes: all(_ident_xor(s) for s in probes),
    # Mirai, scanner.c: the number is the address that is asked.
    "seq_is_target": lambda probes: all(s.seq == int.from_bytes(s.dst[-4:]) for s in probes),
    # nmap, scan_engine_raw.cc: both halves of the number hide the same mask.
    "halves": lambda probes: _several([_halves(s) for s in probes]),
    # unicornscan, send_packet.c: one key under address and ports.
    "keyed": lambda probes: _several([_key(s) for s in probes]),
}
"""Every fact there is, by its name in rules."""
