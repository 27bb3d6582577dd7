"""Payloads against scanners: random bytes, a word list, either wrapped. For testing one's own tools.

A connection greets with one payload and is held. The same seed gives the same bytes, and the event of the connection
holds them whole, so what made a scanner fall over can be sent to it again.
"""

from collections.abc import Sequence
from hashlib import blake2s
from typing import Final

from rawspoof.core.conversation.base import Reply, Then

RANDOM_BYTES_MAX: Final = 1000
"""Longest random payload: portspoof's."""
KEYWORD: Final = b"__FUZZ__"
_ESCAPES: Final = {b"n": b"\n", b"r": b"\r", b"t": b"\t"}


class Payloads:
    """The next payload for each connection: words in the order of their file, each through every wrapper in turn."""

    def __init__(self, words: Sequence[bytes] = (), wrappers: Sequence[bytes] = ()) -> None:
        """Without `words` the payloads are random. Raises ValueError for a wrapper that lacks KEYWORD."""
        for number, wrapper in enumerate(wrappers, 1):
            if KEYWORD not in wrapper:
                raise ValueError(f"wrapper {number} has no {KEYWORD.decode()}")
        self._words, self._wrappers = words, [_unescaped(w) for w in wrappers] or [KEYWORD]
        self._next = 0

    def next(self, dice: int) -> bytes:
        """The payload of the next connection; `dice` is 64 bits of its own."""
        number, self._next = self._next, self._next + 1
        word, wrapper = divmod(number, len(self._wrappers))
        payload = self._words[word % len(self._words)] if self._words else _random(dice)
        return self._wrappers[wrapper].replace(KEYWORD, payload, 1)


class Fuzz:
    """The conversation of one connection that is sent a payload."""

    patience_s = None

    def __init__(self, payload: bytes, delay_s: float) -> None:
        self._payload, self._delay_s = payload, delay_s

    def opened(self, at: float) -> Reply:
        """The payload."""
        return Reply(self._payload, Then.HOLD, self._delay_s)

    def heard(self, data: bytes, at: float) -> Reply:
        """Nothing: it is the scanner that is being tested."""
        return Reply(b"", Then.HOLD)

    def idled(self, at: float) -> Reply:
        """Nothing."""
        return Reply(b"", Then.HOLD)


def _random(dice: int) -> bytes:
    """0 to RANDOM_BYTES_MAX bytes, the same for the same dice."""
    size = dice % (RANDOM_BYTES_MAX + 1)
    seed = dice.to_bytes(8)
    blocks = (blake2s(seed, salt=n.to_bytes(8)).digest() for n in range(size // 32 + 1))
    return b"".join(blocks)[:size]


def _unescaped(wrapper: bytes) -> bytes:
    r"""The wrapper with `\n`, `\r`, `\t` made bytes; any other pair with a backslash is dropped, as portspoof does."""
    out, at = bytearray(), 0
    while at < len(wrapper):
        if wrapper[at : at + 1] == b"\\":
            out += _ESCAPES.get(wrapper[at + 1 : at + 2], b"")
            at += 2
        else:
            out += wrapper[at : at + 1]
            at += 1
    return bytes(out)
