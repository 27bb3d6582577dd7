"""Screens over RFB up to the point where a password is refused. RFC 6143 §7.1, and rfbproto for what vendors added.

The file says which version and which security types a product has, and how it says no; here is how each type goes.
"""

import re
from collections.abc import Callable
from hashlib import md5
from typing import Final

from rawspoof.core.conversation.base import Credential, Reply, Then
from rawspoof.core.conversation.framing import Frame
from rawspoof.core.conversation.speaker import Speaker
from rawspoof.core.conversation.visit import Visit
from rawspoof.core.conversation.written import otherwise, written

VNC, RSA_AES, RSA, TIGHT, VENCRYPT, APPLE = 2, 5, 6, 16, 19, 30
X509_PLAIN: Final = 262
CHALLENGE: Final = 16
TEXT_MAX: Final = 1024
"""Octets of a name and of a password in clear, each."""

_VERSION: Final = re.compile(rb"RFB (\d{3})\.(\d{3})\n")
_KEY_OCTETS: Final = 128
_GENERATOR: Final = 2
# RFC 2409 §6.2: the prime of 1024 bits.
_PRIME: Final = int(
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD"
    "EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"
    "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE65381FFFFFFFFFFFFFFFF",
    16,
)
_CLOSE: Final = Reply(b"", Then.CLOSE)

Due = Callable[[bytes, float], Reply]


class Vnc(Speaker):
    """One connection with a screen."""

    def __init__(self, visit: Visit) -> None:
        super().__init__(visit)
        self._due: Due = self._version
        """What hears the next request."""
        self._size = 12
        """Octets of it."""
        self._minor = 8
        self._types = b""
        self._start: dict[int, Callable[[], Reply]] = {
            VNC: self._challenge,
            RSA_AES: self._rsa,
            RSA: self._rsa,
            TIGHT: self._tight,
            VENCRYPT: self._vencrypt,
            APPLE: self._apple,
        }

    def frame(self, heard: bytearray) -> Frame | None:
        """As many octets as are due: nothing in RFB tells its length."""
        return Frame(bytes(heard[: self._size]), self._size) if len(heard) >= self._size else None

    def answer(self, request: bytes, at: float) -> Reply | None:
        """The next step."""
        return self._due(request, at)

    def _expect(self, due: Due, size: int, said: bytes) -> Reply:
        self._due, self._size = due, size
        return Reply(said, Then.LISTEN)

    def _version(self, request: bytes, at: float) -> Reply:
        """Which version both speak; the file's answer is the list of security types."""
        identity = self.visit.identity
        told = _VERSION.fullmatch(request)
        said = written(identity, request, at) or otherwise(identity, at)
        if told is None or said is None or said.then is Then.CLOSE or not said.data:
            return _CLOSE
        self._minor = min(_minor(self.greet(at)), _minor(request))
        self._types = bytes(t for t in said.data[1:] if t != VENCRYPT or self.visit.starttls)
        if self._minor >= 7:
            return self._expect(self._select, 1, bytes((len(self._types),)) + self._types)
        # RFC 6143 §A.1: in 3.3 the server decides, and a client of that age knows one type.
        if VNC not in self._types:
            return Reply(bytes(4) + _counted(b"No supported security types"), Then.CLOSE)
        challenge = self._challenge()
        return challenge._replace(data=VNC.to_bytes(4) + challenge.data)

    def _select(self, request: bytes, at: float) -> Reply:
        start = self._start.get(request[0]) if request[0] in self._types else None
        return start() if start else _CLOSE

    def _challenge(self) -> Reply:
        """RFC 6143 §7.2.2."""
        return self._expect(self._response, CHALLENGE, self.visit.octets(b"vnc", CHALLENGE))

    def _response(self, request: bytes, at: float) -> Reply:
        asked = self.visit.octets(b"vnc", CHALLENGE)
        return self._refused(at, Credential("VNC", b"", asked.hex().encode() + b":" + request.hex().encode()))

    def _tight(self) -> Reply:
        """TightVNC's list of its own: no tunnels, and one way to log in."""
        return self._expect(self._tight_chosen, 4, bytes(4) + (1).to_bytes(4) + VNC.to_bytes(4) + b"STDVVNCAUTH_")

    def _tight_chosen(self, request: bytes, at: float) -> Reply:
        return self._challenge() if request == VNC.to_bytes(4) else _CLOSE

    def _vencrypt(self) -> Reply:
        return self._expect(self._vencrypt_version, 2, b"\0\2")

    def _vencrypt_version(self, request: bytes, at: float) -> Reply:
        if request != b"\0\2":
            return Reply(b"\xff", Then.CLOSE)
        return self._expect(self._vencrypt_chosen, 4, b"\0\1" + X509_PLAIN.to_bytes(4))

    def _vencrypt_chosen(self, request: bytes, at: float) -> Reply:
        if request != X509_PLAIN.to_bytes(4):
            return Reply(b"\0", Then.CLOSE)
        return self._expect(self._plain_sizes, 8, b"\1")._replace(then=Then.SECURE)

    def _plain_sizes(self, request: bytes, at: float) -> Reply:
        self._name_size, size = int.from_bytes(request[:4]), int.from_bytes(request[4:])
        if max(self._name_size, size) > TEXT_MAX or not self._name_size + size:
            return self._refused(at)
        return self._expect(self._plain, self._name_size + size, b"")

    def _plain(self, request: bytes, at: float) -> Reply:
        return self._refused(at, Credential("Plain", request[: self._name_size], request[self._name_size :]))

    def _apple(self) -> Reply:
        """Diffie and Hellman's exchange; name and password come under its key."""
        public = pow(_GENERATOR, self._exponent, _PRIME)
        said = _GENERATOR.to_bytes(2) + _KEY_OCTETS.to_bytes(2) + _PRIME.to_bytes(_KEY_OCTETS)
        return self._expect(self._apple_answer, 2 * _KEY_OCTETS, said + public.to_bytes(_KEY_OCTETS))

    def _apple_answer(self, request: bytes, at: float) -> Reply:
        """The secret is the key of AES-128 (ECB) and what it hides: 64 octets of name, 64 of password."""
        hidden, public = request[:_KEY_OCTETS], int.from_bytes(request[_KEY_OCTETS:])
        shared = pow(public, self._exponent, _PRIME).to_bytes(_KEY_OCTETS)
        key = md5(shared, usedforsecurity=False).hexdigest().encode()
        return self._refused(at, Credential("ARD", b"", key + b":" + hidden.hex().encode()))

    @property
    def _exponent(self) -> int:
        return int.from_bytes(self.visit.octets(b"ard", 32))

    def _rsa(self) -> Reply:
        """RealVNC's: a key of 2048 bits. Ours is no product of primes, so nobody can go on, nor need we."""
        modulus = bytearray(b"".join(self.visit.octets(b"rsa%d" % n, 64) for n in range(4)))
        modulus[0] |= 0x80
        modulus[-1] |= 1
        size = len(modulus)
        said = (8 * size).to_bytes(4) + bytes(modulus) + (65537).to_bytes(size)
        return self._expect(lambda request, at: _CLOSE, 4, said)

    def _refused(self, at: float, *offered: Credential) -> Reply:
        """RFC 6143 §7.1.3: since 3.8 with the reason."""
        why = _counted(self.visit.word("reason", at, b"Authentication failure")) if self._minor >= 8 else b""
        return Reply((1).to_bytes(4) + why, Then.CLOSE, notes=offered)


def _minor(version: bytes) -> int:
    """3, 7 or 8: as which version one of this name behaves. What is not 3 came later and does as 3.8 does."""
    told = _VERSION.match(version)
    if told is None:
        return 3
    major, minor = int(told[1]), int(told[2])
    if major != 3:
        return 8 if 3 < major < 100 else 3
    return 3 if minor < 7 else min(minor, 8)


def _counted(text: bytes) -> bytes:
    return len(text).to_bytes(4) + text
