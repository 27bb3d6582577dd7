"""Facts in the shape that a protocol writes them in: `{host.upper.utf16}`. Knows no service, only bytes to bytes."""

from collections.abc import Callable
from functools import partial
from typing import Final, Literal


def _number(width: int, order: Literal["big", "little"], text: bytes) -> bytes:
    return (int(text) % (1 << 8 * width)).to_bytes(width, order)


def _dn(domain: bytes) -> bytes:
    return b",".join(b"DC=" + label for label in domain.split(b"."))


def _pascal(text: bytes) -> bytes:
    return bytes([len(text)]) + text + bytes(1 - len(text) % 2)


SHAPES: Final[dict[str, Callable[[bytes], bytes]]] = {
    "upper": bytes.upper,
    "utf16": lambda text: text.decode("latin-1").encode("utf-16-le"),
    "utf16be": lambda text: text.decode("latin-1").encode("utf-16-be"),
    "dn": _dn,
    "pascal": _pascal,
    "label": lambda name: name.partition(b".")[0],
    "hex": lambda text: text.hex().encode(),
    "bin": lambda text: bytes.fromhex(text.decode("ascii")),
    "zeros": lambda count: bytes(int(count)),
    "u8": partial(_number, 1, "big"),
    "u16": partial(_number, 2, "big"),
    "u32": partial(_number, 4, "big"),
    "u16le": partial(_number, 2, "little"),
    "u32le": partial(_number, 4, "little"),
}
"""`uN` is a number written in decimal, `zeros` so many zero bytes, `bin` the bytes of hexadecimal digits, `label` the
first of a name, `dn` a domain as RFC 2247 names it, `pascal` a text behind its length, with a zero byte where that is
odd."""
