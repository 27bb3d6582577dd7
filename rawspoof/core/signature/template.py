"""Text of a signature file to the bytes that a service says. Knows escapes and fields, no service and no host.

The escapes are `\\r \\n \\t \\0 \\xNN \\\\ \\{`. A `{name}` is a fact to be bound, or one of MOMENTS, filled in at each
rendering; `{name.shape}` is the fact in a shape of `shapes`. Lengths and the marks `{<} {>} {~} {@}` are `layout`'s,
`{nonce8}` and the like are drawn from the fact `seed`; see `draws`.
"""

import re
from collections.abc import Mapping
from functools import reduce
from typing import Final, NamedTuple

from rawspoof.core.signature import draws, layout, stamps
from rawspoof.core.signature.draws import Stamp
from rawspoof.core.signature.layout import Part
from rawspoof.core.signature.shapes import SHAPES

MOMENTS: Final = {
    "date": Stamp(31, stamps.rfc2822),
    "http_date": Stamp(29, stamps.http_date),
    "ctime": Stamp(24, stamps.ctime),
    "iso": Stamp(20, stamps.iso),
    "clock": Stamp(5, stamps.clock),
    "epoch": Stamp(10, stamps.epoch),
    "ticket": Stamp(4, stamps.ticket),
    "zulu": Stamp(15, stamps.zulu),
    "zulu_tenth": Stamp(17, stamps.zulu_tenth),
    "unix32": Stamp(4, stamps.unix32),
    "unix32le": Stamp(4, stamps.unix32le),
    "time32": Stamp(4, stamps.time32),
    "unix_date": Stamp(28, stamps.unix_date),
    "eu_time": Stamp(19, stamps.eu_time),
    "filetime": Stamp(8, stamps.filetime),
}

SEED: Final = "seed"
"""The fact that fields are drawn from, at most 32 bytes."""

_TOKEN = re.compile(rb"\\(x[0-9a-fA-F]{2}|.?)|\{([a-z][a-z0-9_]*(?:\.[a-z0-9]+)*|[<>~@])\}", re.DOTALL)
_ESCAPES = {b"r": b"\r", b"n": b"\n", b"t": b"\t", b"0": b"\0", b"\\": b"\\", b"{": b"{"}


class Template(NamedTuple):
    """What a service says, with gaps for facts and for the moment."""

    parts: tuple[Part, ...]
    """Said one after the other; a `str` is a gap or a mark, and there is none left once `size` is known."""
    size: int
    """Bytes that every rendering has; -1 while facts are missing."""

    @classmethod
    def parse(cls, text: str) -> "Template":
        """The template that a string of a signature file means.

        Raises ValueError for what is no escape, shape or single byte, blocks left open, and more drawn than there is.
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
            if unknown := set(name.split(".")[1:]) - SHAPES.keys():
                raise ValueError(f"`{name}`: there is no shape `{min(unknown)}`")
            parts.append(MOMENTS.get(name, name))
            drawn += draws.cost(name) or 0
        if drawn > draws.DRAWN_MAX:
            raise ValueError(f"draws {drawn} bytes; {draws.DRAWN_MAX} are the most")
        layout.check(parts)
        return _settle([*parts, raw[at:]])

    def missing(self) -> set[str]:
        """Names of the facts still to be bound."""
        gaps = {p.partition(".")[0] for p in self.parts if isinstance(p, str) and not _is_layout(p)}
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
                elif "." in part:
                    part = _shaped(part, facts)
                elif SEED in facts and (cost := draws.cost(part)) is not None:
                    part = draws.draw(part, facts[SEED], drawn)
                    drawn += cost
            parts.append(part)
        return _settle(parts)

    def render(self, now: float) -> bytes:
        """What is said at this moment, seconds since the epoch. All facts must be bound."""
        assert self.size >= 0, self.missing()
        return b"".join([p if isinstance(p, bytes) else p.give(now) for p in self.parts if not isinstance(p, str)])


class Later(NamedTuple):
    """A template and the facts for it, put together when somebody asks: most answers of most ports are never given."""

    template: Template
    facts: Mapping[str, bytes]

    def bind(self, facts: Mapping[str, bytes]) -> Template:
        """The template with these facts and its own, which come first."""
        return self.template.bind({**facts, **self.facts})

    def render(self, now: float) -> bytes:
        """What is said at this moment; the own facts must be all it wants."""
        return self.bind({}).render(now)

    def missing(self) -> set[str]:
        """Names of the facts still to be bound."""
        return self.bind({}).missing()


def _shaped(part: str, facts: Mapping[str, bytes]) -> bytes | str:
    """The fact in its shapes, or the part itself while the fact is missing."""
    name, *shapes = part.split(".")
    return reduce(lambda value, shape: SHAPES[shape](value), shapes, facts[name]) if name in facts else part


def _settle(parts: list[Part]) -> Template:
    """Neighbouring bytes joined, and, where no fact is missing, lengths counted and marks taken out."""
    # Most are plain text by now: no need to look for what is counted.
    plain = [p for p in parts if isinstance(p, bytes)]
    if len(plain) == len(parts):
        whole = b"".join(plain)
        return Template((whole,), len(whole))
    if not all(_is_layout(p) for p in parts if isinstance(p, str)):
        return Template(tuple(layout.joined(parts)), -1)
    said = layout.settle(parts)
    return Template(said, layout.size(said))


def _is_layout(name: str) -> bool:
    return name in layout.MARKS or name in layout.LENGTHS


def _unescape(escape: bytes) -> bytes:
    if len(escape) == 3:
        return bytes([int(escape[1:], 16)])
    if escape not in _ESCAPES:
        raise ValueError(f"\\{escape.decode('latin-1')} is no escape; a backslash is written \\\\")
    return _ESCAPES[escape]
