"""The SSH server's side of a connection: identification, key exchange, and logins that all fail.

Knows the order of things and the products' last words. RFC 4253, RFC 4252.
"""

from hashlib import blake2b
from typing import ClassVar, Final

from rawspoof.core.conversation.base import Note, Refused, Reply, Then
from rawspoof.core.conversation.framing import Frame
from rawspoof.core.conversation.speaker import Speaker
from rawspoof.core.conversation.ssh import ident
from rawspoof.core.conversation.ssh.exchange import EXT_INFO, Broken, Exchange, TooMany
from rawspoof.core.conversation.ssh.login import INFO_RESPONSE, REQUEST, Login, Said
from rawspoof.core.conversation.ssh.manners import manners
from rawspoof.core.conversation.ssh.offer import KEXINIT
from rawspoof.core.conversation.ssh.transport import PACKET_MAX, Corrupt, Transport
from rawspoof.core.conversation.ssh.wire import Fields, Short, string
from rawspoof.core.conversation.visit import Visit

POLL_S: Final = 0.01
"""How often an exchange that is calculated beside is asked for; the slowest takes some 30 ms."""
MISMATCH_S: Final = 2.0
"""The most that somebody waits who does not speak SSH."""

_DISCONNECT, _IGNORE, _UNIMPLEMENTED, _DEBUG, _SERVICE_REQUEST, _SERVICE_ACCEPT = 1, 2, 3, 4, 5, 6
_LOCAL: Final = 192
"""Message numbers from here on are for extensions nobody has. RFC 4250 §4.1.2."""
_PROTOCOL_ERROR: Final = 2
_QUIET: Final = frozenset({_IGNORE, _UNIMPLEMENTED, _DEBUG})
_USERAUTH: Final = b"ssh-userauth"


class Ssh(Speaker):
    """One connection's SSH. Without an engine, or with a server of SSH 1, it goes no further than the first line."""

    patience_s: ClassVar[float] = 120.0
    """OpenSSH's LoginGraceTime."""
    request_max: ClassVar[int] = PACKET_MAX + 256

    def __init__(self, visit: Visit) -> None:
        super().__init__(visit)
        self._manners = manners(visit, 0.0)
        # RFC 8308 §2.2: who says so in its list of methods is told things by clients.
        self._quiet = _QUIET | ({EXT_INFO} if "ext-info-s" in self._manners.offer.kex else set())
        self._transport = Transport()
        self._exchange: Exchange | None = None
        self._login: Login | None = None
        self._greeted = False
        self._corrupt: Corrupt | None = None
        self._guesses = 0

    def frame(self, heard: bytearray) -> Frame | None:
        """The client's first line, then messages without their packets; what is no packet is the last, and empty."""
        if not self._greeted:
            line = ident.cut(heard, self._manners.modern)
            return Frame(*line) if line else None
        try:
            found = self._transport.cut(heard)
        except Corrupt as why:
            self._corrupt = why
            return Frame(b"", len(heard), last=True)
        return Frame(*found) if found else None

    def answer(self, request: bytes, at: float) -> Reply | None:
        """What is said to the first line, or to a message."""
        if not self._greeted:
            self._greeted = True
            return self._identified(request, at)
        if self._exchange is None:
            return Reply(b"", Then.CLOSE)
        try:
            if self._corrupt is not None:
                raise self._corrupt
            return self._message(self._exchange, request, at)
        except (Broken, Corrupt, Short) as why:
            return self._farewell(str(why).encode())
        except TooMany:
            # sshd drops connections beyond MaxStartups without a word too.
            return Reply(b"", Then.CLOSE, notes=(Refused(),))

    def more(self, at: float) -> Reply:
        """Our half of a key exchange, once it is calculated."""
        assert self._exchange is not None
        try:
            return self._polled(self._exchange, b"")
        except Broken:
            return Reply(b"", Then.CLOSE)

    def _identified(self, line: bytes, at: float) -> Reply:
        """The first line decides whether we go on."""
        said = self._manners
        server, _, begun = self.greet(at).partition(b"\n")
        server = server.rstrip(b"\r")
        theirs = ident.major(line)
        if theirs is None:
            return Reply(said.mismatch, Then.CLOSE, min(self.visit.delay_s, MISMATCH_S))
        if theirs != 2 or server.startswith(b"SSH-1.5"):
            return Reply(b"" if server.startswith(b"SSH-1.99") else said.differ, Then.CLOSE)
        if said.modern and ident.scanner(line):
            return Reply(b"", Then.CLOSE)
        if self.visit.engines is None or begun:
            # One that has greeted with the beginning of its KEXINIT is of a product whose lists we do not have.
            return Reply(b"", Then.HOLD)
        host = b" ".join([self.visit.fact("fqdn"), self.visit.fact("addr"), server])
        engine = self.visit.engines.ssh(host, said.rsa_bits)
        self._exchange = Exchange(engine, self._transport, said.offer, said.extensions)
        return Reply(self._exchange.begin(line, server, self.visit.octets(b"kexinit", 16)), Then.LISTEN)

    def _message(self, exchange: Exchange, message: bytes, at: float) -> Reply | None:
        kind = message[0]
        if kind == 0 or kind >= _LOCAL:
            return self._farewell(b"Invalid ssh2 packet type: %d" % kind)
        if kind == _DISCONNECT or (kind >= REQUEST and not exchange.over):
            return Reply(b"", Then.CLOSE)
        if KEXINIT <= kind < REQUEST:
            said = exchange.hear(message, at)
            if said is not None:
                return self._polled(exchange, said) if exchange.waits else Reply(said, Then.LISTEN)
        elif kind in self._quiet and (exchange.over or not exchange.strict):
            return None
        elif exchange.over and (reply := self._served(kind, message)) is not None:
            return reply
        return self._unexpected(exchange, kind)

    def _polled(self, exchange: Exchange, said: bytes) -> Reply:
        more = exchange.poll()
        if more is None:
            return Reply(said, Then.MORE, POLL_S)
        return Reply(said + more, Then.LISTEN)

    def _served(self, kind: int, message: bytes) -> Reply | None:
        """What is said behind the keys, None to what has no business there."""
        if kind == _SERVICE_REQUEST:
            service = Fields(message[1:]).string()
            if message[1:] != string(service):
                return Reply(b"", Then.CLOSE)
            if service != _USERAUTH:
                return self._farewell(b"bad service request " + service[:64])
            self._login = self._login or Login(self._manners)
            return Reply(self._transport.seal(bytes([_SERVICE_ACCEPT]) + string(_USERAUTH)), Then.LISTEN)
        said = self._login.hear(message) if self._login is not None and kind in (REQUEST, INFO_RESPONSE) else None
        return None if said is None else self._refused(said)

    def _refused(self, said: Said) -> Reply:
        notes: tuple[Note, ...] = (said.credential,) if said.credential else ()
        after_s = self._pause(said.credential.user) if said.tried and said.credential else 0.0
        if said.over is not None:
            return self._farewell(said.over)._replace(after_s=after_s, notes=notes)
        return Reply(b"".join(map(self._transport.seal, said.messages)), Then.LISTEN, after_s, notes)

    def _pause(self, user: bytes) -> float:
        """How long a wrong guess takes."""
        self._guesses += 1
        fact = self.visit.fact
        return self._manners.pause_s(
            int.from_bytes(self.visit.octets(b"pause %d" % self._guesses, 4)) / 2**32,
            blake2b(user + fact("addr") + fact("fqdn"), digest_size=4).digest(),
        )

    def _unexpected(self, exchange: Exchange, kind: int) -> Reply:
        number = self._transport.heard_seq - 1 & 0xFFFFFFFF
        if exchange.strict and not exchange.over:
            return self._farewell(b"strict KEX violation: unexpected packet type %d (seqnr %d)" % (kind, number))
        return Reply(self._transport.seal(bytes([_UNIMPLEMENTED]) + number.to_bytes(4)), Then.LISTEN)

    def _farewell(self, text: bytes) -> Reply:
        """The last word, b"" for none."""
        if not text:
            return Reply(b"", Then.CLOSE)
        message = bytes([_DISCONNECT]) + _PROTOCOL_ERROR.to_bytes(4) + string(text) + string(b"")
        return Reply(self._transport.seal(message), Then.CLOSE)
