"""Speech a piece at a time: a banner byte by byte, or lines without end before an SSH identification that never comes.

RFC 4253 §4.2 lets a server send lines before its identification, and a client must read them; endlessh lives on it.
"""

from collections.abc import Iterator
from hashlib import blake2s
from itertools import count
from typing import Final

from rawspoof.core.conversation.base import Conversation, Reply, Then

LINE_EVERY_S: Final = 10.0
"""endlessh's pace: slow enough to cost nothing, quick enough that no client gives up."""
LINE_BYTES_MIN: Final = 3
LINE_BYTES_MAX: Final = 32
BANNER_WITHIN_S: Final = 4.0
"""Time in which a dripped banner is whole: nmap reads for 6 s, and a banner it can name must be there by then."""


class EndlessLines:
    """Random lines, one every LINE_EVERY_S, that never begin with `SSH-`."""

    patience_s = None

    def __init__(self, dice: int) -> None:
        """`dice` is 64 bits of the connection's own; the same ones give the same lines."""
        self._lines = _lines(dice)

    def opened(self, at: float) -> Reply:
        """The first line."""
        return Reply(next(self._lines), Then.MORE, LINE_EVERY_S)

    def heard(self, data: bytes, at: float) -> Reply:
        """Nothing: what the peer says is read and changes nothing."""
        return Reply(b"", Then.MORE)

    def idled(self, at: float) -> Reply:
        """The next line."""
        return self.opened(at)


class Dripped:
    """Another conversation, whose greeting goes out a byte at a time."""

    def __init__(self, inner: Conversation) -> None:
        self._inner = inner
        self._left = b""
        self._then, self._pause_s = Then.HOLD, 0.0

    @property
    def patience_s(self) -> float | None:
        """The inner conversation's."""
        return self._inner.patience_s

    def opened(self, at: float) -> Reply:
        """The greeting's first byte."""
        greeting = self._inner.opened(at)
        self._left, self._then = greeting.data, greeting.then
        self._pause_s = max(BANNER_WITHIN_S - greeting.after_s, 0.0) / max(len(greeting.data), 1)
        return self._piece(greeting.after_s)

    def heard(self, data: bytes, at: float) -> Reply:
        """What the inner conversation answers, after what is left of the greeting."""
        answer = self._inner.heard(data, at)
        left, self._left = self._left, b""
        self._then = answer.then
        return answer._replace(data=left + answer.data)

    def idled(self, at: float) -> Reply:
        """The greeting's next byte, or what the inner conversation does when it idles."""
        return self._piece(self._pause_s) if self._left else self._inner.idled(at)

    def _piece(self, after_s: float) -> Reply:
        piece, self._left = self._left[:1], self._left[1:]
        return Reply(piece, Then.MORE if self._left else self._then, after_s)


def _lines(dice: int) -> Iterator[bytes]:
    seed = dice.to_bytes(8)
    for number in count():
        digest = blake2s(seed, salt=number.to_bytes(8)).digest()
        size = LINE_BYTES_MIN + digest[0] % (LINE_BYTES_MAX - LINE_BYTES_MIN - 1)
        # Letters and digits only, so no line can pass for an identification.
        yield digest.hex().encode()[2 : 2 + size] + b"\r\n"
