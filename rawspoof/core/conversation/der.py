"""ASN.1's distinguished encoding, as far as the tokens of a log-in need it. X.690 §8.1 and §10.1.

Knows tags and lengths, not what stands in them.
"""

from typing import NamedTuple


class Element(NamedTuple):
    """One element, and where the next one begins."""

    tag: int
    content: bytes
    end: int


def der(tag: int, *contents: bytes) -> bytes:
    """The element with this identifier octet around these contents."""
    content = b"".join(contents)
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    digits = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes((tag, 0x80 | len(digits))) + digits + content


def element(data: bytes, at: int = 0) -> Element | None:
    """The element that begins there, None where none does or its end is missing."""
    if len(data) < at + 2:
        return None
    tag, size = data[at], data[at + 1]
    at += 2
    if size & 0x80:
        digits = size & 0x7F
        size, at = int.from_bytes(data[at : at + digits]), at + digits
    if at + size > len(data):
        return None
    return Element(tag, data[at : at + size], at + size)


def inside(data: bytes, *tags: int) -> bytes | None:
    """What stands inside the first elements of these tags, one within the other; None where one is missing."""
    for tag in tags:
        at = 0
        while (found := element(data, at)) is not None and found.tag != tag:
            at = found.end
        if found is None:
            return None
        data = found.content
    return data
