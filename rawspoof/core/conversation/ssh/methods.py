"""The key exchange methods by name: family and hash, how their numbers are written, and what is hashed.

RFC 4253 §7.2 and §8, RFC 4419, RFC 5656, RFC 8268, RFC 8731; the hybrids write their secret as a string.
"""

import hashlib
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from rawspoof.core.conversation.ssh.wire import mpint, string


class Method(NamedTuple):
    """What a name means."""

    family: str
    """As `engines.Ssh.exchange` wants it; `gex` before a group is agreed on."""
    hashed: Callable[[bytes], Any]


def public(family: str, value: bytes) -> bytes:
    """A public value as it is written."""
    return mpint(int.from_bytes(value)) if family.startswith("dh-") else string(value)


def secret(method: Method, value: bytes) -> bytes:
    """The shared secret as it is written."""
    if method.family.endswith("761x25519") or method.family.endswith("768x25519"):
        return string(method.hashed(value).digest())
    return mpint(int.from_bytes(value))


def derived(method: Method, shared: bytes, exchange: bytes) -> Callable[[bytes, int], bytes]:
    """The keys by letter and size; `shared` is the secret as it is written."""

    def key(letter: bytes, size: int) -> bytes:
        made = method.hashed(shared + exchange + letter + exchange).digest()
        while len(made) < size:
            made += method.hashed(shared + exchange + made).digest()
        return bytes(made[:size])

    return key


_DH: Final = "diffie-hellman-group"

METHODS: Final = {
    "curve25519-sha256": Method("x25519", hashlib.sha256),
    "curve25519-sha256@libssh.org": Method("x25519", hashlib.sha256),
    "ecdh-sha2-nistp256": Method("nistp256", hashlib.sha256),
    "ecdh-sha2-nistp384": Method("nistp384", hashlib.sha384),
    "ecdh-sha2-nistp521": Method("nistp521", hashlib.sha512),
    "sntrup761x25519-sha512": Method("sntrup761x25519", hashlib.sha512),
    "sntrup761x25519-sha512@openssh.com": Method("sntrup761x25519", hashlib.sha512),
    "mlkem768x25519-sha256": Method("mlkem768x25519", hashlib.sha256),
    f"{_DH}1-sha1": Method("dh-1024", hashlib.sha1),
    f"{_DH}14-sha1": Method("dh-2048", hashlib.sha1),
    f"{_DH}14-sha256": Method("dh-2048", hashlib.sha256),
    f"{_DH}16-sha512": Method("dh-4096", hashlib.sha512),
    f"{_DH}18-sha512": Method("dh-8192", hashlib.sha512),
    f"{_DH}-exchange-sha1": Method("gex", hashlib.sha1),
    f"{_DH}-exchange-sha256": Method("gex", hashlib.sha256),
}
