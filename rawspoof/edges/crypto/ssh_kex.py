"""Key agreement by each family of methods: a peer's public value in, ours and the shared secret out.

RFC 8731, RFC 5656 §4, RFC 4253 §8, RFC 9941 (sntrup761x25519), draft-ietf-sshm-mlkem-hybrid-kex.
"""

import secrets
from collections.abc import Callable
from typing import Final, NamedTuple

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, x25519

from rawspoof.core.conversation.ssh import groups
from rawspoof.edges.crypto import sntrup
from rawspoof.edges.crypto.ssh_power import power

_CURVES: Final = {"nistp256": ec.SECP256R1(), "nistp384": ec.SECP384R1(), "nistp521": ec.SECP521R1()}
_MLKEM_PUBLIC_BYTES: Final = 1184
_EXPONENT_BITS: Final = 400
"""Twice what the largest group is worth (RFC 7919 §5.2 has a table), as OpenSSL has it."""
_LIGHT_BITS: Final = 3072
"""The largest group that takes less than 2 ms."""


class Agreed(NamedTuple):
    """The two halves of an answer."""

    public: bytes
    secret: bytes


def agree(family: str, public: bytes) -> Agreed | None:
    """Our value and the secret, None if the peer's value is none or the family is unknown here."""
    try:
        if family.startswith("dh-"):
            return _dh(int(family[3:]), int.from_bytes(public))
        return _FAMILIES[family](public)
    except (KeyError, ValueError, UnsupportedAlgorithm, ImportError):
        return None


def heavy(family: str) -> bool:
    """Whether it takes longer than a packet may wait: 2 ms."""
    return family.startswith("dh-") and int(family[3:]) > _LIGHT_BITS


def _x25519(public: bytes) -> Agreed:
    ours = x25519.X25519PrivateKey.generate()
    secret = ours.exchange(x25519.X25519PublicKey.from_public_bytes(public))
    return Agreed(ours.public_key().public_bytes_raw(), secret)


def _nist(name: str) -> Callable[[bytes], Agreed]:
    curve = _CURVES[name]

    def agree(public: bytes) -> Agreed:
        theirs = ec.EllipticCurvePublicKey.from_encoded_point(curve, public)
        ours = ec.generate_private_key(curve)
        numbers = ours.public_key().public_numbers()
        size = (curve.key_size + 7) // 8
        point = b"\4" + numbers.x.to_bytes(size) + numbers.y.to_bytes(size)
        return Agreed(point, ours.exchange(ec.ECDH(), theirs))

    return agree


def _sntrup(public: bytes) -> Agreed:
    head, tail = _halves(public, sntrup.PUBLIC_BYTES)
    ecdh = _x25519(tail)
    ciphertext, secret = sntrup.encapsulate(head)
    return Agreed(ciphertext + ecdh.public, secret + ecdh.secret)


def _mlkem(public: bytes) -> Agreed:
    from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PublicKey

    head, tail = _halves(public, _MLKEM_PUBLIC_BYTES)
    ecdh = _x25519(tail)
    secret, ciphertext = MLKEM768PublicKey.from_public_bytes(head).encapsulate()
    return Agreed(ciphertext + ecdh.public, secret + ecdh.secret)


def _halves(public: bytes, first: int) -> tuple[bytes, bytes]:
    if len(public) != first + 32:
        raise ValueError
    return public[:first], public[first:]


def _dh(bits: int, public: int) -> Agreed | None:
    p = groups.prime(bits)
    if not 1 < public < p - 1:
        return None
    ours = secrets.randbits(_EXPONENT_BITS)
    size = (bits + 7) // 8
    return Agreed(power(groups.GENERATOR, ours, p).to_bytes(size), power(public, ours, p).to_bytes(size))


_FAMILIES: Final[dict[str, Callable[[bytes], Agreed]]] = {
    "x25519": _x25519,
    "sntrup761x25519": _sntrup,
    "mlkem768x25519": _mlkem,
    **{name: _nist(name) for name in _CURVES},
}
