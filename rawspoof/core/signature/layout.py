"""Length fields of a template: what they count, and how they are written. Knows no fact, no service and no protocol.

`{len}`, `{len8}` … count the next block, `{<}` to `{>}`; `{all16}`, `{all32}` … count all of the block they stand in
(all that is said, outside of any), themselves included. Blocks nest. What follows `{~}` is counted and not said.
"""

from collections.abc import Iterable, Iterator
from typing import Final, Literal

from rawspoof.core.signature.draws import Stamp

Part = bytes | str | Stamp

MARKS: Final = frozenset("<>~")

Order = Literal["big", "little"]
_ORDERS: Final[dict[str, Order]] = {"": "big", "le": "little"}
_FIXED: Final = {
    f"{counted}{bits}{suffix}": (bits // 8, order)
    for counted in ("len", "all")
    for bits in (8, 16, 24, 32, 64)
    for suffix, order in _ORDERS.items()
}
LENGTHS: Final = frozenset((*_FIXED, "len", "ber"))
"""`len` is decimal, `len16` two bytes big-endian, `len16le` little-endian, `ber` as in X.690 §8.1.3."""


def settle(parts: Iterable[Part]) -> tuple[Part, ...]:
    """What is said, the lengths filled in and the marks taken out. `parts` name nothing but lengths and marks."""
    block = _block(iter(parts))
    said = block[: block.index("~")] if "~" in block else block
    return tuple(joined(p for p in said if not isinstance(p, str)))


def joined(parts: Iterable[Part]) -> list[Part]:
    """The same without empty parts and with neighbouring bytes made one."""
    result: list[Part] = []
    for part in parts:
        if isinstance(part, bytes) and result and isinstance(result[-1], bytes):
            result[-1] += part
        elif part:
            result.append(part)
    return result


def size(parts: Iterable[Part]) -> int:
    """Bytes of all parts that are no names."""
    return sum(len(p) if isinstance(p, bytes) else p.size for p in parts if not isinstance(p, str))


def _block(parts: Iterator[Part]) -> list[Part]:
    """The parts up to the end of the block, its lengths filled in; `~` is left for `settle`."""
    block: list[Part] = []
    ahead: list[int] = []
    own: list[int] = []
    for part in parts:
        if part == ">":
            break
        if part == "<":
            inner = _block(parts)
            _fill(block, ahead, size(inner))
            ahead = []
            block += inner
            continue
        if isinstance(part, str) and part != "~":
            (own if part.startswith("all") else ahead).append(len(block))
        block.append(part)
    _fill(block, ahead, 0)
    _fill(block, own, size(block) + sum(_FIXED[str(block[at])][0] for at in own))
    return block


def _fill(block: list[Part], places: list[int], counted: int) -> None:
    for at in places:
        block[at] = _written(str(block[at]), counted)


def _written(name: str, count: int) -> bytes:
    if name == "len":
        return b"%d" % count
    if name == "ber":
        digits = count.to_bytes((count.bit_length() + 7) // 8, "big")
        return bytes([count]) if count < 0x80 else bytes([0x80 | len(digits)]) + digits
    width, order = _FIXED[name]
    # A count too long for its field is cut, as servers cut it; our templates are far from it.
    return (count % (1 << 8 * width)).to_bytes(width, order)
