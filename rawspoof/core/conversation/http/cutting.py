"""Where an HTTP request ends, its body included. Knows RFC 9112's framing and our limits; answers nothing.

What has been found out about a request that is not whole yet is remembered, so that a byte at a time costs no more
than all at once. What is cut depends on the bytes alone.
"""

import re
from typing import Final

from rawspoof.core.conversation.framing import REQUEST_MAX, Frame, Part
from rawspoof.core.conversation.http.head import CHUNKED, LINE_MAX, Head, parse

_TOKEN: Final = frozenset(b"!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
_PROTOCOL = re.compile(rb"\S+ .*[A-Z]/\d(?:\.\d)?[ \t]*\r?\Z")
_HEAD_END = re.compile(rb"\n\r?\n")
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]*)?\r?\n")
_CHUNK_LINE_MAX: Final = 256


class Cutter:
    """Cuts one connection's requests, one after the other."""

    __slots__ = ("_at", "_body_max", "_said", "cut", "head", "waits")

    def __init__(self, body_max: int) -> None:
        """A body of more than `body_max` bytes is not waited for: its request is refused."""
        self._body_max = body_max
        self.head: Head | None = None
        """Of the request that was cut last, or is being heard."""
        self.cut = False
        """Whether the request was longer than we keep: what follows of it is no request."""
        self.waits = False
        """Whether a request has begun and is not whole."""
        self._at = 0
        """Where to go on: the end of the head, or of the last whole chunk; 0 while the head is not whole."""
        self._said = b""
        """The head that was continued."""

    def frame(self, heard: bytearray) -> Frame | None:
        """The first whole request, or the Part of it that waits to be continued; None while there is none."""
        found = self._frame(heard)
        self.waits = found is None and bool(heard)
        return found

    def _frame(self, heard: bytearray) -> Frame | None:
        if self._at == 0 and not self._said:
            self.head, self.cut = None, False
            found = self._head(heard)
            if found is not None or self._at == 0:
                return found
            assert self.head is not None
            if (
                0 != self.head.length <= self._body_max
                and self.head.version == 11
                and b"100-continue" in self.head.tokens(b"expect")
            ):
                self._said, end, self._at = bytes(heard[: self._at]), self._at, 0
                return Part(self._said, end)
        end = self._body_end(heard)
        if end is None:
            return None
        request, self._said, self._at = self._said + heard[:end], b"", 0
        return Frame(bytes(request.lstrip(b"\r\n")), end)

    def _head(self, heard: bytearray) -> Frame | None:
        """What is no request, or None; `_at` and `head` are set once there is a head."""
        # RFC 9112 §2.2: empty lines before a request line do not count.
        start = len(heard) - len(heard.lstrip(b"\r\n")) if heard[0] in b"\r\n" else 0
        if start == len(heard):
            return None
        end = heard.find(b"\n", start, start + LINE_MAX) + 1
        if heard[start] not in _TOKEN:
            # A server refuses at the first byte that cannot be one (TLS, say).
            return self._refused(heard, start, start + 1)
        if not end:
            return self._refused(heard, start, start + LINE_MAX) if len(heard) >= start + LINE_MAX else None
        if _PROTOCOL.match(heard[start : end - 1]) is None:
            return self._refused(heard, start, end)
        found = _HEAD_END.search(heard, end - 1, REQUEST_MAX)
        if found is not None:
            self._at = found.end()
            self.head = parse(bytes(heard[start : self._at]))
        elif len(heard) >= REQUEST_MAX:
            frame = self._refused(heard, start, REQUEST_MAX)
            self.head = Head(fault="header")
            return frame
        return None

    def _refused(self, heard: bytearray, start: int, end: int) -> Frame:
        request = bytes(heard[start:end])
        self.head = Head(fault="line") if end - start == LINE_MAX else parse(request.rstrip(b"\r\n"))
        return Frame(request, end)

    def _body_end(self, heard: bytearray) -> int | None:
        """Where the body ends in what was heard, None while it does not."""
        assert self.head is not None
        room = REQUEST_MAX - len(self._said)
        if self.head.fault or self.head.length > self._body_max:
            self.cut = True
            return self._at
        end = self._chunks(heard, room) if self.head.length == CHUNKED else self._at + self.head.length
        if end is None or end > room:
            # Ours: of a long body the beginning is evidence enough, and it is answered before the rest has come.
            self.cut = len(heard) >= room
            return room if self.cut else None
        return end if len(heard) >= end else None

    def _chunks(self, heard: bytearray, room: int) -> int | None:
        """The end of the last chunk's trailer, None while it is not there; what is no chunk ends it. RFC 9112 §7.1."""
        assert self.head is not None
        while (found := _CHUNK.match(heard, self._at, room)) is not None:
            size, after = int(found[1], 16), found.end()
            if not size:
                last = _HEAD_END.search(heard, after - 1, room)
                return last.end() if last else None
            if len(heard) < after + size + 1:
                return None
            self._at = after + size + (2 if heard[after + size : after + size + 1] == b"\r" else 1)
        line = heard.find(b"\n", self._at, self._at + _CHUNK_LINE_MAX)
        if line >= 0 or len(heard) >= self._at + _CHUNK_LINE_MAX:
            self.head = self.head._replace(fault="bad")
            return min(line + 1 or self._at + _CHUNK_LINE_MAX, room)
        return None


def body(request: bytes, length: int) -> bytes:
    """The content of a whole request: what follows its head, out of its chunks."""
    found = _HEAD_END.search(request)
    content = request[found.end() :] if found else b""
    if length != CHUNKED:
        return content
    pieces, at = [], 0
    while (chunk := _CHUNK.match(content, at)) is not None and (size := int(chunk[1], 16)):
        pieces.append(content[chunk.end() : chunk.end() + size])
        at = chunk.end() + size
        at += 2 if content[at : at + 1] == b"\r" else 1
    return b"".join(pieces)
