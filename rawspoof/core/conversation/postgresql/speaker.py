"""PostgreSQL from the start-up packet to the password that is refused. Knows no query: nobody gets that far.

Source: postgresql.org/docs/current, "Frontend/Backend Protocol" (Message Flow: Start-up; SASL Authentication), and
what 15.18 said to the same bytes.
"""

from collections.abc import Mapping
from enum import Enum
from hashlib import blake2b
from typing import ClassVar, Final

from rawspoof.core.conversation.base import Credential, Reply, Then
from rawspoof.core.conversation.framing import Frame
from rawspoof.core.conversation.postgresql.errors import at_startup, error, error_2, message, version
from rawspoof.core.conversation.scram import Malformed, Scram, WrongNonce
from rawspoof.core.conversation.speaker import Speaker
from rawspoof.core.conversation.visit import Visit
from rawspoof.core.conversation.written import written

CANCEL, SSL, GSS = 80877102, 80877103, 80877104
STARTUP_MAX: Final = 10000
"""Bytes of a start-up packet without its length: PostgreSQL's MAX_STARTUP_PACKET_LENGTH."""
NAME_MAX: Final = 63
"""Bytes of a user name that count: NAMEDATALEN - 1."""
ITERATIONS: Final = 4096
"""SCRAM's, by default."""
_STARTUP_2: Final = 296

_TERMINATOR: Final = b"invalid startup packet layout: expected terminator as last byte"
_NO_USER: Final = b"no PostgreSQL user name specified in startup packet"


class Wants(Enum):
    """What the server waits for."""

    STARTUP = "startup"
    PLAIN = "a password, or its MD5"
    MECHANISM = "a SASL mechanism and its first message"
    FIRST = "the first message of a mechanism that was only named"
    FINAL = "the proof"


class Postgresql(Speaker):
    """One connection with a PostgreSQL server."""

    patience_s: ClassVar[float] = 60.0
    """authentication_timeout."""

    def __init__(self, visit: Visit) -> None:
        super().__init__(visit)
        self._wants = Wants.STARTUP
        self._protocol = 3
        self._asked: set[int] = set()
        self._tls = False
        self._user = b""
        self._mechanism = b""
        self._scram = Scram(b"", b"", ITERATIONS)

    @property
    def _version(self) -> tuple[int, int]:
        return version(self.visit.identity.version)

    def frame(self, heard: bytearray) -> Frame | None:
        """A packet behind its length; of later ones the kind first. A length that cannot be is the last heard."""
        kind = self._wants is not Wants.STARTUP and self._protocol == 3
        if kind and heard[:1] != b"p":
            return Frame(bytes(heard[:1]), 1, last=True)
        if len(heard) < 4 + kind:
            return None
        size = int.from_bytes(heard[kind : 4 + kind])
        least, most = (4, self.request_max) if kind else (8, STARTUP_MAX + 4)
        if not least <= size <= most and self._protocol == 3:
            return Frame(bytes(heard[: 4 + kind]), 4 + kind, last=True)
        size = max(size, 4)
        return Frame(bytes(heard[: kind + size]), kind + size) if len(heard) >= kind + size else None

    def answer(self, request: bytes, at: float) -> Reply | None:
        """What a server says that has no such user, whoever it is."""
        if self._wants is Wants.STARTUP:
            return written(self.visit.identity, request, at) or self._startup(request, at)
        if self._protocol == 2:
            return self._password(request[4:], at)
        if request[:1] != b"p":
            return self._unexpected(request[0])
        if len(request) == 5 and request != b"p\0\0\0\4":
            return self._failed(at)
        body = request[5:]
        return self._password(body, at) if self._wants is Wants.PLAIN else self._sasl(body, at)

    def _startup(self, request: bytes, at: float) -> Reply:
        if len(request) < 8:
            return Reply(b"", Then.CLOSE)
        code = int.from_bytes(request[4:8])
        if code == CANCEL:
            return Reply(b"", Then.CLOSE)
        if code in (SSL, GSS) and code not in self._asked and (code == SSL or self._version >= (12, 0)):
            return self._encryption(code)
        lowest, highest = int(self.visit.fact("low", b"1")), 3 if self.visit.fact("line") else 2
        major, minor = code >> 16, code & 0xFFFF
        newer = minor and self._version < (11, 0)
        self._protocol = 3 if major >= 3 and highest == 3 else 2
        if not lowest <= major <= highest or (major == 3 and newer):
            served = b": server supports %d.0 to 3.0" % lowest if highest == 3 else b""
            asked = b" %d.%d" % (major, minor) if highest == 3 else b""
            return self._fatal(b"0A000", b"unsupported frontend protocol" + asked + served, at_startup(self.visit), at)
        return self._startup_3(request[8:], minor, at) if major == 3 else self._startup_2(request, at)

    def _encryption(self, code: int) -> Reply:
        """TLS if there is any; no Kerberos: most builds are without."""
        self._asked.add(code)
        if code == GSS or not self.visit.starttls:
            return Reply(b"N", Then.LISTEN)
        self._tls = True
        return Reply(b"S", Then.SECURE)

    def _startup_3(self, body: bytes, minor: int, at: float) -> Reply:
        options = _options(body)
        if options is None:
            return self._fatal(b"08P01", _TERMINATOR, at_startup(self.visit, "end"), at)
        self._user = options.get(b"user", b"")[:NAME_MAX]
        if not self._user:
            return self._fatal(b"28000", _NO_USER, at_startup(self.visit, "user"), at)
        unknown = [name for name in options if name.startswith(b"_pq_.")] if self._version >= (11, 0) else []
        negotiated = b""
        if minor or unknown:
            names = b"".join(name + b"\0" for name in unknown)
            negotiated = message(b"v", b"\0\3\0\0" + len(unknown).to_bytes(4) + names)
        asks = self._asks(at)
        return asks._replace(data=negotiated + asks.data)

    def _startup_2(self, request: bytes, at: float) -> Reply:
        if len(request) < _STARTUP_2:
            return self._fatal(b"", b"invalid length of startup packet", b"", at)
        self._user = request[72:104].partition(b"\0")[0]
        if not self._user:
            return self._fatal(b"", _NO_USER, b"", at)
        return self._asks(at)

    def _asks(self, at: float) -> Reply:
        """For a password, as the version does by default, or as the file has it (`scram`, `md5`, `password`)."""
        how = self.visit.word("method", at, b"scram" if self._version >= (14, 0) else b"md5")
        self._wants = Wants.PLAIN
        if how == b"scram" and self._protocol == 3:
            self._wants = Wants.MECHANISM
            return self._request(10, b"SCRAM-SHA-256-PLUS\0" * self._tls + b"SCRAM-SHA-256\0\0")
        return self._request(3, b"") if how == b"password" else self._request(5, self._salt)

    @property
    def _salt(self) -> bytes:
        return self.visit.octets(b"postgresql md5", 4)

    def _request(self, number: int, body: bytes) -> Reply:
        asked = number.to_bytes(4) + body
        return Reply(message(b"R", asked) if self._protocol == 3 else b"R" + asked, Then.LISTEN)

    def _password(self, body: bytes, at: float) -> Reply:
        offered = body.partition(b"\0")[0]
        md5 = offered.startswith(b"md5") and len(offered) == 35
        secret = self._salt.hex().encode() + b":" + offered[3:] if md5 else offered
        return self._failed(at)._replace(notes=(Credential("md5" if md5 else "password", self._user, secret),))

    def _sasl(self, body: bytes, at: float) -> Reply:
        try:
            if self._wants is Wants.MECHANISM:
                return self._chosen(body, at)
            if self._wants is Wants.FIRST:
                return self._challenged(body)
            note = self._scram.proof(self._mechanism.decode(), self._user, body)
        except WrongNonce as wrong:
            where = b"auth-scram.c 442 scram_exchange"
            return self._fatal(b"08P01", b"invalid SCRAM response", where, at, str(wrong).encode())
        except Malformed as wrong:
            last = self._wants is Wants.FINAL
            where = b"auth-scram.c " + (
                b"1353 read_client_final_message" if last else b"1025 read_client_first_message"
            )
            return self._fatal(b"08P01", b"malformed SCRAM message", where, at, str(wrong).encode())
        return self._failed(at)._replace(notes=(note,))

    def _chosen(self, body: bytes, at: float) -> Reply:
        self._mechanism, _, rest = body.partition(b"\0")
        offered = (b"SCRAM-SHA-256", b"SCRAM-SHA-256-PLUS")[: 1 + self._tls]
        if self._mechanism not in offered:
            wrong = b"client selected an invalid SASL authentication mechanism"
            # A client that was not asked for it may still send its password here.
            notes = (Credential("password", self._user, self._mechanism),) if not rest else ()
            return self._fatal(b"08P01", wrong, b"auth-scram.c 256 scram_init", at)._replace(notes=notes)
        identity = self.visit.fact("fqdn") + b"\0" + self._user
        salt = blake2b(identity, digest_size=16, key=self.visit.fact("seed")).digest()
        self._scram = Scram(salt, self.visit.octets(b"scram", 18), ITERATIONS)
        if rest[:4] == b"\xff\xff\xff\xff":
            self._wants = Wants.FIRST
            return self._request(11, b"")
        return self._challenged(rest[4:])

    def _challenged(self, first: bytes) -> Reply:
        said = self._scram.challenge(first, self._mechanism.endswith(b"-PLUS"))
        self._wants = Wants.FINAL
        return self._request(11, said)

    def _unexpected(self, kind: int) -> Reply:
        what = b"password" if self._wants is Wants.PLAIN else b"SASL"
        text = b"expected %s response, got message type %d" % (what, kind)
        where = b"auth.c 730 recv_password_packet" if self._wants is Wants.PLAIN else b"auth-sasl.c 95 CheckSASLAuth"
        return Reply(error(self.visit, b"08P01", text, where), Then.CLOSE)

    def _failed(self, at: float) -> Reply:
        code = b"28P01" if self._version >= (9, 0) else b"28000"
        text = b'password authentication failed for user "%s"' % self._user
        return self._fatal(code, text, b"auth.c %s auth_failed" % self.visit.fact("auth", b"334"), at)

    def _fatal(self, code: bytes, text: bytes, where: bytes, at: float, detail: bytes = b"") -> Reply:
        if self._protocol == 2:
            return Reply(error_2(self.visit.word("fatal", at, b"FATAL:  "), text), Then.CLOSE)
        return Reply(error(self.visit, code, text, where, detail), Then.CLOSE)


def _options(body: bytes) -> Mapping[bytes, bytes] | None:
    """A start-up packet's options; None unless they end with a zero byte that is the packet's last."""
    *parts, last = body.split(b"\0")
    names, values = parts[:-1:2], parts[1:-1:2]
    # All are ended by a zero byte, and one more ends the list: the split leaves an empty name and an empty rest.
    if last or not parts or parts[-1] or len(parts) % 2 == 0 or not all(names):
        return None
    return dict(zip(names, values, strict=True))
