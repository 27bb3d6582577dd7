"""LDAP's envelope: what a request is and to whom its result goes, and results in bytes. Decides nothing.

RFC 4511 §4.1.1 (envelope), §4.1.9 (result), §4.1.11 (controls), §4.4.1 (notice of disconnection).
"""

from typing import Final, NamedTuple

from rawspoof.core.conversation.ldap import ber
from rawspoof.core.conversation.ldap.ber import ENUMERATED, INTEGER, OCTETS, SEQUENCE

BIND: Final = 0x60
UNBIND: Final = 0x42
SEARCH: Final = 0x63
MODIFY: Final = 0x66
ADD: Final = 0x68
DELETE: Final = 0x4A
RENAME: Final = 0x6C
COMPARE: Final = 0x6E
ABANDON: Final = 0x50
EXTENDED: Final = 0x77
ENTRY: Final = 0x64

RESULTS: Final = {
    BIND: 0x61,
    SEARCH: 0x65,
    MODIFY: 0x67,
    ADD: 0x69,
    DELETE: 0x6B,
    RENAME: 0x6D,
    COMPARE: 0x6F,
    EXTENDED: 0x78,
}
"""What a request is answered with; it has no entry if nothing answers it."""

_CONTROLS = 0xA0
_DISCONNECTION = b"1.3.6.1.4.1.1466.20036"


class Message(NamedTuple):
    """A request."""

    id: bytes
    """Its number, as it was written."""
    op: int
    """The operation's identifier octet."""
    body: bytes
    critical: tuple[bytes, ...]
    """Object identifiers of controls without which it must not be done."""


def parse(request: bytes) -> Message | None:
    """The message that an element is, None for what is none."""
    whole = ber.shaped(request, SEQUENCE)
    parts = ber.elements(whole[0].body) if whole else None
    if not parts or len(parts) < 2 or parts[0].tag != INTEGER or not 1 <= len(parts[0].body) <= 4:
        return None
    controls = parts[2].body if len(parts) > 2 and parts[2].tag == _CONTROLS else b""
    return Message(parts[0].body, parts[1].tag, parts[1].body, _critical(controls))


def _critical(controls: bytes) -> tuple[bytes, ...]:
    found = (ber.elements(control.body) or [] for control in ber.elements(controls) or [])
    return tuple(c[0].body for c in found if len(c) > 1 and c[1].tag == 1 and c[1].number)


class Writer(NamedTuple):
    """Results as a server writes them: `wide` as Windows does, or as short as can be."""

    wide: bool

    def message(self, number: bytes, op: int, *parts: bytes) -> bytes:
        """A message with this number and operation."""
        return self.of(SEQUENCE, ber.write(INTEGER, number), self.of(op, *parts))

    def result(self, asked: Message, code: int, text: bytes = b"", dn: bytes = b"", more: bytes = b"") -> bytes:
        """The result of a request: its code, what it says to people, the entry it is about; elements behind that."""
        parts = (ber.write(ENUMERATED, bytes((code,))), ber.write(OCTETS, dn), ber.write(OCTETS, text), more)
        return self.message(asked.id, RESULTS[asked.op], *parts)

    def disconnection(self, text: bytes) -> bytes:
        """The last word to a peer that speaks no LDAP: protocolError, in an answer to nothing."""
        nobody = Message(b"\0", EXTENDED, b"", ())
        return self.result(nobody, 2, text, more=ber.write(0x8A, _DISCONNECTION))

    def entry(self, asked: Message, dn: bytes, attributes: list[tuple[bytes, list[bytes]]]) -> bytes:
        """An entry that a search has found."""
        shown = [
            self.of(
                SEQUENCE, ber.write(OCTETS, name), self.of(ber.SET, *[ber.write(OCTETS, value) for value in values])
            )
            for name, values in attributes
        ]
        return self.message(asked.id, ENTRY, ber.write(OCTETS, dn), self.of(SEQUENCE, *shown))

    def of(self, tag: int, *parts: bytes) -> bytes:
        """An element of these parts."""
        return ber.write(tag, *parts, wide=self.wide)
