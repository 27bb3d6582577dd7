"""Length fields of a template: what they count, and how they are written. Knows no fact, no service and no protocol.

`{len}`, `{len8}` … count the next block, `{<}` to `{>}`; `{all16}`, `{all32}` … count all of the block they stand in (all
that is said, outside of any), themselves included. Blocks nest. What follows `{~}` is counted and not said.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from rawspoof.core.signature.draws import Stamp

Part = bytes | str | Stamp

MARKS: Final = frozenset("<>~")

_LENGTH = re.compile(r"(len|all)(8|16|24|32|64)(le)?|len|ber")


def is_length(name: str) -> bool:
    """True for `len` (decimal), `len16` (big-endian), `len16le` (little-endian), `all16`, `ber` (X.690 §8.1.3) …"""
    return _LENGTH.fullmatch(name) is not None


def settle(parts: Iterable[Part]) -> tuple[bytes | Stamp, ...]:
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
    _fill(block, own, size(block) + sum(_width(str(block[at])) for at in own))
    return block


def _fill(block: list[Part], places: list[int], counted: int) -> None:
    for at in places:
        block[at] = _written(str(block[at]), counted)


def _width(name: str) -> int:
    found = _LENGTH.fullmatch(name)
    assert found
    return int(found[2]) // 8


def _written(name: str, count: int) -> bytes:
    if name == "len":
        return b"%d" % count
    if name == "ber":
        digits = count.to_bytes((count.bit_length() + 7) // 8)
        return bytes([count]) if count < 0x80 else bytes([0x80 | len(digits)]) + digits
    width = _width(name)
    # A count too long for its field is cut, as servers cut it; our templates are far from it.
    return (count % 256**width).to_bytes(width, "little" if name.endswith("le") else "big")
