"""Telnet's login: options first where the system wants them first, a name, a password, and the door stays shut.

Which prompt comes is in the greeting; how a system words its refusal is in its file. RFC 854, RFC 857 (echo).
"""

import re
from enum import Enum
from typing import Final

from rawspoof.core.conversation.base import Credential, Reply, Then
from rawspoof.core.conversation.framing import Frame, Part
from rawspoof.core.conversation.speaker import Speaker
from rawspoof.core.conversation.telnet.line import Line
from rawspoof.core.conversation.telnet.options import IAC, Options, command, text
from rawspoof.core.conversation.visit import Visit
from rawspoof.core.conversation.written import otherwise, written

_CR, _LF = 13, 10
_ARE_YOU_THERE, _ERASE, _KILL, _ESCAPED = b"\xff\xf6", b"\xff\xf7", b"\xff\xf8", b"\xff\xff"
_KEYS: Final = {_ERASE: b"\x7f", _KILL: b"\x15", _ESCAPED: b"\xff"}
_LEAVE: Final = (b"\x03", b"\x04")
"""^C and ^D at the beginning of a line: login(1) gives up."""

RUN_MAX: Final = 1024
"""Octets that are taken in at a time."""

_RUN = re.compile(rb"[\x03\x04]|[^\x03\x04\r\n\xff]+")
_NAME = re.compile(rb"(?i)(?:user|log ?[io]n|account|userid|access level)[^\r\n]*[:>]\s*$")
_SECRET = re.compile(rb"(?i)pass(?:word|wd)[^\r\n]*[:>]\s*$")


class Stage(Enum):
    """What the peer's next line is."""

    OPTIONS = "options"
    """None is expected before options are agreed on."""
    NAME = "name"
    SECRET = "secret"  # noqa: S105
    COMMAND = "command"
    """A console asks for nothing: the file says what it answers."""


class Telnet(Speaker):
    """A system that asks who one is.

    Words of a file, all with a default: `options` and `login` (said when all that was asked for is answered; a `%h` is
    the host's name, as in issue.net(5)), `password` (the prompt), `wrong`, `wrong_password` (where there is no name to
    give), `last` (said at the end), `wait` (seconds) and `tries`.
    """

    patience_s = 60.0
    requests_max = 40

    def __init__(self, visit: Visit) -> None:
        super().__init__(visit)
        self._options, self._line = Options(), Line()
        self._cr = False
        self._user, self._tries = b"", 0
        self._rounds = ["options", "login"] if "login" in visit.identity.words else []
        self._named = False
        self._prompt = b""
        greet = visit.identity.greet
        self._ask(b"" if greet is None else greet.render(0.0))

    def frame(self, heard: bytearray) -> Frame | None:
        """A whole line, or as a part a command or what was typed. A frame is always taken, so it may note a CR."""
        after_cr, self._cr = self._cr, heard[0] == _CR
        if heard[0] == IAC:
            size = command(heard)
            # A command between CR and LF does not come between them.
            self._cr = after_cr
            return Part(bytes(heard[:size]), size) if size else None
        if after_cr and heard[0] in (_LF, 0):
            return Part(b"", 1)
        if run := _RUN.match(heard, 0, RUN_MAX):
            return Part(run[0], run.end())
        return Frame(self._line.text, 1)

    def typed(self, part: bytes, at: float) -> Reply | None:
        """Options are answered, and typing is echoed where that was agreed; a password never is."""
        if part[:1] == b"\xff" and part not in _KEYS:
            said = b"\r\n[Yes]\r\n" if part == _ARE_YOU_THERE else self._options.hear(part)
            return Reply(said + self._settled(at), Then.LISTEN)
        if part in _LEAVE and not self._line.text and self._stage in (Stage.NAME, Stage.SECRET):
            return Reply(b"", Then.CLOSE)
        if not part or self._stage is Stage.OPTIONS:
            return None
        echo = self._line.type(_KEYS.get(part, part))
        return Reply(echo if self._echo else b"", Then.LISTEN)

    def answer(self, request: bytes, at: float) -> Reply | None:
        """What follows a line."""
        line, newline = self._line.end(), b"\r\n" if self._options.echo else b""
        if self._stage is Stage.OPTIONS:
            return None
        if self._stage is Stage.NAME:
            return Reply(newline + self._name(line, at), Then.LISTEN)
        if self._stage is Stage.SECRET:
            return self._refuse(line, at)
        known = written(self.visit.identity, line, at) or otherwise(self.visit.identity, at)
        said = known or Reply(self._prompt, Then.LISTEN)
        return said._replace(data=newline + said.data)

    def timeout(self, at: float) -> bytes:
        """As login(1) says it."""
        return self.visit.word("timeout", at, b"\r\nLogin timed out after 60 seconds.\r\n")

    @property
    def _echo(self) -> bool:
        return self._options.echo and self._stage is not Stage.SECRET

    def _ask(self, said: bytes) -> bytes:
        """Text that the system shows: what its last line asks for is what comes next."""
        self._options.say(said)
        shown = text(said)
        self._prompt = re.split(rb"[\r\n\0]", shown)[-1]
        if _SECRET.search(self._prompt):
            self._stage = Stage.SECRET
        elif _NAME.search(self._prompt):
            self._stage, self._named = Stage.NAME, True
        else:
            self._stage = Stage.OPTIONS if self._rounds else Stage.COMMAND
        return said

    def _settled(self, at: float) -> bytes:
        """What a system says once the options it asked for are answered."""
        said = b""
        while self._stage is Stage.OPTIONS and not self._options.waiting:
            word = self.visit.word(self._rounds.pop(0), at, b"")
            said += self._ask(word.replace(b"%h", self.visit.fact("host")))
        return said

    def _name(self, line: bytes, at: float) -> bytes:
        self._user = line.strip()
        if not self._user:
            return self._prompt
        self._stage = Stage.SECRET
        return self.visit.word("password", at, b"Password: ")

    def _refuse(self, line: bytes, at: float) -> Reply:
        self._tries += 1
        noted = (Credential("password", self._user, line),)
        word = self.visit.word
        wrong = word("wrong", at, b"\r\nLogin incorrect\r\n") if self._named else word("wrong_password", at, b"\r\n")
        wait_s = float(word("wait", at, b"3"))
        if self._tries >= int(word("tries", at, b"3")):
            return Reply(wrong + word("last", at, b""), Then.CLOSE, wait_s, noted)
        self._stage = Stage.NAME if self._named else Stage.SECRET
        return Reply(wrong + self._prompt, Then.LISTEN, wait_s, noted)
