"""MySQL's connection phase up to the password that is refused. Knows no query: nobody gets that far.

Source: dev.mysql.com/doc/dev/mysql-server, "Connection Phase", "Caching_sha2_password information"; the wording is
that of share/errmsg, and what MariaDB 10.11 said to the same bytes.
"""

from enum import Enum
from hashlib import sha256
from ipaddress import ip_address
from typing import ClassVar, Final

from rawspoof.core.conversation.base import Credential, Reply, Then
from rawspoof.core.conversation.filled import filled
from rawspoof.core.conversation.framing import Frame
from rawspoof.core.conversation.mysql import packets
from rawspoof.core.conversation.mysql.publickey import PrivateKey
from rawspoof.core.conversation.speaker import Speaker
from rawspoof.core.conversation.visit import Visit
from rawspoof.core.conversation.written import otherwise, written

NATIVE: Final = b"mysql_native_password"
CACHING: Final = b"caching_sha2_password"

_DENIED: Final = b"Access denied for user '%s'@'%s' (using password: %s)"
_UPGRADE: Final = (
    b"Client does not support authentication protocol requested by server; consider upgrading MySQL client"
)
_USER_MAX: Final = 32
"""Characters of a user name that MySQL 5.7 and later look at."""

# As the templates' nonces: no quotes, no spaces, no dollar sign.
_PRINTABLE = bytes(0x28 + n % 0x56 for n in range(256))


class Wants(Enum):
    """What the server waits for."""

    LOGIN = "login"
    PROOF = "proof"
    """The answer to a request to use another method."""
    PLAIN = "plain"
    """The password, or to be asked for the key that hides it."""
    HIDDEN = "hidden"
    """The password under the key."""


class Mysql(Speaker):
    """One connection with a MySQL server; what greets with anything else than protocol 10 hangs up on who answers."""

    patience_s: ClassVar[float] = 10.0
    """MySQL's connect_timeout."""

    def __init__(self, visit: Visit) -> None:
        super().__init__(visit)
        self._greeting: packets.Greeting | None = None
        self._sequence = 1
        self._wants = Wants.LOGIN
        self._tls = False
        # Whose client has not spoken yet is told of errors as the newest is.
        self._login = packets.Login(packets.PROTOCOL_41, b"", b"", b"")

    def greet(self, at: float) -> bytes:
        """The file's greeting with the connection's own salt."""
        raw = super().greet(at)
        salt = self.visit.octets(b"mysql salt", 20).translate(_PRINTABLE)
        self._greeting = packets.greeting(raw, salt, self.visit.starttls)
        return raw if self._greeting is None else self._greeting.raw

    def frame(self, heard: bytearray) -> Frame | None:
        """A packet; of one that is out of order, as servers read it, only the header."""
        if self._greeting is None and self.visit.identity.answers:
            return super().frame(heard)
        if len(heard) < 4:
            return None
        size = 4 + int.from_bytes(heard[:3], "little")
        if self._greeting is None or heard[3] != self._sequence:
            return Frame(bytes(heard[:4]), 4, last=True)
        return Frame(bytes(heard[:size]), size) if len(heard) >= size else None

    def answer(self, request: bytes, at: float) -> Reply | None:
        """The file's words if it has any for this; else those of a server that lets nobody in."""
        identity = self.visit.identity
        if said := written(identity, request, at):
            return said
        if self._greeting is None:
            return otherwise(identity, at) or Reply(b"", Then.CLOSE)
        if request[3] != self._sequence:
            return self._disorder(request, at)
        self._sequence += 1
        body = request[4:]
        match self._wants:
            case Wants.LOGIN:
                return self._first(self._greeting, body, at)
            case Wants.PROOF:
                return self._proof(self._greeting, body, at)
            case Wants.PLAIN:
                return self._password(body, at)
            case Wants.HIDDEN:
                return self._hidden(body, at)

    def _first(self, greeting: packets.Greeting, body: bytes, at: float) -> Reply:
        if packets.asks_tls(body) and greeting.capabilities & packets.SSL and not self._tls:
            self._tls = True
            return Reply(b"", Then.SECURE)
        login = packets.login(body, greeting.capabilities)
        if login is None:
            return self._bad_handshake()
        self._login = login
        if not login.capabilities & packets.PROTOCOL_41:
            return self._old(greeting, at)
        method = login.plugin or NATIVE
        if method == (greeting.plugin or NATIVE):
            return self._proof(greeting, login.secret, at)
        if not login.capabilities & packets.PLUGIN_AUTH:
            note = self._credential(method.decode(), greeting.salt, login.secret)
            return self._upgrade(at)._replace(notes=note)
        self._wants = Wants.PROOF
        return self._packet(b"\xfe" + greeting.plugin + b"\0" + greeting.salt + b"\0")

    def _old(self, greeting: packets.Greeting, at: float) -> Reply:
        """A client from before 4.1: its proof is worth nothing to servers since then."""
        secret = self._login.secret
        notes = self._credential("mysql_old_password", greeting.salt[:8], secret)
        outdated = secret and greeting.capabilities & packets.PROTOCOL_41
        return (self._upgrade(at) if outdated else self._denied(bool(secret), at))._replace(notes=notes)

    def _proof(self, greeting: packets.Greeting, secret: bytes, at: float) -> Reply:
        """What shows that the client knows its password by the server's own method."""
        if secret in (b"", b"\0"):
            return self._denied(False, at)._replace(notes=(Credential("password", self._login.user, b""),))
        method, size = (CACHING, 32) if greeting.plugin == CACHING else (NATIVE, 20)
        notes = self._credential(method.decode(), greeting.salt, secret)
        if len(secret) != size:
            return self._bad_handshake()._replace(notes=notes)
        if method == NATIVE:
            return self._denied(True, at)._replace(notes=notes)
        # The cache knows nobody: the password itself is wanted.
        self._wants = Wants.PLAIN
        return self._packet(b"\1\4")._replace(notes=notes)

    def _password(self, body: bytes, at: float) -> Reply:
        if not self._tls and body == b"\2":
            self._wants = Wants.HIDDEN
            return self._packet(b"\1" + self._key().pem())
        password = body.removesuffix(b"\0")
        return self._denied(True, at)._replace(notes=(Credential("password", self._login.user, password),))

    def _hidden(self, body: bytes, at: float) -> Reply:
        assert self._greeting is not None
        salt = self._greeting.salt + b"\0"
        masked = self._key().opened(body)
        password = bytes(byte ^ salt[i % len(salt)] for i, byte in enumerate(masked)).removesuffix(b"\0")
        notes = (Credential("password", self._login.user, password),) if masked else ()
        return self._denied(True, at)._replace(notes=notes)

    def _key(self) -> PrivateKey:
        """The server's, the same on every connection; whoever breaks it learns what they sent."""
        return PrivateKey.drawn(sha256(self.visit.fact("fqdn") + b"\0" + self.visit.fact("seed")).digest())

    def _credential(self, method: str, salt: bytes, secret: bytes) -> tuple[Credential, ...]:
        answered = f"{salt.hex()}:{secret.hex()}".encode() if secret else b""
        return (Credential(method, self._login.user, answered),)

    def _denied(self, password: bool, at: float) -> Reply:
        user = self._login.user.decode("utf-8", "replace").replace("\ufffd", "?")
        most = int(self.visit.word("user_max", at, b"%d" % _USER_MAX))
        words = self.visit.word("denied", at, _DENIED)
        peer = str(ip_address(self.visit.peer)).encode()
        return self._error(1045, b"28000", filled(words, user[:most].encode(), peer, b"YES" if password else b"NO"))

    def _upgrade(self, at: float) -> Reply:
        return self._error(1251, b"08004", self.visit.word("upgrade", at, _UPGRADE))

    def _bad_handshake(self) -> Reply:
        return self._error(1043, b"08S01", b"Bad handshake")

    def _disorder(self, request: bytes, at: float) -> Reply:
        proxied = self.visit.word("proxy", at, b"")
        if proxied and request in (b"\r\n\r\n", b"PROX"):
            return self._error(1130, b"HY000", filled(proxied, str(ip_address(self.visit.peer)).encode()))
        return self._error(1156, b"08S01", b"Got packets out of order")

    def _error(self, code: int, state: bytes, text: bytes) -> Reply:
        """An error packet; only who speaks 4.1's protocol is told the state."""
        assert self._greeting is not None
        spoken = self._greeting.capabilities & self._login.capabilities
        marked = b"#" + state if spoken & packets.PROTOCOL_41 else b""
        return self._packet(b"\xff" + code.to_bytes(2, "little") + marked + text)._replace(then=Then.CLOSE)

    def _packet(self, body: bytes) -> Reply:
        head = len(body).to_bytes(3, "little") + bytes([self._sequence])
        self._sequence += 1
        return Reply(head + body, Then.LISTEN)
