"""MongoDB's messages: which command one carries, and an answer in the same form. Knows layouts, decides nothing.

Source: mongodb.com/docs/manual/legacy-opcodes, mongodb.com/docs/manual/reference/mongodb-wire-protocol.
"""

import struct
from collections.abc import Mapping
from typing import Final, NamedTuple

from rawspoof.core.conversation.mongodb import bson

REPLY, QUERY, MSG = 1, 2004, 2013
HEAD: Final = 16

_AWAIT_CAPABLE: Final = 8
_FAILED: Final = 2
_MORE_TO_COME: Final = 2


class Command(NamedTuple):
    """What is asked."""

    number: int
    """The request's."""
    opcode: int
    where: str
    """The collection of an old query; `admin.$cmd` and the like for commands."""
    document: dict[str, bson.Value]
    answered: bool
    """Whether the client waits for an answer."""

    @property
    def name(self) -> str:
        """What is to be done: the first of the document's names, or that of a document within for old clients."""
        name = next(iter(self.document), "")
        inner = self.document.get("$query", self.document.get("query"))
        if name in ("$query", "query") and isinstance(inner, dict):
            return next(iter(inner), "")
        return name

    @property
    def database(self) -> str:
        """Where it is to be done."""
        named = self.document.get("$db")
        return named if isinstance(named, str) else self.where.partition(".")[0]


def command(message: bytes) -> Command | None:
    """The command of a whole message, None for one that carries none. Raises ValueError for one that is broken."""
    if len(message) < HEAD:
        raise ValueError("less than a header")
    _, number, _, opcode = struct.unpack_from("<iiii", message)
    if opcode == QUERY:
        # The name begins behind four bytes of flags; behind it are how many to skip and how many to return.
        end = message.index(b"\0", HEAD + 4)
        where = message[HEAD + 4 : end].decode("utf-8", "replace")
        return Command(number, opcode, where, bson.read(message[end + 9 :]), True)
    if opcode != MSG:
        return None
    flags = int.from_bytes(message[HEAD : HEAD + 4], "little")
    return Command(number, opcode, "$cmd", _body(message[HEAD + 4 :]), not flags & _MORE_TO_COME)


def _body(sections: bytes) -> dict[str, bson.Value]:
    """The section of kind 0; those of kind 1, with documents to insert, are passed over."""
    at = 0
    while sections[at : at + 1] == b"\1":
        size = int.from_bytes(sections[at + 1 : at + 5], "little")
        if size < 5:
            raise ValueError("a section shorter than its length")
        at += 1 + size
    if sections[at : at + 1] != b"\0":
        raise ValueError("no document")
    return bson.read(sections[at + 1 :])


def answer(asked: Command, document: Mapping[str, bson.Value], number: int) -> bytes:
    """The answer to a command, as old or as new as that is."""
    body = bson.written(document)
    if asked.opcode == MSG:
        return _message(asked, MSG, bytes(5) + body, number)
    failed = "$err" in document
    flags = _FAILED if failed else _AWAIT_CAPABLE
    return _message(asked, REPLY, struct.pack("<iqii", flags, 0, 0, 1) + body, number)


def _message(asked: Command, opcode: int, body: bytes, number: int) -> bytes:
    return struct.pack("<iiii", HEAD + len(body), number, asked.number, opcode) + body
