"""What OpenSSH offers, by version, and what the packagers changed. Knows lists of names, no cryptography.

From openssh.com/releasenotes.html and the manual pages of each release. Newest first: the first line whose version is
not above the asked one holds. A name that ends in `+` ends in `@openssh.com`.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from rawspoof.core.conversation.ssh.offer import Offer

Version = tuple[int, ...]
Since = Sequence[tuple[Version, str]]

_ECDH: Final = "ecdh-sha2-nistp256 ecdh-sha2-nistp384 ecdh-sha2-nistp521"
_C25519: Final = "curve25519-sha256 curve25519-sha256@libssh.org"
_DH: Final = "diffie-hellman-group16-sha512 diffie-hellman-group18-sha512 diffie-hellman-group14-sha256"
_GEX: Final = "diffie-hellman-group-exchange-sha256"
_SHA1: Final = "diffie-hellman-group-exchange-sha1 diffie-hellman-group14-sha1 diffie-hellman-group1-sha1"
_SNTRUP: Final = "sntrup761x25519-sha512 sntrup761x25519-sha512+"

KEX: Final[Since] = (
    ((10,), f"mlkem768x25519-sha256 {_SNTRUP} {_C25519} {_ECDH}"),
    ((9, 9), f"{_SNTRUP} mlkem768x25519-sha256 {_C25519} {_ECDH} {_GEX} {_DH}"),
    ((9,), f"sntrup761x25519-sha512+ {_C25519} {_ECDH} {_GEX} {_DH}"),
    ((8, 9), f"{_C25519} {_ECDH} sntrup761x25519-sha512+ {_GEX} {_DH}"),
    ((8, 2), f"{_C25519} {_ECDH} {_GEX} {_DH}"),
    ((7, 4), f"{_C25519} {_ECDH} {_GEX} {_DH} diffie-hellman-group14-sha1"),
    ((7, 3), f"curve25519-sha256@libssh.org {_ECDH} {_GEX} {_DH} diffie-hellman-group14-sha1"),
    ((6, 7), f"curve25519-sha256@libssh.org {_ECDH} {_GEX} diffie-hellman-group14-sha1"),
    ((6, 5), f"curve25519-sha256@libssh.org {_ECDH} {_GEX} {_SHA1}"),
    ((5, 7), f"{_ECDH} {_GEX} {_SHA1}"),
    ((4, 4), f"{_GEX} {_SHA1}"),
    ((0,), _SHA1),
)
KEYS: Final[Since] = (
    ((8, 8), "rsa-sha2-512 rsa-sha2-256 ecdsa-sha2-nistp256 ssh-ed25519"),
    ((7, 8), "rsa-sha2-512 rsa-sha2-256 ssh-rsa ecdsa-sha2-nistp256 ssh-ed25519"),
    ((7, 2), "ssh-rsa rsa-sha2-512 rsa-sha2-256 ecdsa-sha2-nistp256 ssh-ed25519"),
    ((7,), "ssh-rsa ecdsa-sha2-nistp256 ssh-ed25519"),
    ((6, 5), "ssh-rsa ssh-dss ecdsa-sha2-nistp256 ssh-ed25519"),
    ((5, 7), "ssh-rsa ssh-dss ecdsa-sha2-nistp256"),
    ((0,), "ssh-rsa ssh-dss"),
)
_CTR: Final = "aes128-ctr aes192-ctr aes256-ctr"
_GCM: Final = "aes128-gcm+ aes256-gcm+"
_OLD: Final = "aes128-cbc 3des-cbc blowfish-cbc cast128-cbc aes192-cbc aes256-cbc arcfour rijndael-cbc@lysator.liu.se"
CIPHERS: Final[Since] = (
    ((10,), f"chacha20-poly1305+ {_GCM} {_CTR}"),
    ((6, 9), f"chacha20-poly1305+ {_CTR} {_GCM}"),
    ((6, 7), f"{_CTR} {_GCM} chacha20-poly1305+"),
    ((6, 5), f"{_CTR} arcfour256 arcfour128 {_GCM} chacha20-poly1305+ {_OLD}"),
    ((6, 2), f"{_CTR} arcfour256 arcfour128 {_GCM} {_OLD}"),
    ((5, 2), f"{_CTR} arcfour256 arcfour128 {_OLD}"),
    ((0,), "aes128-cbc 3des-cbc blowfish-cbc cast128-cbc arcfour128 arcfour256 arcfour aes192-cbc aes256-cbc "
           f"rijndael-cbc@lysator.liu.se {_CTR}"),
)  # fmt: skip
_LEGACY: Final = "hmac-ripemd160 hmac-ripemd160+ hmac-sha1-96 hmac-md5-96"
MACS: Final[Since] = (
    ((6, 7), "umac-64-etm+ umac-128-etm+ hmac-sha2-256-etm+ hmac-sha2-512-etm+ hmac-sha1-etm+ "
             "umac-64+ umac-128+ hmac-sha2-256 hmac-sha2-512 hmac-sha1"),
    ((6, 2), "hmac-md5-etm+ hmac-sha1-etm+ umac-64-etm+ umac-128-etm+ hmac-sha2-256-etm+ hmac-sha2-512-etm+ "
             "hmac-ripemd160-etm+ hmac-sha1-96-etm+ hmac-md5-96-etm+ hmac-md5 hmac-sha1 umac-64+ umac-128+ "
             f"hmac-sha2-256 hmac-sha2-512 {_LEGACY}"),
    ((6, 1), f"hmac-md5 hmac-sha1 umac-64+ hmac-sha2-256 hmac-sha2-512 {_LEGACY}"),
    ((5, 9), "hmac-md5 hmac-sha1 umac-64+ hmac-sha2-256 hmac-sha2-256-96 hmac-sha2-512 hmac-sha2-512-96 "
             f"{_LEGACY}"),
    ((4, 7), f"hmac-md5 hmac-sha1 umac-64+ {_LEGACY}"),
    ((0,), f"hmac-md5 hmac-sha1 {_LEGACY}"),
)  # fmt: skip

# RHEL 7 as it was built, RHEL 8 and 9 by their crypto-policies' DEFAULT.
_REDHAT: Final = {
    (7, 4): Offer(
        (f"{_C25519} {_ECDH} {_GEX} diffie-hellman-group16-sha512 diffie-hellman-group18-sha512 "
         "diffie-hellman-group-exchange-sha1 diffie-hellman-group14-sha256 diffie-hellman-group14-sha1 "
         "diffie-hellman-group1-sha1",),
        ("ssh-rsa rsa-sha2-512 rsa-sha2-256 ecdsa-sha2-nistp256 ssh-ed25519",),
        (f"chacha20-poly1305+ {_CTR} {_GCM} aes128-cbc aes192-cbc aes256-cbc blowfish-cbc cast128-cbc 3des-cbc",),
        ("umac-64-etm+ umac-128-etm+ hmac-sha2-256-etm+ hmac-sha2-512-etm+ hmac-sha1-etm+ "
         "umac-64+ umac-128+ hmac-sha2-256 hmac-sha2-512 hmac-sha1",),
    ),
    (8, 0): Offer(
        (f"{_C25519} {_ECDH} {_GEX} diffie-hellman-group14-sha256 diffie-hellman-group16-sha512 "
         "diffie-hellman-group18-sha512 diffie-hellman-group-exchange-sha1 diffie-hellman-group14-sha1",),
        ("rsa-sha2-512 rsa-sha2-256 ssh-rsa ecdsa-sha2-nistp256 ssh-ed25519",),
        ("aes256-gcm+ chacha20-poly1305+ aes256-ctr aes256-cbc aes128-gcm+ aes128-ctr aes128-cbc",),
        ("hmac-sha2-256-etm+ hmac-sha1-etm+ umac-128-etm+ hmac-sha2-512-etm+ "
         "hmac-sha2-256 hmac-sha1 umac-128+ hmac-sha2-512",),
    ),
    (8, 7): Offer(
        (f"{_C25519} {_ECDH} {_GEX} diffie-hellman-group14-sha256 diffie-hellman-group16-sha512 "
         "diffie-hellman-group18-sha512 kex-strict-s-v00+",),
        ("rsa-sha2-512 rsa-sha2-256 ecdsa-sha2-nistp256 ssh-ed25519",),
        ("aes256-gcm+ chacha20-poly1305+ aes256-ctr aes128-gcm+ aes128-ctr",),
        ("hmac-sha2-256-etm+ hmac-sha1-etm+ umac-128-etm+ hmac-sha2-512-etm+ "
         "hmac-sha2-256 hmac-sha1 umac-128+ hmac-sha2-512",),
    ),
}  # fmt: skip

# From which package revision on the answer to CVE-2023-48795 is in: tracker.debian.org, ubuntu.com/security/CVE-…
_PATCHED: Final = {
    "7.9p1": ("+deb10u", 4),
    "8.4p1": ("+deb11u", 3),
    "9.2p1": ("+deb12u", 2),
    "8.2p1": ("ubuntu0.", 10),
    "8.9p1": ("ubuntu0.", 5),
    "9.0p1": ("1ubuntu8.", 6),
    "9.3p1": ("1ubuntu3.", 1),
}
# And from which on the hybrid method has its registered name too.
_RENAMED: Final = {"9.2p1": ("+deb12u", 4)}


def offer(version: Version, release: str, package: str, os: str) -> Offer:
    """The lists of a version: `release` is `9.2p1`, `package` Debian's or Ubuntu's revision `2+deb12u7` or empty."""
    if os == "linux/redhat" and version in _REDHAT:
        return Offer(*(expand(listed[0]) for listed in _REDHAT[version][:4]))
    kex = since(KEX, version)
    if _patched(release, package, _RENAMED):
        kex = kex.replace("sntrup761x25519-sha512+", _SNTRUP)
    if version >= (9, 6):
        kex += " ext-info-s kex-strict-s-v00+"
    elif _patched(release, package, _PATCHED):
        kex += " kex-strict-s-v00+"
    lists = (kex, since(KEYS, version), since(CIPHERS, version), since(MACS, version))
    return Offer(*map(expand, lists))


def extensions(version: Version) -> list[tuple[bytes, bytes]]:
    """What EXT_INFO tells a client that asks for it (RFC 8308); nothing before 7.2."""
    if version < (7, 2):
        return []
    told = [(b"server-sig-algs", ",".join(expand(since(_SIGNATURES, version))).encode())]
    if version >= (8, 9):
        told.append((b"publickey-hostbound@openssh.com", b"0"))
    if version >= (9, 5):
        told.append((b"ping@openssh.com", b"0"))
    return told


_ECDSA: Final = "ecdsa-sha2-nistp256 ecdsa-sha2-nistp384 ecdsa-sha2-nistp521"
_SK: Final = "sk-ssh-ed25519+ "
_SIGNATURES: Final[Since] = (
    ((8, 9), f"ssh-ed25519 {_SK}{_ECDSA} sk-ecdsa-sha2-nistp256+ webauthn-sk-ecdsa-sha2-nistp256+ "
             "ssh-dss ssh-rsa rsa-sha2-256 rsa-sha2-512"),
    ((8, 2), f"ssh-ed25519 {_SK}ssh-rsa rsa-sha2-256 rsa-sha2-512 ssh-dss {_ECDSA} sk-ecdsa-sha2-nistp256+"),
    ((7, 6), f"ssh-ed25519 ssh-rsa rsa-sha2-256 rsa-sha2-512 ssh-dss {_ECDSA}"),
    ((0,), "rsa-sha2-256 rsa-sha2-512"),
)  # fmt: skip


def since(table: Since, version: Version) -> str:
    """The line that holds for a version."""
    return next(listed for first, listed in table if first <= version)


def expand(listed: str) -> tuple[str, ...]:
    """Names of a line."""
    return tuple(re.sub(r"\+(?= |$)", "@openssh.com", listed).split())


def _patched(release: str, package: str, since_when: Mapping[str, tuple[str, int]]) -> bool:
    if release not in since_when:
        return False
    before, first = since_when[release]
    revision = re.search(re.escape(before) + r"(\d+)", package)
    return revision is not None and int(revision[1]) >= first
