"""What keeps SSH's packets secret and whole: ciphers with their codes, one box for each direction of a connection.

RFC 4253 §6, RFC 4344, RFC 5647; OpenSSH's PROTOCOL §1.6 to 1.9 and PROTOCOL.chacha20poly1305.
"""

import hmac
from collections.abc import Callable
from hashlib import md5, sha1, sha256, sha512
from typing import Any, Final, NamedTuple

from cryptography.exceptions import InvalidSignature, InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.decrepit.ciphers.algorithms import ARC4, CAST5, Blowfish, TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.poly1305 import Poly1305

from rawspoof.core.conversation.engines import Box, Derive
from rawspoof.edges.crypto.ssh_umac import Umac

Tag = Callable[[int, bytes], bytes]
"""The code of a packet with its number."""


class _Kind(NamedTuple):
    make: Callable[[bytes], Any]
    mode: Callable[[bytes], Any] | None
    key: int
    block: int
    skip: int = 0
    """Bytes of a stream cipher that nobody may see. RFC 4345."""


_CIPHERS: Final = {
    **{f"aes{bits}-ctr": _Kind(algorithms.AES, modes.CTR, bits // 8, 16) for bits in (128, 192, 256)},
    **{f"aes{bits}-cbc": _Kind(algorithms.AES, modes.CBC, bits // 8, 16) for bits in (128, 192, 256)},
    "rijndael-cbc@lysator.liu.se": _Kind(algorithms.AES, modes.CBC, 32, 16),
    "3des-cbc": _Kind(TripleDES, modes.CBC, 24, 8),
    "blowfish-cbc": _Kind(Blowfish, modes.CBC, 16, 8),
    "cast128-cbc": _Kind(CAST5, modes.CBC, 16, 8),
    "arcfour": _Kind(ARC4, None, 16, 8),
    "arcfour128": _Kind(ARC4, None, 16, 8, 1536),
    "arcfour256": _Kind(ARC4, None, 32, 8, 1536),
}
_GCM: Final = {"aes128-gcm@openssh.com": 16, "aes256-gcm@openssh.com": 32}
_CHACHA: Final = "chacha20-poly1305@openssh.com"
_HASHES: Final = {
    "hmac-md5": (md5, 16, 16),
    "hmac-md5-96": (md5, 16, 12),
    "hmac-sha1": (sha1, 20, 20),
    "hmac-sha1-96": (sha1, 20, 12),
    "hmac-sha2-256": (sha256, 32, 32),
    "hmac-sha2-256-96": (sha256, 32, 12),
    "hmac-sha2-512": (sha512, 64, 64),
    "hmac-sha2-512-96": (sha512, 64, 12),
}
_UMACS: Final = {"umac-64": 8, "umac-128": 16}


def box(cipher: str, mac: str, derive: Derive, ours: bool) -> Box | None:
    """The box for what we send (`ours`) or hear; None for a cipher or code that is not known here."""
    iv, key, code = (b"B", b"D", b"F") if ours else (b"A", b"C", b"E")
    if cipher == _CHACHA:
        return Chacha(derive(key, 64))
    if cipher in _GCM:
        return Gcm(derive(key, _GCM[cipher]), derive(iv, 12))
    if cipher not in _CIPHERS or (made := _tag(mac, lambda size: derive(code, size))) is None:
        return None
    kind = _CIPHERS[cipher]
    both = Cipher(kind.make(derive(key, kind.key)), kind.mode and kind.mode(derive(iv, kind.block)))
    try:
        context = both.encryptor() if ours else both.decryptor()
    except UnsupportedAlgorithm:
        # An OpenSSL may be built, or set up, without the old ones.
        return None
    context.update(bytes(kind.skip))
    return (Etm if mac.endswith("-etm@openssh.com") else Mte)(context.update, kind.block, *made)


def _tag(mac: str, key: Callable[[int], bytes]) -> tuple[Tag, int] | None:
    """How packets are authenticated, and by how many bytes."""
    name = mac.removesuffix("@openssh.com").removesuffix("-etm")
    if name in _UMACS:
        umac = Umac(key(16), _UMACS[name])
        return lambda seq, packet: umac.tag(packet, seq), _UMACS[name]
    if name not in _HASHES:
        return None
    hashed, size, cut = _HASHES[name]
    start = hmac.new(key(size), digestmod=hashed)

    def tag(seq: int, packet: bytes) -> bytes:
        code = start.copy()
        code.update(seq.to_bytes(4) + packet)
        return code.digest()[:cut]

    return tag, cut


class Mte:
    """As RFC 4253 has it: the packet's code, and the packet encrypted, its length too."""

    aside = 0

    def __init__(self, crypt: Callable[[bytes], bytes], block: int, tag: Tag, size: int) -> None:
        self._crypt, self.block, self.head, self._tag, self.tag = crypt, block, block, tag, size
        self._first = b""

    def size(self, head: bytes, seq: int) -> int:
        self._first = self._first or self._crypt(head)
        return int.from_bytes(self._first[:4])

    def open(self, wire: bytes, seq: int) -> bytes | None:
        packet = self._first + self._crypt(wire[self.head : -self.tag])
        self._first = b""
        return packet[4:] if hmac.compare_digest(self._tag(seq, packet), wire[-self.tag :]) else None

    def seal(self, packet: bytes, seq: int) -> bytes:
        return self._crypt(packet) + self._tag(seq, packet)


class Etm:
    """The length in clear, the rest encrypted, and the code of that."""

    aside = head = 4

    def __init__(self, crypt: Callable[[bytes], bytes], block: int, tag: Tag, size: int) -> None:
        self._crypt, self.block, self._tag, self.tag = crypt, block, tag, size

    def size(self, head: bytes, seq: int) -> int:
        return int.from_bytes(head)

    def open(self, wire: bytes, seq: int) -> bytes | None:
        if not hmac.compare_digest(self._tag(seq, wire[: -self.tag]), wire[-self.tag :]):
            return None
        return self._crypt(wire[4 : -self.tag])

    def seal(self, packet: bytes, seq: int) -> bytes:
        sealed = packet[:4] + self._crypt(packet[4:])
        return sealed + self._tag(seq, sealed)


class Gcm:
    """AES-GCM; the nonce counts packets by itself."""

    aside = head = 4
    block = tag = 16

    def __init__(self, key: bytes, iv: bytes) -> None:
        self._gcm = AESGCM(key)
        self._fixed, self._counter = iv[:4], int.from_bytes(iv[4:])

    def size(self, head: bytes, seq: int) -> int:
        return int.from_bytes(head)

    def open(self, wire: bytes, seq: int) -> bytes | None:
        try:
            return self._gcm.decrypt(self._nonce(), wire[4:], wire[:4])
        except InvalidTag:
            return None

    def seal(self, packet: bytes, seq: int) -> bytes:
        return packet[:4] + self._gcm.encrypt(self._nonce(), packet[4:], packet[:4])

    def _nonce(self) -> bytes:
        nonce = self._fixed + self._counter.to_bytes(8)
        self._counter = self._counter + 1 & 2**64 - 1
        return nonce


class Chacha:
    """OpenSSH's ChaCha20-Poly1305: one key for the lengths, one for all else, the nonce is the packet's number."""

    aside = head = 4
    block, tag = 8, 16

    def __init__(self, key: bytes) -> None:
        self._key, self._length_key = key[:32], key[32:]

    def size(self, head: bytes, seq: int) -> int:
        return int.from_bytes(_chacha(self._length_key, seq, 0, head))

    def open(self, wire: bytes, seq: int) -> bytes | None:
        sealed, tag = wire[: -self.tag], wire[-self.tag :]
        try:
            Poly1305.verify_tag(self._once(seq), sealed, tag)
        except InvalidSignature:
            return None
        return _chacha(self._key, seq, 1, sealed[4:])

    def seal(self, packet: bytes, seq: int) -> bytes:
        sealed = _chacha(self._length_key, seq, 0, packet[:4]) + _chacha(self._key, seq, 1, packet[4:])
        return sealed + Poly1305.generate_tag(self._once(seq), sealed)

    def _once(self, seq: int) -> bytes:
        return _chacha(self._key, seq, 0, bytes(32))


def _chacha(key: bytes, seq: int, counter: int, data: bytes) -> bytes:
    nonce = counter.to_bytes(8, "little") + seq.to_bytes(8)
    return Cipher(algorithms.ChaCha20(key, nonce), None).encryptor().update(data)
