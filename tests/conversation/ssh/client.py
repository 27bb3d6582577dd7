"""A small SSH client for tests: one method, one key, one cipher, and messages one by one.

Takes packets, boxes and hashes from the code under test; that those are right is shown by real clients.
"""

from collections.abc import Callable
from hashlib import sha256
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from rawspoof.core.conversation.base import Note, Then
from rawspoof.core.conversation.dialogue import Dialogue
from rawspoof.core.conversation.ssh.methods import METHODS, derived
from rawspoof.core.conversation.ssh.offer import Offer, build
from rawspoof.core.conversation.ssh.transport import Transport
from rawspoof.core.conversation.ssh.wire import Fields, mpint, string
from rawspoof.edges.crypto.ssh_boxes import box

LINE: Final = b"SSH-2.0-OpenSSH_9.2p1"
NOON: Final = 1735732800.0
KEX, CIPHER, MAC = "curve25519-sha256", "aes128-ctr", "hmac-sha2-256"


class Pipe:
    """Both ends of a connection with a conversation, without a network."""

    def __init__(self, spoken: Dialogue) -> None:
        self.spoken = spoken
        self.over = False
        self.waited_s = 0.0
        self.notes: list[Note] = []
        self._heard = b""
        self._take(spoken.opened(NOON))

    def send(self, data: bytes) -> None:
        if not self.over:
            self._take(self.spoken.heard(data, NOON))

    def receive(self) -> bytes:
        heard, self._heard = self._heard, b""
        return heard

    def _take(self, reply) -> None:
        while True:
            self._heard += reply.data
            self.notes += reply.notes
            self.waited_s += reply.after_s
            if reply.then is not Then.MORE:
                self.over = reply.then is Then.CLOSE
                return
            reply = self.spoken.idled(NOON)


class Client:
    """Speaks over something that sends, and gives what was received, b"" for nothing more."""

    def __init__(self, send: Callable[[bytes], object], receive: Callable[[], bytes]) -> None:
        self._send, self._receive = send, receive
        self.transport = Transport()
        self._heard = bytearray()
        self._server = self._theirs = b""

    def hello(self, line: bytes = LINE) -> bytes:
        """Exchange identifications; the server's KEXINIT."""
        while b"\n" not in self._heard:
            more = self._receive()
            assert more, "no identification"
            self._heard += more
        self._server, _, rest = bytes(self._heard).partition(b"\r\n")
        self._heard = bytearray(rest)
        self._send(line + b"\r\n")
        self._theirs = self.hear() or b""
        return self._theirs

    def keys(self, marks: tuple[str, ...] = (), key: str = "ssh-ed25519", compression: str = "none") -> list[bytes]:
        """Agree on keys, checking the signature; what the server says after its NEWKEYS."""
        offer = Offer((KEX, *marks), (key,), (CIPHER,), (MAC,), (compression,))
        ours, mine = build(offer, bytes(16)), X25519PrivateKey.generate()
        self.say(ours)
        public = mine.public_key().public_bytes_raw()
        reply = self.ask(b"\x1e" + string(public))
        assert reply, "no answer to the key exchange"
        assert reply[0] == 31
        fields = Fields(reply[1:])
        blob, theirs, signature = fields.string(), fields.string(), fields.string()
        secret = mpint(int.from_bytes(mine.exchange(X25519PublicKey.from_public_bytes(theirs))))
        whole = b"".join(map(string, (LINE, self._server, ours, self._theirs, blob, public, theirs))) + secret
        hashed = sha256(whole).digest()
        if key == "ssh-ed25519":
            Ed25519PublicKey.from_public_bytes(blob[-32:]).verify(signature[-64:], hashed)
        derive = derived(METHODS[KEX], secret, hashed)
        swapped = dict(zip(b"ABCDEF", b"BADCFE", strict=True))

        def as_client(letter: bytes, size: int) -> bytes:
            return derive(bytes([swapped[letter[0]]]), size)

        strict = "kex-strict-c-v00@openssh.com" in marks
        assert self.hear() == b"\x15"
        self.transport.heard = box(CIPHER, MAC, as_client, False)
        self.say(b"\x15")
        self.transport.said = box(CIPHER, MAC, as_client, True)
        if strict:
            self.transport.heard_seq = self.transport.said_seq = 0
        return self.rest()

    def login(self, *marks: str) -> "Client":
        """Up to where the server waits for a request to log in."""
        self.hello()
        self.keys(marks)
        assert self.ask(b"\5" + string(b"ssh-userauth")) == b"\6" + string(b"ssh-userauth")
        return self

    def request(self, method: bytes, *fields: bytes, user: bytes = b"root") -> bytes | None:
        """The answer to a request to log in."""
        return self.ask(b"\x32" + string(user) + string(b"ssh-connection") + string(method) + b"".join(fields))

    def say(self, message: bytes) -> None:
        self._send(self.transport.seal(message))

    def ask(self, message: bytes) -> bytes | None:
        self.say(message)
        return self.hear()

    def hear(self) -> bytes | None:
        """The next message, None once there is no more."""
        while (cut := self.transport.cut(self._heard)) is None:
            more = self._receive()
            if not more:
                return None
            self._heard += more
        del self._heard[: cut[1]]
        return cut[0]

    def rest(self) -> list[bytes]:
        """All messages that are there already."""
        messages = []
        self._heard += self._receive()
        while (cut := self.transport.cut(self._heard)) is not None:
            messages.append(cut[0])
            del self._heard[: cut[1]]
        return messages
