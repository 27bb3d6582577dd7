"""Length fields of a template: what they count, and how they are written. Knows no fact, no service and no protocol.

`{len}`, `{len8}` … count the next block, `{<}` to `{>}`; `{all16}`, `{all32}` … count all of the block they stand in
(all that is said, outside of any), themselves included. Blocks nest. What follows `{~}` is counted and not said.
The first `{off16}` of a block says how far from its start the first `{@}` of it stands, the second the second …
"""

from collections.abc import Iterable, Iterator
from typing import Final, Literal

from rawspoof.core.signature.draws import Stamp

Part = bytes | str | Stamp

MARKS: Final = frozenset("<>~@")

Order = Literal["big", "little"]
_ORDERS: Final[dict[str, Order]] = {"": "big", "le": "little"}
_FIXED: Final = {
    f"{counted}{bits}{suffix}": (bits // 8, order)
    for counted in ("len", "all", "off")
    for bits in (8, 16, 24, 32, 64)
    for suffix, order in _ORDERS.items()
}
LENGTHS: Final = frozenset((*_FIXED, "len", "ber"))
"""`len` is decimal, `len16` two bytes big-endian, `len16le` little-endian, `ber` as in X.690 §8.1.3."""


def check(parts: Iterable[Part]) -> None:
    """Raise ValueError unless every block is closed and every offset of it has its mark."""
    unmarked = [0]
    for part in parts:
        if part == "<":
            unmarked.append(0)
        elif part == ">":
            if unmarked.pop() or not unmarked:
                unmarked = [1]
                break
        elif isinstance(part, str):
            unmarked[-1] += (part in LENGTHS and part.startswith("off")) - (part == "@")
    if unmarked != [0]:
        raise ValueError("the blocks `{<}` to `{>}` are not closed, or have not as many offsets as marks `{@}`")


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
    apart: list[int] = []
    for part in parts:
        if part == ">":
            break
        if part == "<":
            inner = _block(parts)
            _fill(block, ahead, size(inner))
            ahead = []
            block += inner
            continue
        if isinstance(part, str) and part not in MARKS:
            {"all": own, "off": apart}.get(part[:3], ahead).append(len(block))
        block.append(part)
    _fill(block, ahead, 0)
    marks = [at for at, part in enumerate(block) if part == "@"]
    for place, mark in zip(apart, marks, strict=True):
        _fill(block, [place], _size(block[:mark]))
    _fill(block, own, _size(block))
    return [part for part in block if part != "@"]


def _size(parts: Iterable[Part]) -> int:
    """Bytes of all parts, those of fixed lengths still to be filled in among them."""
    return sum(_FIXED[p][0] if isinstance(p, str) and p in _FIXED else size([p]) for p in parts)


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
