"""NTLM's three messages, our side of them: a challenge to whoever begins, and what the answer proves. MS-NLMP §2.2.1.

Knows no carrier (SMB, RDP, HTTP …) and no password: what is answered is kept as `hashcat` and `john` want it.
"""

import struct
from collections.abc import Iterable
from typing import Final, NamedTuple

from rawspoof.core.conversation.base import Credential
from rawspoof.core.conversation.visit import Visit
from rawspoof.core.signature.stamps import filetime

SIGNATURE: Final = b"NTLMSSP\0"
NEGOTIATE, CHALLENGE, AUTHENTICATE = 1, 2, 3
FIELDS_MAX: Final = 2048
"""Bytes of one field of an answer that are looked at; a blob of NTLMv2 has a few hundred."""

_UNICODE, _OEM, _REQUEST_TARGET, _TARGET_INFO, _VERSION = 0x1, 0x2, 0x4, 0x800000, 0x2000000
_TARGET_IS: Final = {"server": 0x20000, "domain": 0x10000}
# MS-NLMP §2.2.2.5: of what a client asks, what a server agrees to: signing, sealing, key exchange, strong keys.
_AGREED: Final = 0xE2088234 | _UNICODE
_HEAD: Final = struct.Struct("<8sIHHIIQQHHI")


class House(NamedTuple):
    """What a challenge tells of the host."""

    domain: str
    """NetBIOS name of the domain; of a host that is in none, its own."""
    computer: str
    dns_domain: str
    dns_computer: str
    version: tuple[int, int, int]
    """Major, minor and build number."""

    @property
    def joined(self) -> bool:
        """Whether the host is in a domain."""
        return self.domain != self.computer

    @property
    def release(self) -> bytes:
        """The version as messages have it; 15 is NTLMSSP_REVISION_W2K3."""
        return struct.pack("<BBHI", *self.version, 15 << 24)


def house(visit: Visit, version: str, joined: bool) -> House:
    """The house of a visit's host, of a version such as `10.0.17763`."""
    computer, fqdn, domain = (visit.fact(name).decode("latin-1") for name in ("host", "fqdn", "domain"))
    numbers = [int(n) for n in version.split(".")]
    computer = computer.upper()[:15]
    netbios = domain.partition(".")[0].upper()[:15] if joined else computer
    return House(netbios, computer, domain if joined else "", fqdn, (numbers[0], numbers[1], numbers[2]))


def message(token: bytes) -> bytes:
    """The NTLM message in a token, whatever it is wrapped in; b"" if there is none."""
    at = token.find(SIGNATURE)
    return token[at:] if at >= 0 else b""


def kind(said: bytes) -> int:
    """NEGOTIATE, CHALLENGE or AUTHENTICATE; 0 for what is no message."""
    return int.from_bytes(said[8:12], "little") if said[:8] == SIGNATURE and len(said) >= 16 else 0


def challenge(negotiate: bytes, nonce: bytes, host: House, at: float) -> bytes:
    """The answer to whoever begins: the eight bytes of `nonce` to prove oneself with, and who asks it."""
    asked = int.from_bytes(negotiate[12:16], "little")
    flags = (asked & _AGREED) | _TARGET_INFO | _REQUEST_TARGET | _TARGET_IS["domain" if host.joined else "server"]
    if not flags & _UNICODE:
        flags |= _OEM
    target = host.domain.encode("utf-16-le" if flags & _UNICODE else "latin-1")
    info = _pairs(
        [(2, host.domain), (1, host.computer), (4, host.dns_domain), (3, host.dns_computer)]
        + [(5, host.dns_domain)] * host.joined,
        filetime(at),
    )
    start = _HEAD.size + 8
    nonce64 = int.from_bytes(nonce, "little")
    size, more = len(target), len(info)
    head = _HEAD.pack(SIGNATURE, CHALLENGE, size, size, start, flags, nonce64, 0, more, more, start + size)
    return head + (host.release if flags & _VERSION else bytes(8)) + target + info


def proof(authenticate: bytes, nonce: bytes) -> Credential | None:
    """What an answer offers, None where it is none.

    The secret is hexadecimal: `challenge:proof:blob` for NTLMv2, `challenge:LM response:NT response` for NTLMv1, and
    empty for who proves nothing. The user is `DOMAIN\\user` in UTF-8.
    """
    if kind(authenticate) != AUTHENTICATE or len(authenticate) < 64:
        return None
    lm, nt, domain, user = (_field(authenticate, at) for at in (12, 20, 28, 36))
    wide = int.from_bytes(authenticate[60:64], "little") & _UNICODE
    return answered(_text(domain, wide), _text(user, wide), lm, nt, nonce)


def answered(domain: str, user: str, lm: bytes, nt: bytes, nonce: bytes) -> Credential:
    """The same from its parts, for carriers that have them apart."""
    name = (f"{domain}\\{user}" if domain else user).encode()
    if not user and not nt.strip(b"\0"):
        return Credential("anonymous", name, b"")
    if len(nt) > 24:
        return Credential("NTLMv2", name, b":".join(part.hex().encode() for part in (nonce, nt[:16], nt[16:])))
    said = b":".join(part.hex().encode() for part in (nonce, lm, nt)) if lm or nt else b""
    return Credential("NTLMv1", name, said)


def _pairs(names: Iterable[tuple[int, str]], moment: bytes) -> bytes:
    """MS-NLMP §2.2.2.1: names, the moment, the end."""
    listed = [(number, name.encode("utf-16-le")) for number, name in names]
    return b"".join(struct.pack("<HH", n, len(v)) + v for n, v in [*listed, (7, moment), (0, b"")])


def _field(said: bytes, at: int) -> bytes:
    """The field whose length and offset stand there, as far as it is there."""
    size, _, offset = struct.unpack_from("<HHI", said, at)
    return said[offset : offset + min(size, FIELDS_MAX)]


def _text(raw: bytes, wide: int) -> str:
    """A name as text that UTF-8 can write."""
    return raw.decode("utf-16-le" if wide else "latin-1", "replace")
