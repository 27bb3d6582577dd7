"""Kafka's encoding, before and since KIP-482 ("flexible": lengths one up and as varints, tags at every end).

kafka.apache.org/protocol, "Protocol Primitive Types", "Common Request and Response Structure".
"""

import struct
from typing import NamedTuple

from rawspoof.core.conversation.cursor import Cursor


class Asked(NamedTuple):
    """A request's header, and the place behind it."""

    key: int
    version: int
    correlation: bytes
    read: Cursor


def parse(request: bytes, flexible: dict[int, int]) -> Asked | None:
    """What a request asks, None if it has no header; `flexible` is the version of each key that is so first."""
    read = Cursor(request)
    key, version, correlation = read.number(2, signed=True), read.number(2, signed=True), read.take(4)
    client = read.number(2, signed=True)
    read.take(max(client, 0))
    if version >= flexible.get(key, version + 1):
        tags(read)
    return None if read.bad or client < -1 else Asked(key, version, correlation, read)


def tags(read: Cursor) -> None:
    """Pass over tagged fields. Each takes two bytes or more, so they end."""
    for _ in range(min(read.varint(), read.left)):
        read.varint()
        read.take(read.varint())


def octets(read: Cursor, flexible: bool) -> bytes:
    """Bytes behind their length; null counts as none."""
    size = read.varint() - 1 if flexible else read.number(4, signed=True)
    return read.take(max(size, 0))


class Writer(NamedTuple):
    """Writes as a version wants it."""

    flexible: bool

    @property
    def end(self) -> bytes:
        """No tags, at the end of every structure."""
        return b"\0" if self.flexible else b""

    def array(self, items: list[bytes]) -> bytes:
        """Some structures, each with its end already."""
        return (varint(len(items) + 1) if self.flexible else struct.pack(">i", len(items))) + b"".join(items)

    def text(self, text: bytes | None) -> bytes:
        """A string, which may be null."""
        if self.flexible:
            return b"\0" if text is None else varint(len(text) + 1) + text
        return b"\xff\xff" if text is None else struct.pack(">h", len(text)) + text

    def octets(self, data: bytes) -> bytes:
        """Bytes behind their length."""
        return (varint(len(data) + 1) if self.flexible else struct.pack(">i", len(data))) + data


def varint(number: int) -> bytes:
    """A number below 2**28 in groups of seven bits, the lowest first."""
    digits = [number >> 7 * place & 0x7F for place in range(4) if not place or number >> 7 * place]
    return bytes([*(digit | 0x80 for digit in digits[:-1]), digits[-1]])
