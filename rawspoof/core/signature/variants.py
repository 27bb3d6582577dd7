"""The lists of a signature set: how many identities they multiply to, and which values the n-th of them has.

Counts and picks by mixed radix; the product itself is never made. Knows no service.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from math import prod
from typing import Final, NamedTuple

from rawspoof.core.signature.template import Template

RANGE_MAX: Final = 10_000
"""Values of one range; a longer one is a slip of the pen."""

_RANGE = re.compile(r"(?<!\\)\{(\d+|[a-z])-(\d+|[a-z])\}")


class Spread(NamedTuple):
    """A list item such as `9.6p1-{3-13}`: what may stand at each place."""

    places: tuple[tuple[bytes, ...], ...]
    size: int

    @classmethod
    def parse(cls, text: str) -> "Spread":
        """Raises ValueError for a range that is empty, too long or of mixed kind, and for what Template refuses."""
        pieces = _RANGE.split(text)
        places: list[tuple[bytes, ...]] = [(_literal(pieces[0]),)]
        for first, last, literal in zip(pieces[1::3], pieces[2::3], pieces[3::3], strict=True):
            places += [_range(first, last), (_literal(literal),)]
        return cls(tuple(places), prod(len(p) for p in places))

    def at(self, number: int) -> bytes:
        """The value with this number; numbers past `size` begin anew."""
        chosen = []
        for place in self.places:
            number, at = divmod(number, len(place))
            chosen.append(place[at])
        return b"".join(chosen)


class Field(NamedTuple):
    """One key of a set. Several names share rows, so that what belongs together stays together."""

    names: tuple[str, ...]
    rows: tuple[tuple[Spread, ...], ...]
    bounds: tuple[int, ...]
    """Identities up to and with each row."""

    @classmethod
    def parse(cls, key: str, value: object) -> "Field":
        """`ver = [..]`, `tag = ".."`, or `"ver pkg" = [[.., ..], ..]`. Raises ValueError for anything else."""
        names = tuple(key.split())
        listed = value if isinstance(value, list) else [value]
        rows = [tuple(row) if isinstance(row, list) else (row,) for row in listed]
        if not rows or not all(len(row) == len(names) and all(isinstance(t, str) for t in row) for row in rows):
            raise ValueError(f"`{key}` wants a list of strings, or of rows of {len(names)} strings")
        spreads = tuple(tuple(Spread.parse(text) for text in row) for row in rows)
        return cls(names, spreads, tuple(accumulate(prod(s.size for s in row) for row in spreads)))

    @property
    def size(self) -> int:
        """How many different values (or rows of values) there are."""
        return self.bounds[-1]

    def at(self, number: int) -> list[bytes]:
        """The values of the names, in their order, that have this number below `size`."""
        row = bisect_right(self.bounds, number)
        number -= self.bounds[row - 1] if row else 0
        values = []
        for spread in self.rows[row]:
            number, at = divmod(number, spread.size)
            values.append(spread.at(at))
        return values


def values(fields: Sequence[Field], number: int) -> dict[str, bytes]:
    """The values of all fields for the identity with this number; numbers past the product begin anew."""
    chosen: dict[str, bytes] = {}
    for field in fields:
        number, at = divmod(number, field.size)
        chosen.update(zip(field.names, field.at(at), strict=True))
    return chosen


def _range(first: str, last: str) -> tuple[bytes, ...]:
    if first.isdigit() != last.isdigit():
        raise ValueError(f"{{{first}-{last}}} is no range")
    low, high = (int(first), int(last)) if first.isdigit() else (ord(first), ord(last))
    if not low <= high < low + RANGE_MAX:
        raise ValueError(f"{{{first}-{last}}} has to climb, and by less than {RANGE_MAX}")
    return tuple((str(n) if first.isdigit() else chr(n)).encode() for n in range(low, high + 1))


def _literal(text: str) -> bytes:
    template = Template.parse(text)
    if not all(isinstance(part, bytes) for part in template.parts):
        raise ValueError(f"`{text}` holds a field; the values of a set are literal")
    return template.render(0.0)
