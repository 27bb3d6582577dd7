"""What a TLS client says of itself before anything is secret: bytes of its first flight in, a `Hello` out.

Gathers and reads, judges nothing: what is wrong with a hello is for TLS itself to say. RFC 8446 §4.1.2 (ClientHello),
§5.1 (records); RFC 8701 (GREASE); JA3: github.com/salesforce/ja3; JA4: github.com/FoxIO-LLC/ja4, technical details.
"""

from collections.abc import Iterable
from hashlib import md5, sha256
from typing import Final, NamedTuple

from rawspoof.core.conversation.base import Hello

WIRE_MAX: Final = 16 * 1024
"""Bytes of one hello's records. Browsers' take two thousand with post-quantum keys, and one record holds 16,384."""
PROTOCOLS_MAX: Final = 16
"""Names of an ALPN offer that are kept."""

HANDSHAKE: Final = 22
_CLIENT_HELLO: Final = 1
_SERVER_NAME, _GROUPS, _POINT_FORMATS, _SIGNATURES, _ALPN, _VERSIONS = 0, 10, 11, 13, 16, 43
_VERSION_NAMES: Final = {0x0304: "13", 0x0303: "12", 0x0302: "11", 0x0301: "10", 0x0300: "s3", 0x0002: "s2"}
_NOTHING: Final = "0" * 12


class Gathering:
    """The records of a hello while they come, in pieces of any size."""

    __slots__ = ("_at", "_message", "wire")

    def __init__(self) -> None:
        self.wire = bytearray()
        """All that came, as it came."""
        self._message = bytearray()
        self._at = 0

    def take(self, data: bytes) -> bytes | None:
        """The hello's body once it is whole, None while it is not, b"" for what will never be one."""
        self.wire += data
        while len(self.wire) >= self._at + 5:
            kind, major, _, high, low = self.wire[self._at : self._at + 5]
            end = self._at + 5 + (high << 8 | low)
            if kind != HANDSHAKE or major != 3 or end == self._at + 5:
                return b""
            if len(self.wire) < end:
                return None
            self._message += self.wire[self._at + 5 : end]
            self._at = end
            if self._message[0] != _CLIENT_HELLO:
                return b""
            whole = 4 + int.from_bytes(self._message[1:4])
            if 4 <= whole <= len(self._message):
                return bytes(self._message[4:whole])
        return None


class _Cut(Exception):
    """A length reaches past the end."""


class _Offer(NamedTuple):
    version: int
    ciphers: list[int]
    kinds: list[int]
    """Extensions in their order."""
    extensions: dict[int, bytes]


def parse(body: bytes) -> Hello | None:
    """What the body of a ClientHello says, None if it is not whole in itself."""
    try:
        offer = _offer(body)
        names, alpn = offer.extensions.get(_SERVER_NAME, b""), offer.extensions.get(_ALPN, b"")
        # RFC 6066 §3: a list of names, of which the only kind there is, 0, is a host's.
        name = _vector(names, 3, 2)[0] if names else b""
        protocols = _strings(_vector(alpn, 0, 2)[0]) if alpn else ()
        return Hello(name, protocols, _ja3(offer), _ja4(offer, protocols))
    except _Cut:
        return None


def _offer(body: bytes) -> _Offer:
    _, at = _vector(body, 34, 1)
    ciphers, at = _vector(body, at, 2)
    _, at = _vector(body, at, 1)
    kinds: list[int] = []
    extensions: dict[int, bytes] = {}
    if at < len(body):
        block, _ = _vector(body, at, 2)
        at = 0
        while at < len(block):
            kind = int.from_bytes(block[at : at + 2])
            said, at = _vector(block, at + 2, 2)
            kinds.append(kind)
            extensions.setdefault(kind, said)
    return _Offer(int.from_bytes(body[:2]), _numbers(ciphers), _meant(kinds), extensions)


def _ja3(offer: _Offer) -> str:
    groups = _numbers(_vector(offer.extensions[_GROUPS], 0, 2)[0]) if _GROUPS in offer.extensions else ()
    formats = _vector(offer.extensions[_POINT_FORMATS], 0, 1)[0] if _POINT_FORMATS in offer.extensions else b""
    lists: tuple[Iterable[int], ...] = (offer.ciphers, offer.kinds, groups, formats)
    text = ",".join([str(offer.version), *("-".join(map(str, numbers)) for numbers in lists)])
    return md5(text.encode(), usedforsecurity=False).hexdigest()


def _ja4(offer: _Offer, protocols: tuple[bytes, ...]) -> str:
    versions = _numbers(_vector(offer.extensions[_VERSIONS], 0, 1)[0]) if _VERSIONS in offer.extensions else []
    version = _VERSION_NAMES.get(max(versions, default=offer.version), "00")
    named = "d" if _SERVER_NAME in offer.extensions else "i"
    counts = f"{min(len(offer.ciphers), 99):02}{min(len(offer.kinds), 99):02}"
    signatures = _numbers(_vector(offer.extensions[_SIGNATURES], 0, 2)[0]) if _SIGNATURES in offer.extensions else []
    extensions = _hex(sorted(kind for kind in offer.kinds if kind not in (_SERVER_NAME, _ALPN)))
    third = _sha(extensions + (f"_{_hex(signatures)}" if signatures else "")) if offer.kinds else _NOTHING
    return f"t{version}{named}{counts}{_ends(protocols)}_{_sha(_hex(sorted(offer.ciphers)))}_{third}"


def _ends(protocols: tuple[bytes, ...]) -> str:
    """First and last character of the first protocol; of its hexadecimal digits where they are no letters or digits."""
    first = protocols[0] if protocols else b""
    if not first:
        return "00"
    ends = first[:1] + first[-1:]
    if not ends.isalnum():
        ends = (first[:1].hex()[:1] + first[-1:].hex()[-1:]).encode()
    return ends.decode("ascii")


def _sha(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:12] if text else _NOTHING


def _hex(numbers: Iterable[int]) -> str:
    return ",".join(f"{number:04x}" for number in numbers)


def _meant(numbers: Iterable[int]) -> list[int]:
    """The numbers without those that a client throws in so that servers learn to ignore what they do not know."""
    return [number for number in numbers if number & 0x0F0F != 0x0A0A or number >> 8 != number & 0xFF]


def _numbers(data: bytes) -> list[int]:
    """Numbers of two octets."""
    if len(data) % 2:
        raise _Cut
    return _meant(int.from_bytes(data[at : at + 2]) for at in range(0, len(data), 2))


def _strings(data: bytes) -> tuple[bytes, ...]:
    found: list[bytes] = []
    at = 0
    while at < len(data) and len(found) < PROTOCOLS_MAX:
        name, at = _vector(data, at, 1)
        found.append(name)
    return tuple(found)


def _vector(data: bytes, at: int, width: int) -> tuple[bytes, int]:
    """What a length of `width` octets at `at` counts, and where that ends. Raises _Cut."""
    start = at + width
    end = start + int.from_bytes(data[at:start])
    if start > len(data) or end > len(data):
        raise _Cut
    return data[start:end], end
