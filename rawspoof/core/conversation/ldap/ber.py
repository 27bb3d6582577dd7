"""BER, as much of it as LDAP uses: elements of definite length with identifiers of one octet. Knows no message.

RFC 4511 §5.1 (the subset), X.690 §8.1.
"""

from typing import Final, NamedTuple

INTEGER: Final = 0x02
OCTETS: Final = 0x04
ENUMERATED: Final = 0x0A
SEQUENCE: Final = 0x30
SET: Final = 0x31

ELEMENTS_MAX: Final = 256
"""Elements side by side; a request with more is refused. A search may name some dozens of attributes."""

_CONSTRUCTED: Final = 0x20


class Element(NamedTuple):
    """An element: its identifier octet, and what is in it."""

    tag: int
    body: bytes

    @property
    def number(self) -> int:
        """The body as an INTEGER, an ENUMERATED or a BOOLEAN."""
        return int.from_bytes(self.body, "big", signed=True)


def elements(data: bytes) -> list[Element] | None:
    """The elements that the bytes are, one after the other; None if they are no such thing, or too many."""
    found: list[Element] = []
    at = 0
    while at < len(data):
        length, start = _length(data, at + 1)
        if length < 0 or start + length > len(data) or len(found) == ELEMENTS_MAX:
            return None
        found.append(Element(data[at], data[start : start + length]))
        at = start + length
    return found


def shaped(data: bytes, *tags: int) -> list[Element] | None:
    """The elements, if they begin with these identifiers, else None."""
    found = elements(data)
    return found if found is not None and tuple(e.tag for e in found[: len(tags)]) == tags else None


def write(tag: int, *parts: bytes, wide: bool = False) -> bytes:
    """An element of these parts; `wide` gives what is constructed its length in four bytes, as Windows does."""
    body = b"".join(parts)
    size = len(body)
    if wide and tag & _CONSTRUCTED:
        return bytes((tag, 0x84)) + size.to_bytes(4) + body
    if size < 0x80:
        return bytes((tag, size)) + body
    digits = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes((tag, 0x80 | len(digits))) + digits + body


def _length(data: bytes, at: int) -> tuple[int, int]:
    """The length written there and where the body begins; -1 for one that is missing, indefinite or absurd."""
    first = data[at] if at < len(data) else 0x80
    if first < 0x80:
        return first, at + 1
    digits = first & 0x7F
    if not 1 <= digits <= 8:
        return -1, at
    return int.from_bytes(data[at + 1 : at + 1 + digits]), at + 1 + digits
