"""A broker: what it understands, the cluster of one, and logins that fail. It keeps no topic and takes no record.

kafka.apache.org/protocol; KIP-43, KIP-152 (SASL), KIP-511 (ApiVersions of the future). Of `words`, `apis` is what the
release understands (`key:first-last`), `mechanisms` how one logs in; a broker without any talks to everybody.
"""

import struct
from typing import Final

from rawspoof.core.conversation.base import Credential, Reply, Then
from rawspoof.core.conversation.framing import REQUEST_MAX, Frame
from rawspoof.core.conversation.kafka.wire import Asked, Writer, octets, parse
from rawspoof.core.conversation.speaker import Speaker
from rawspoof.core.conversation.visit import Visit

METADATA: Final = 3
HANDSHAKE: Final = 17
API_VERSIONS: Final = 18
AUTHENTICATE: Final = 36

UNKNOWN_TOPIC: Final = 3
UNSUPPORTED_MECHANISM: Final = 33
ILLEGAL_STATE: Final = 34
UNSUPPORTED_VERSION: Final = 35
AUTHENTICATION_FAILED: Final = 58

FAILED_S: Final = 0.1
"""connection.failed.authentication.delay.ms: how long a failed login waits for its answer."""

TOPICS_MAX: Final = 64
"""Topics that are told to be unknown in one answer; further ones are passed over."""

_FLEXIBLE: Final = {METADATA: 9, API_VERSIONS: 3, AUTHENTICATE: 2}
_HEADER_MIN: Final = 8


class Kafka(Speaker):
    """One connection to a broker."""

    patience_s = 120.0

    def __init__(self, visit: Visit) -> None:
        super().__init__(visit)
        self._mechanism = b""
        self._bare = False
        """Whether tokens come without a request around them, as before KIP-152."""

    def frame(self, heard: bytearray) -> Frame | None:
        """A request behind its length."""
        if len(heard) < 4:
            return None
        size = 4 + int.from_bytes(heard[:4], signed=True)
        if not 4 < size <= REQUEST_MAX:
            return Frame(bytes(heard[:4]), 4, last=True)
        return Frame(bytes(heard[:size]), size) if len(heard) >= size else None

    def answer(self, request: bytes, at: float) -> Reply | None:
        """The response; whoever asks for what the broker does not do is left."""
        if self._bare:
            return Reply(b"", Then.CLOSE, FAILED_S, self._offered(request[4:]))
        asked = parse(request[4:], _FLEXIBLE)
        if asked is None:
            return Reply(b"", Then.CLOSE)
        if asked.key == API_VERSIONS:
            return self._api_versions(asked, at)
        first, last = self._apis(at).get(asked.key, (1, 0))
        answers = {HANDSHAKE: self._handshake, AUTHENTICATE: self._authenticate, METADATA: self._metadata}
        barred = asked.key == METADATA and bool(self._mechanisms(at))
        if not first <= asked.version <= last or asked.key not in answers or barred:
            return Reply(b"", Then.CLOSE)
        reply = answers[asked.key](asked, at)
        return Reply(b"", Then.CLOSE) if asked.read.bad else reply

    def _mechanisms(self, at: float) -> list[bytes]:
        return self.visit.word("mechanisms", at, b"").split()

    def _apis(self, at: float) -> dict[int, tuple[int, int]]:
        found = (api.replace(b"-", b":").split(b":") for api in self.visit.word("apis", at, b"18:0-2").split())
        return {int(key): (int(first), int(last)) for key, first, last in found}

    def _api_versions(self, asked: Asked, at: float) -> Reply:
        apis = self._apis(at)
        known = 0 <= asked.version <= apis[API_VERSIONS][1]
        version = asked.version if known else 0
        shown = apis if known else {API_VERSIONS: apis[API_VERSIONS]}
        write = Writer(version >= _FLEXIBLE[API_VERSIONS])
        body = struct.pack(">h", 0 if known else UNSUPPORTED_VERSION)
        body += write.array([struct.pack(">hhh", key, *versions) + write.end for key, versions in shown.items()])
        # The header of this one response has no tags, so that old clients can read it.
        return _said(asked, body + (bytes(4) if version else b"") + write.end)

    def _metadata(self, asked: Asked, at: float) -> Reply:
        version, write = asked.version, Writer(asked.version >= _FLEXIBLE[METADATA])
        host, port = self.visit.fact("fqdn", b"localhost"), int(self.visit.fact("port", b"9092"))
        broker = struct.pack(">i", 1) + write.text(host) + struct.pack(">i", port)
        broker += (write.text(None) if version >= 1 else b"") + write.end
        body = bytes(4) if version >= 3 else b""
        body += write.array([broker])
        body += write.text(self.visit.word("cluster", at, b"")) if version >= 2 else b""
        body += struct.pack(">i", 1) if version >= 1 else b""
        body += write.array([] if write.flexible else _unknown(asked))
        body += b"\x80\0\0\0" if 8 <= version <= 10 else b""
        return _said(asked, write.end + body + write.end)

    def _handshake(self, asked: Asked, at: float) -> Reply:
        mechanism, offers = asked.read.text(2), self._mechanisms(at)
        code = ILLEGAL_STATE if not offers else 0 if mechanism in offers else UNSUPPORTED_MECHANISM
        write = Writer(False)
        body = struct.pack(">h", code) + write.array([write.text(offer) for offer in offers])
        if not code and not asked.read.bad:
            self._mechanism, self._bare = mechanism, asked.version == 0
        return _said(asked, body, Then.CLOSE if code == UNSUPPORTED_MECHANISM else Then.LISTEN)

    def _authenticate(self, asked: Asked, at: float) -> Reply:
        write = Writer(asked.version >= _FLEXIBLE[AUTHENTICATE])
        offered, code, then = octets(asked.read, write.flexible), ILLEGAL_STATE, Then.LISTEN
        why = b"SaslAuthenticate request received after successful authentication"
        notes: tuple[Credential, ...] = ()
        if self._mechanism and not asked.read.bad:
            code, then, notes = AUTHENTICATION_FAILED, Then.CLOSE, self._offered(offered)
            why = b"Authentication failed: Invalid username or password"
            if self._mechanism != b"PLAIN":
                why = b"Authentication failed during authentication due to invalid credentials with SASL mechanism "
                why += self._mechanism
        elif self._mechanisms(at):
            return Reply(b"", Then.CLOSE)
        body = struct.pack(">h", code) + write.text(why) + write.octets(b"")
        body += (bytes(8) if asked.version else b"") + write.end
        said = _said(asked, write.end + body, then)
        return said._replace(after_s=FAILED_S if notes else 0.0, notes=notes)

    def _offered(self, token: bytes) -> tuple[Credential, ...]:
        """The credential in a first token: RFC 4616, or the name in RFC 5802's client-first-message."""
        if self._mechanism == b"PLAIN":
            _, user, secret = (*token.split(b"\0", 2), b"", b"")[:3]
            return (Credential("PLAIN", user, secret),)
        user = token.partition(b"n=")[2].partition(b",")[0]
        return (Credential(self._mechanism.decode("latin-1"), user, token),)


def _unknown(asked: Asked) -> list[bytes]:
    """What is said of the topics that are asked for: there is no such topic."""
    write, many = Writer(False), asked.read.number(4, signed=True)
    names = [asked.read.text(2) for _ in range(min(many, TOPICS_MAX))]
    kind = b"\0" if asked.version >= 1 else b""
    allowed = b"\x80\0\0\0" if asked.version >= 8 else b""
    return [struct.pack(">h", UNKNOWN_TOPIC) + write.text(name) + kind + bytes(4) + allowed for name in names]


def _said(asked: Asked, body: bytes, then: Then = Then.LISTEN) -> Reply:
    return Reply(struct.pack(">i", 4 + len(body)) + asked.correlation + body, then)
