"""memcached: it tells what it is and finds nothing; what is to be kept finds no memory.

Its statistics and version are in its file. github.com/memcached/memcached/blob/master/doc/protocol.txt.
"""

import re
from typing import Final

from rawspoof.core.conversation.base import Reply, Then
from rawspoof.core.conversation.framing import REQUEST_MAX, Frame, Part, line
from rawspoof.core.conversation.memcached import binary
from rawspoof.core.conversation.speaker import Speaker
from rawspoof.core.conversation.visit import Visit
from rawspoof.core.conversation.written import otherwise, written

ITEM_MAX: Final = 1024 * 1024
KEY_MAX: Final = 250

_STORE: Final = (b"set", b"add", b"replace", b"append", b"prepend", b"cas")
_STAT = re.compile(rb"STAT (\S+) ([^\r\n]*)\r\n")
_FAULT: Final = b"CLIENT_ERROR bad command line format\r\n"
_TEXT: Final = {
    b"delete": (2, b"NOT_FOUND\r\n"),
    b"incr": (3, b"NOT_FOUND\r\n"),
    b"decr": (3, b"NOT_FOUND\r\n"),
    b"touch": (3, b"NOT_FOUND\r\n"),
    b"get": (2, b"END\r\n"),
    b"gets": (2, b"END\r\n"),
    b"gat": (3, b"END\r\n"),
    b"gats": (3, b"END\r\n"),
    b"mg": (2, b"EN\r\n"),
    b"md": (2, b"NF\r\n"),
    b"ma": (2, b"NF\r\n"),
    b"mn": (1, b"MN\r\n"),
    b"flush_all": (1, b"OK\r\n"),
    b"verbosity": (2, b"OK\r\n"),
    b"stats": (1, b"END\r\n"),
    b"shutdown": (1, b"ERROR: shutdown not enabled\r\n"),
}
"""Words that each command wants at least, and what an empty cache answers."""


class Memcached(Speaker):
    """A cache without anything in it."""

    requests_max = 1000

    def __init__(self, visit: Visit) -> None:
        super().__init__(visit)
        self._swallow = 0
        """Octets of an item's data that are still to come, and are not kept."""

    def frame(self, heard: bytearray) -> Frame | None:
        """A packet, a line, a line with the item that follows it; the data of a large item goes by in parts."""
        if self._swallow:
            taken = min(self._swallow, len(heard), REQUEST_MAX)
            self._swallow -= taken
            return Part(b"", taken)
        if heard[0] == binary.MAGIC:
            return binary.cut(heard)
        found = line(heard)
        if found is None or (size := _size(found.request)) is None:
            return found
        if size > REQUEST_MAX // 2:
            self._swallow = size
            return found
        end = found.taken + size
        return Frame(bytes(heard[:end]), end) if len(heard) >= end else None

    def answer(self, request: bytes, at: float) -> Reply | None:
        """Binary in binary, text by text."""
        if request[:1] == bytes((binary.MAGIC,)):
            return binary.answer(request, self._version(at), self._stats(at))
        head, _, data = request.partition(b"\n")
        words = head.split()
        if words and words[0] in _STORE:
            return self._store(words, data)
        if said := written(self.visit.identity, head, at):
            return said
        if words and words[0] in _TEXT and (words[0] != b"get" or len(words) > 1):
            return _found(words)
        return otherwise(self.visit.identity, at)

    def overlong(self, at: float) -> bytes:
        """A line without an end."""
        return b"ERROR too large\r\n"

    def _store(self, words: list[bytes], data: bytes) -> Reply:
        size = _size(b" ".join(words))
        if len(words) < (6 if words[0] == b"cas" else 5):
            return Reply(b"ERROR\r\n", Then.LISTEN)
        if size is None or len(words[1]) > KEY_MAX:
            return Reply(_FAULT, Then.LISTEN)
        if size - 2 > ITEM_MAX:
            return Reply(b"SERVER_ERROR object too large for cache\r\n", Then.LISTEN)
        if data and data[-2:] != b"\r\n":
            return Reply(b"CLIENT_ERROR bad data chunk\r\n", Then.LISTEN)
        if words[-1] == b"noreply":
            return Reply(b"", Then.LISTEN)
        miss = {b"replace": b"NOT_STORED", b"append": b"NOT_STORED", b"prepend": b"NOT_STORED", b"cas": b"NOT_FOUND"}
        return Reply(miss.get(words[0], b"SERVER_ERROR out of memory storing object") + b"\r\n", Then.LISTEN)

    def _version(self, at: float) -> bytes:
        said = written(self.visit.identity, b"version", at)
        return said.data.partition(b" ")[2].strip() if said else b""

    def _stats(self, at: float) -> list[tuple[bytes, bytes]]:
        said = written(self.visit.identity, b"stats", at)
        return _STAT.findall(said.data) if said else []


def _found(words: list[bytes]) -> Reply:
    least, said = _TEXT[words[0]]
    if len(words) < least:
        return Reply(b"ERROR\r\n", Then.LISTEN)
    if words[-1] == b"noreply":
        return Reply(b"", Then.LISTEN)
    if len(words) > 1 and len(words[1]) > KEY_MAX:
        return Reply(_FAULT, Then.LISTEN)
    if words[0] in (b"incr", b"decr") and not words[2].isdigit():
        return Reply(b"CLIENT_ERROR invalid numeric delta argument\r\n", Then.LISTEN)
    return Reply(said, Then.LISTEN)


def _size(head: bytes) -> int | None:
    """Octets that follow a line that stores something, their end among them; None for every other line."""
    words = head.split()
    if len(words) < 5 or words[0] not in _STORE or not words[4].isdigit() or len(words[4]) > 10:
        return None
    return int(words[4]) + 2
