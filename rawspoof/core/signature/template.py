"""Text of a signature file to the bytes that a service says. Knows escapes and fields, no service and no host.

The escapes are `\\r \\n \\t \\0 \\xNN \\\\ \\{`. A `{name}` is a fact to be bound, or one of MOMENTS, filled in at each
rendering. `{len}` and `{len24}` are the number of bytes between `{<}` and `{>}`, in decimal or as three bytes
little-endian; what follows `{~}` is counted there and not said (the body that a HEAD request does not get).
`{nonce8}` and the like are drawn from the fact `seed`; see `draws`.
"""

import re
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from rawspoof.core.signature import draws, stamps
from rawspoof.core.signature.draws import Stamp

MOMENTS: Final = {
    "date": Stamp(31, stamps.rfc2822),
    "http_date": Stamp(29, stamps.http_date),
    "ctime": Stamp(24, stamps.ctime),
    "iso": Stamp(20, stamps.iso),
    "clock": Stamp(5, stamps.clock),
    "epoch": Stamp(10, stamps.epoch),
    "ticket": Stamp(4, stamps.ticket),
}

SEED: Final = "seed"
"""The fact that fields are drawn from, at most 32 bytes."""

_TOKEN = re.compile(rb"\\(x[0-9a-fA-F]{2}|.?)|\{([a-z][a-z0-9_]*|[<>~])\}", re.DOTALL)
_ESCAPES = {b"r": b"\r", b"n": b"\n", b"t": b"\t", b"0": b"\0", b"\\": b"\\", b"{": b"{"}
_LENGTHS: dict[str, Callable[[int], bytes]] = {"len": lambda n: b"%d" % n, "len24": lambda n: n.to_bytes(3, "little")}
_LAYOUT = frozenset((*_LENGTHS, "<", ">", "~"))
Part = bytes | str | Stamp


class Template(NamedTuple):
    """What a service says, with gaps for facts and for the moment."""

    parts: tuple[Part, ...]
    """Said one after the other; a `str` is a gap or a mark, and there is none left once `size` is known."""
    size: int
    """Bytes that every rendering has; -1 while facts are missing."""

    @classmethod
    def parse(cls, text: str) -> "Template":
        """The template that a string of a signature file means.

        Raises ValueError for what is no escape, what is no single byte, and more drawn than there is.
        """
        try:
            raw = text.encode("latin-1")
        except UnicodeEncodeError as e:
            raise ValueError(f"{text[e.start]!r} is no single byte; write its bytes as \\xNN") from None
        parts: list[Part] = []
        at = drawn = 0
        for token in _TOKEN.finditer(raw):
            parts.append(raw[at : token.start()])
            at = token.end()
            if token[1] is not None:
                parts.append(_unescape(token[1]))
                continue
            name = token[2].decode()
            parts.append(MOMENTS.get(name, name))
            drawn += draws.cost(name) or 0
        if drawn > draws.DRAWN_MAX:
            raise ValueError(f"draws {drawn} bytes; {draws.DRAWN_MAX} are the most")
        return _settle([*parts, raw[at:]])

    def missing(self) -> set[str]:
        """Names of the facts still to be bound."""
        gaps = {p for p in self.parts if isinstance(p, str)} - _LAYOUT
        return {name if draws.cost(name) is None else SEED for name in gaps}

    def bind(self, facts: Mapping[str, bytes]) -> "Template":
        """The same with these facts filled in; gaps that none of them names stay."""
        if self.size >= 0:
            return self
        parts: list[Part] = []
        drawn = 0
        for part in self.parts:
            if isinstance(part, str):
                if part in facts:
                    part = facts[part]
                elif SEED in facts and (cost := draws.cost(part)) is not None:
                    part = draws.draw(part, facts[SEED], drawn)
                    drawn += cost
            parts.append(part)
        return _settle(parts)

    def render(self, now: float) -> bytes:
        """What is said at this moment, seconds since the epoch. All facts must be bound."""
        assert self.size >= 0, self.missing()
        return b"".join([p if isinstance(p, bytes) else p.give(now) for p in self.parts if not isinstance(p, str)])


def _settle(parts: list[Part]) -> Template:
    """Neighbouring bytes joined, and, where no fact is missing, lengths counted and marks taken out."""
    if not all(p in _LAYOUT for p in parts if isinstance(p, str)):
        return Template(tuple(_joined(parts)), -1)
    counted = _count(parts) if "<" in parts else 0
    said: list[Part] = []
    for part in parts:
        if part == "~":
            break
        if not isinstance(part, str):
            said.append(part)
        elif part in _LENGTHS:
            said.append(_LENGTHS[part](counted))
    said = _joined(said)
    return Template(tuple(said), sum([_size(p) for p in said if not isinstance(p, str)]))


def _joined(parts: list[Part]) -> list[Part]:
    joined: list[Part] = []
    for part in parts:
        if isinstance(part, bytes) and joined and isinstance(joined[-1], bytes):
            joined[-1] += part
        elif part:
            joined.append(part)
    return joined


def _count(parts: list[Part]) -> int:
    """Bytes between `{<}` and `{>}`, said or not."""
    end = parts.index(">") if ">" in parts else len(parts)
    return sum(_size(p) for p in parts[parts.index("<") : end] if not isinstance(p, str))


def _size(part: bytes | Stamp) -> int:
    return len(part) if isinstance(part, bytes) else part.size


def _unescape(escape: bytes) -> bytes:
    if len(escape) == 3:
        return bytes([int(escape[1:], 16)])
    if escape not in _ESCAPES:
        raise ValueError(f"\\{escape.decode('latin-1')} is no escape; a backslash is written \\\\")
    return _ESCAPES[escape]
