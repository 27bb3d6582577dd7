"""SMB 1's messages, bytes to fields and back. MS-CIFS §2.2.3. Decides nothing."""

import struct
from typing import Final, NamedTuple

MAGIC: Final = b"\xffSMB"
HEAD: Final = struct.Struct("<4sBIBHH8sHHHHH")

REPLY, CASELESS, CANONICAL = 0x80, 0x08, 0x10
LONG_NAMES, EXTENDED, NT_STATUS, UNICODE = 0x0003, 0x0800, 0x4000, 0x8000
_ECHOED: Final = EXTENDED | UNICODE | 0x0004
"""Flags that an answer has if its request has: extended security, names in UTF-16, signatures."""

_SEVERE: Final = 0x80000000


class Message(NamedTuple):
    """A request."""

    command: int
    flags: int
    """Flags2 of its head."""
    tree: int
    process: tuple[int, int]
    """The lower half, and the upper."""
    user: int
    number: int
    words: bytes
    data: bytes

    @property
    def data_at(self) -> int:
        """Where the data begins, counted from the message's first byte: text in UTF-16 begins at even places."""
        return HEAD.size + 1 + len(self.words) + 2


def parse(heard: bytes) -> Message | None:
    """The request that these bytes are, None if they are none. Data that is not all there is cut."""
    if len(heard) < HEAD.size + 1:
        return None
    magic, command, _, _, flags, high, _, _, tree, low, user, number = HEAD.unpack_from(heard)
    words = heard[HEAD.size + 1 : HEAD.size + 1 + 2 * heard[HEAD.size]]
    if magic != MAGIC or len(words) < 2 * heard[HEAD.size]:
        return None
    rest = heard[HEAD.size + 1 + len(words) :]
    size = int.from_bytes(rest[:2], "little")
    return Message(command, flags, tree, (low, high), user, number, words, rest[2 : 2 + size])


def build(to: Message, status: int, words: bytes = b"", data: bytes = b"", user: int | None = None) -> bytes:
    """The answer to a request."""
    # What begins without a severity is a code of DOS.
    flags = LONG_NAMES | (to.flags & _ECHOED) | (0 if 0 < status < _SEVERE else NT_STATUS)
    low, high = to.process
    who = to.user if user is None else user
    head = HEAD.pack(MAGIC, to.command, status, REPLY | CASELESS, flags, high, b"", 0, to.tree, low, who, to.number)
    return head + bytes((len(words) // 2,)) + words + struct.pack("<H", len(data)) + data


def texts(told: list[str], flags: int, at: int) -> bytes:
    """Texts one after the other, each with its end, as the flags want them; the first begins at this place."""
    if not flags & UNICODE:
        return b"".join(t.encode("latin-1", "replace") + b"\0" for t in told)
    return bytes(at % 2) + b"".join((t + "\0").encode("utf-16-le") for t in told)


def read(data: bytes, flags: int, at: int) -> list[str]:
    """Texts that stand in data which begins at this place, the last one too if it has no end."""
    if not flags & UNICODE:
        return data.decode("latin-1").split("\0")
    return data[at % 2 :].decode("utf-16-le", "replace").split("\0")
