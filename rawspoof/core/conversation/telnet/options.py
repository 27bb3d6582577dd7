"""Telnet's options: which of them both sides have agreed on, and what is answered to the peer's commands.

Knows commands, not what is typed between them. RFC 854, RFC 855; no loops, by RFC 1143; terminal type RFC 1091,
window size RFC 1073.
"""

import re
from typing import Final

IAC: Final = 0xFF
DONT, DO, WONT, WILL, SB = 0xFE, 0xFD, 0xFC, 0xFB, 0xFA
SE: Final = 0xF0
ECHO, SGA, TIMING_MARK = 1, 3, 6

SUB_MAX: Final = 512
"""Octets of a subnegotiation; what is longer is taken as it is and not understood."""
COMMANDS_MAX: Final = 256
"""Commands of one connection that are answered; a client sends a dozen, and whoever sends more plays with us."""

_ASKED_FOR_MORE: Final = frozenset((24, 32, 35, 39))
"""Terminal type, speed, X display, environment: who WILL is asked to SEND (RFC 1091, 1079, 1096, 1572)."""
_OURS: Final = frozenset((0, ECHO, SGA, 5))
"""What a server is ready to do if asked: binary, echo, suppress go-ahead, status."""
_OFFER = re.compile(rb"\xff([\xfb\xfd])(.)", re.DOTALL)
_COMMAND = re.compile(rb"\xff(?:[\xfb-\xfe].|\xfa.*?\xff\xf0|[^\xfa-\xfe])", re.DOTALL)


def text(said: bytes) -> bytes:
    """What is left without commands."""
    return _COMMAND.sub(b"", said)


def command(heard: bytearray) -> int:
    """Octets of the command that begins here, 0 while it is not whole."""
    found = _COMMAND.match(heard, 0, SUB_MAX)
    return found.end() if found else SUB_MAX if len(heard) >= SUB_MAX else 0


class Options:
    """One connection's agreements."""

    def __init__(self) -> None:
        self.waiting: set[int] = set()
        """What we asked the peer to do, and it has said nothing to yet."""
        self._offered: set[int] = set()
        self._ours: set[int] = set()
        self._theirs: set[int] = set()
        self._answered = 0

    def say(self, words: bytes) -> bytes:
        """The words as they are, the offers and demands in them noted."""
        for verb, option in _OFFER.findall(words):
            (self._offered if verb[0] == WILL else self.waiting).add(option[0])
        return words

    @property
    def echo(self) -> bool:
        """Whether the peer expects its typing from us."""
        return ECHO in self._offered or ECHO in self._ours

    def hear(self, heard: bytes) -> bytes:
        """What is said to a command."""
        self._answered += 1
        if self._answered > COMMANDS_MAX or len(heard) < 3:
            return b""
        verb, option = heard[1], heard[2]
        answer = {WILL: self._will, WONT: self._wont, DO: self._do, DONT: self._dont, SB: self._sub}.get(verb)
        return answer(option) if answer else b""

    def _will(self, option: int) -> bytes:
        if option in self._theirs:
            return b""
        if option not in self.waiting:
            return bytes((IAC, DONT, option))
        self._theirs.add(option)
        if option in _ASKED_FOR_MORE:
            return bytes((IAC, SB, option, 1, IAC, SE))
        self.waiting.discard(option)
        return b""

    def _wont(self, option: int) -> bytes:
        self.waiting.discard(option)
        if option not in self._theirs:
            return b""
        self._theirs.discard(option)
        return bytes((IAC, DONT, option))

    def _do(self, option: int) -> bytes:
        if option == TIMING_MARK:
            return bytes((IAC, WILL, option))
        if option in self._ours:
            return b""
        if option in self._offered or option in _OURS:
            said = b"" if option in self._offered else bytes((IAC, WILL, option))
            self._offered.discard(option)
            self._ours.add(option)
            return said
        return bytes((IAC, WONT, option))

    def _dont(self, option: int) -> bytes:
        self._offered.discard(option)
        if option not in self._ours:
            return b""
        self._ours.discard(option)
        return bytes((IAC, WONT, option))

    def _sub(self, option: int) -> bytes:
        self.waiting.discard(option)
        return b""
