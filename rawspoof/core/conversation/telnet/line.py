"""A line as a terminal's driver edits it: what is typed, what is rubbed out, what is echoed.

Knows characters, no protocol. As Linux's terminals do it: termios(3), ECHO, ECHOE, ECHOK, ECHOCTL.
"""

from typing import Final

LINE_MAX: Final = 255
"""Characters of a line; termios' MAX_CANON. What is typed beyond is lost, and a bell rings."""

_ERASE, _KILL, _TAB = (8, 127), 21, 9
_RUBBED: Final = b"\x08 \x08"


class Line:
    """What has been typed since the last end of a line."""

    def __init__(self) -> None:
        self._typed = bytearray()

    def type(self, keys: bytes) -> bytes:
        """Take keys in; their echo."""
        return b"".join(map(self._key, keys))

    def end(self) -> bytes:
        """The line; the next one begins."""
        whole = bytes(self._typed)
        self._typed.clear()
        return whole

    @property
    def text(self) -> bytes:
        """What has been typed so far."""
        return bytes(self._typed)

    def _key(self, key: int) -> bytes:
        if key in _ERASE:
            return self._rub() if self._typed else b""
        if key == _KILL:
            return b"".join(self._rub() for _ in range(len(self._typed)))
        if len(self._typed) == LINE_MAX:
            return b"\a"
        self._typed.append(key)
        return _shown(key)

    def _rub(self) -> bytes:
        return _RUBBED * len(_shown(self._typed.pop()))


def _shown(key: int) -> bytes:
    """A control character is two on the screen."""
    return bytes((94, key ^ 64)) if key < 32 and key != _TAB else bytes((key,))
