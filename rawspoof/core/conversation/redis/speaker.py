"""Redis that wants a password: every command is understood, and none is done.

How it words an error depends on its version; what it tells without a password is in its file. redis.io/commands.
"""

from typing import Final

from rawspoof.core.conversation.base import Credential, Reply, Then
from rawspoof.core.conversation.framing import Frame
from rawspoof.core.conversation.redis.commands import ARITY, fits
from rawspoof.core.conversation.redis.resp import Command, parse
from rawspoof.core.conversation.speaker import Speaker
from rawspoof.core.conversation.visit import Visit
from rawspoof.core.conversation.written import written

_ECHOED_MAX: Final = 128
"""Bytes of a name or of all arguments that an error shows again."""
_NO_AUTH: Final = b"-NOAUTH Authentication required.\r\n"
_HELLO: Final = (
    b"-NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO %bAUTH <user> <pass>"
    b" option can be used to authenticate the client and select the RESP protocol version at the same time\r\n"
)
_NOT_ALLOWED: Final = (
    b'%b command not allowed. If the enable-%b-command option is set to "local", you can run it from a local'
    b" connection, otherwise you need to set this option in the configuration file, and then restart the server."
)
_LOCKED: Final = (b"module", b"debug")
"""Commands that a configuration has to allow since 7.0."""
_FROM_A_BROWSER: Final = (b"post", b"host:")
"""Commands after which Redis hangs up since 3.2.7: somebody lets a browser speak for them."""


class Redis(Speaker):
    """A server with `requirepass`."""

    requests_max = 1000

    def __init__(self, visit: Visit) -> None:
        super().__init__(visit)
        digits = visit.fact("ver", b"7.0").split(b".")[:2]
        self._version = tuple(int(d) if d.isdigit() else 0 for d in digits)

    def frame(self, heard: bytearray) -> Frame | None:
        """A whole command, or as much of a broken one as shows that it is broken."""
        found = parse(heard, self._strict)
        return None if found is None else Frame(bytes(heard[: found.taken]), found.taken, bool(found.fault))

    def answer(self, request: bytes, at: float) -> Reply | None:
        """In Redis' order: is it a command, has it all its words, may this peer ask it."""
        asked = parse(request, self._strict) or Command((), 0)
        if asked.fault:
            return Reply(b"-ERR Protocol error: %b\r\n" % asked.fault, Then.CLOSE)
        if not asked.words:
            return None
        name = asked.words[0].lower()
        if name in _FROM_A_BROWSER and self._version >= (3, 2):
            return Reply(b"", Then.CLOSE)
        if name == b"quit":
            return Reply(b"+OK\r\n", Then.CLOSE)
        if name not in ARITY or (name == b"hello" and self._version < (6, 0)):
            return _error(self._unknown(asked.words))
        if not fits(name, len(asked.words)):
            return self._worded(name, asked.words, at) if name == b"auth" else _arity(name)
        return self._worded(name, asked.words, at)

    def overlong(self, at: float) -> bytes:
        """What ends in no line is too long a one."""
        return b"-ERR Protocol error: too big inline request\r\n"

    @property
    def _strict(self) -> bool:
        return self._version >= (6, 2)

    def _worded(self, name: bytes, words: tuple[bytes, ...], at: float) -> Reply:
        if name == b"auth":
            return self._auth(words[1:], at)
        if name == b"hello":
            return self._hello(words[1:], at)
        if name in _LOCKED and self._version >= (7, 0):
            return _error(_NOT_ALLOWED % (name.upper(), name))
        # The file knows what is told to anybody, as it would be typed.
        return written(self.visit.identity, b" ".join(words), at) or Reply(_NO_AUTH, Then.LISTEN)

    def _auth(self, given: tuple[bytes, ...], at: float) -> Reply:
        if len(given) not in (1, 2):
            return _error(b"syntax error") if len(given) > 2 and self._version >= (6, 0) else _arity(b"auth")
        user, secret = (b"", given[0]) if len(given) == 1 else given
        noted = (Credential("AUTH", user, secret),)
        if len(given) == 2 and self._version < (6, 0):
            return _arity(b"auth")._replace(notes=noted)
        return Reply(self._wrong(at), Then.LISTEN, notes=noted)

    def _hello(self, given: tuple[bytes, ...], at: float) -> Reply:
        if given and not given[0].isdigit():
            return _error(b"Protocol version is not an integer or out of range")
        if given and given[0] not in (b"2", b"3"):
            return Reply(b"-NOPROTO unsupported protocol version\r\n", Then.LISTEN)
        options = given[1:]
        if len(options) > 2 and options[0].lower() == b"auth":
            return Reply(self._wrong(at), Then.LISTEN, notes=(Credential("HELLO AUTH", options[1], options[2]),))
        if options and not (len(options) > 1 and options[0].lower() == b"setname"):
            return _error(b"Syntax error in HELLO option '%b'" % options[0][:_ECHOED_MAX])
        return Reply(_HELLO % (b"<proto> " if self._version >= (7, 2) else b""), Then.LISTEN)

    def _wrong(self, at: float) -> bytes:
        if said := written(self.visit.identity, b"auth", at):
            return said.data
        if self._version < (6, 0):
            return b"-ERR invalid password\r\n"
        user = b" or user is disabled." if self._version >= (6, 2) else b""
        return b"-WRONGPASS invalid username-password pair" + user + b"\r\n"

    def _unknown(self, words: tuple[bytes, ...]) -> bytes:
        name = words[0][:_ECHOED_MAX]
        if self._version < (5, 0):
            return b"unknown command '%b'" % name
        quote, between = (b"'%b' ", b"") if self._version >= (7, 0) else (b"`%b`, ", b"`")
        shown, left = b"", _ECHOED_MAX
        for word in words[1:]:
            if left <= 0:
                break
            shown += quote % word[:left]
            left = _ECHOED_MAX - len(shown)
        around = between or b"'"
        return b"unknown command %b%b%b, with args beginning with: %b" % (around, name, around, shown)


def _error(text: bytes) -> Reply:
    """An error is one line, whatever it quotes."""
    return Reply(b"-ERR %b\r\n" % text.translate(_ONE_LINE), Then.LISTEN)


def _arity(name: bytes) -> Reply:
    return _error(b"wrong number of arguments for '%b' command" % name)


_ONE_LINE: Final = bytes.maketrans(b"\r\n", b"  ")
