"""BSON documents as values and back. Knows the format, no command. https://bsonspec.org/spec.html, version 1.1."""

import struct
from collections.abc import Mapping
from typing import Final, NamedTuple

DEPTH_MAX: Final = 20
"""Documents within documents; MongoDB allows 200, commands before a login have three."""
ELEMENTS_MAX: Final = 1000
"""Elements of all documents together."""


class ObjectId(NamedTuple):
    """Twelve bytes."""

    value: bytes


class Long(NamedTuple):
    """A number of 64 bits."""

    value: int


class Moment(NamedTuple):
    """Seconds since the epoch."""

    value: float


Value = None | bool | int | float | str | bytes | ObjectId | Long | Moment | Mapping[str, "Value"] | list["Value"]
"""`int` has 32 bits, `bytes` are binary data of no known kind; what is read and not listed here is None."""

# What has no value here: how many bytes each takes.
_FIXED: Final = {0x06: 0, 0x07: 12, 0x09: 8, 0x0A: 0, 0x11: 8, 0x13: 16, 0x7F: 0, 0xFF: 0}


def written(document: Mapping[str, Value]) -> bytes:
    """A document as bytes."""
    body = b"".join(_element(name, value) for name, value in document.items())
    return struct.pack("<i", len(body) + 5) + body + b"\0"


def _element(name: str, value: Value) -> bytes:
    kind, data = _typed(value)
    return bytes([kind]) + name.encode() + b"\0" + data


def _typed(value: Value) -> tuple[int, bytes]:
    match value:
        case None:
            return 0x0A, b""
        case bool():
            return 0x08, bytes([value])
        case int():
            return 0x10, struct.pack("<i", value)
        case float():
            return 0x01, struct.pack("<d", value)
        case str():
            text = value.encode("utf-8", "replace") + b"\0"
            return 0x02, struct.pack("<i", len(text)) + text
        case bytes():
            return 0x05, struct.pack("<iB", len(value), 0) + value
        case ObjectId():
            return 0x07, value.value
        case Long():
            return 0x12, struct.pack("<q", value.value)
        case Moment():
            return 0x09, struct.pack("<q", int(value.value * 1000))
        case list():
            return 0x04, written({str(n): item for n, item in enumerate(value)})
        case _:
            return 0x03, written(value)


def read(data: bytes) -> dict[str, Value]:
    """The document that the bytes begin with. Raises ValueError for what is none, or more than the limits."""
    reader = _Reader(data)
    try:
        return reader.document(0)
    except (struct.error, IndexError) as error:
        raise ValueError(f"a document that ends too early: {error}") from None


class _Reader:
    """A place in some bytes."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at, self._elements = data, 0, 0

    def document(self, depth: int) -> dict[str, Value]:
        start = self._at
        end = start + self._int()
        if depth > DEPTH_MAX or not start + 5 <= end <= len(self._data):
            raise ValueError("a document too deep, or as long as none can be")
        found: dict[str, Value] = {}
        while kind := self._byte():
            self._elements += 1
            if self._elements > ELEMENTS_MAX:
                raise ValueError("a document of too many elements")
            name = self._name()
            found[name] = self._value(kind, depth)
        if self._at != end:
            raise ValueError("a document that does not end where it says")
        return found

    def _value(self, kind: int, depth: int) -> Value:
        match kind:
            case 0x01:
                return float(struct.unpack("<d", self._take(8))[0])
            case 0x02 | 0x0D | 0x0E:
                return self._take(self._int())[:-1].decode("utf-8", "replace")
            case 0x03:
                return self.document(depth + 1)
            case 0x04:
                return list(self.document(depth + 1).values())
            case 0x05:
                size = self._int()
                return self._take(size + 1)[1:]
            case 0x08:
                return self._byte() == 1
            case 0x0B:
                self._name()
                self._name()
                return None
            case 0x10:
                return self._int()
            case 0x12:
                return Long(struct.unpack("<q", self._take(8))[0])
            case _ if kind in _FIXED:
                self._take(_FIXED[kind])
                return None
        raise ValueError(f"an element of kind {kind}")

    def _take(self, size: int) -> bytes:
        if not 0 <= size <= len(self._data) - self._at:
            raise ValueError("an element longer than its document")
        self._at += size
        return self._data[self._at - size : self._at]

    def _byte(self) -> int:
        return self._take(1)[0]

    def _int(self) -> int:
        return int(struct.unpack("<i", self._take(4))[0])

    def _name(self) -> str:
        end = self._data.index(b"\0", self._at)
        name = self._data[self._at : end]
        self._at = end + 1
        return name.decode("utf-8", "replace")
