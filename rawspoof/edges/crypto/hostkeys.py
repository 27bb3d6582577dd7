"""Host keys, drawn from the sensor's secret and the host's name: the same over restarts and in every worker, no file.

RFC 4253 §6.6, RFC 5656 §3, RFC 8332, RFC 8709.
"""

import math
from collections import OrderedDict
from collections.abc import Callable
from hashlib import blake2b
from threading import Lock
from typing import Final, NamedTuple

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from rawspoof.core.conversation.ssh.wire import mpint, string
from rawspoof.edges.crypto import ssh_primes

KEYS_MAX: Final = 1024
"""Keys remembered; the one longest unused is forgotten, and drawn again, the same, when it is asked for."""

_EXPONENT: Final = 65537
_CURVES: Final = {
    "ecdsa-sha2-nistp256": (ec.SECP256R1(), hashes.SHA256()),
    "ecdsa-sha2-nistp384": (ec.SECP384R1(), hashes.SHA384()),
    "ecdsa-sha2-nistp521": (ec.SECP521R1(), hashes.SHA512()),
}
_RSA: Final = {"ssh-rsa": hashes.SHA1(), "rsa-sha2-256": hashes.SHA256(), "rsa-sha2-512": hashes.SHA512()}  # noqa: S303


class HostKey(NamedTuple):
    """A key, ready to sign."""

    blob: bytes
    """The public key as SSH writes it."""
    sign: Callable[[str, bytes], bytes]
    """The signature, as SSH writes it, by this algorithm over these bytes."""


class HostKeys:
    """All hosts' keys."""

    def __init__(self, secret: bytes) -> None:
        self._secret = blake2b(secret, digest_size=32, person=b"ssh host keys").digest()
        self._keys: OrderedDict[tuple[bytes, str, int], HostKey] = OrderedDict()
        self._lock = Lock()

    def known(self, host: bytes, algorithm: str, bits: int) -> bool:
        """Whether the key is there without much ado."""
        return not algorithm.startswith(("rsa-", "ssh-rsa", "ssh-dss")) or _name(host, algorithm, bits) in self._keys

    def key(self, host: bytes, algorithm: str, bits: int) -> HostKey:
        """The host's key for a signature algorithm; `bits` counts for RSA. Raises KeyError for an unknown one."""
        name = _name(host, algorithm, bits)
        with self._lock:
            if name in self._keys:
                self._keys.move_to_end(name)
                return self._keys[name]
        made = self._make(*name)
        with self._lock:
            self._keys[name] = made
            if len(self._keys) > KEYS_MAX:
                self._keys.popitem(last=False)
        return made

    def _make(self, host: bytes, kind: str, bits: int) -> HostKey:
        seed = blake2b(b"%s %d " % (kind.encode(), bits) + host, key=self._secret).digest()
        if kind == "ssh-ed25519":
            return _ed25519(seed)
        if kind == "ssh-rsa":
            return _rsa(seed, bits)
        return _dss(seed) if kind == "ssh-dss" else _ecdsa(seed, kind)


def _name(host: bytes, algorithm: str, bits: int) -> tuple[bytes, str, int]:
    """What a key is remembered by: one of RSA is for all its algorithms."""
    return host, "ssh-rsa" if algorithm in _RSA else algorithm, bits


def _ed25519(seed: bytes) -> HostKey:
    key = ed25519.Ed25519PrivateKey.from_private_bytes(seed[:32])
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    blob = string(b"ssh-ed25519") + string(public)
    return HostKey(blob, lambda name, data: _signature(name, key.sign(data)))


def _ecdsa(seed: bytes, kind: str) -> HostKey:
    curve, hashed = _CURVES[kind]
    # Twice the bits of any of the orders would be enough; a number below 2^512 is below P-521's by itself.
    key = ec.derive_private_key(int.from_bytes(seed) % (1 << curve.key_size - 1) + 1, curve)
    point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    blob = string(kind.encode()) + string(kind.rpartition("-")[2].encode()) + string(point)

    def sign(name: str, data: bytes) -> bytes:
        r, s = decode_dss_signature(key.sign(data, ec.ECDSA(hashed)))
        return _signature(name, mpint(r) + mpint(s))

    return HostKey(blob, sign)


def _rsa(seed: bytes, bits: int) -> HostKey:
    p, q = (ssh_primes.prime(seed + which, bits // 2, _EXPONENT) for which in (b"p", b"q"))
    n, d = p * q, pow(_EXPONENT, -1, math.lcm(p - 1, q - 1))
    parts = rsa.RSAPrivateNumbers(p, q, d, d % (p - 1), d % (q - 1), pow(q, -1, p), rsa.RSAPublicNumbers(_EXPONENT, n))
    # OpenSSL would test the primes again, which takes longer than finding them.
    key = parts.private_key(unsafe_skip_rsa_key_validation=True)
    blob = string(b"ssh-rsa") + mpint(_EXPONENT) + mpint(n)
    return HostKey(blob, lambda name, data: _signature(name, key.sign(data, padding.PKCS1v15(), _RSA[name])))


def _dss(seed: bytes) -> HostKey:
    """1024 and 160 bits, as FIPS 186-2 and all of SSH have it."""
    q = ssh_primes.prime(seed + b"q", 160)
    p = next(
        number
        for drawn in ssh_primes.numbers(seed + b"p", 1024)
        if (number := drawn - drawn % (2 * q) + 1).bit_length() == 1024 and ssh_primes.probable(number)
    )
    g, x = pow(2, (p - 1) // q, p), int.from_bytes(seed[:20]) % (q - 1) + 1
    y = pow(g, x, p)
    key = dsa.DSAPrivateNumbers(x, dsa.DSAPublicNumbers(y, dsa.DSAParameterNumbers(p, q, g))).private_key()
    blob = b"".join([string(b"ssh-dss"), *map(mpint, (p, q, g, y))])

    def sign(name: str, data: bytes) -> bytes:
        r, s = decode_dss_signature(key.sign(data, hashes.SHA1()))  # noqa: S303
        return _signature(name, r.to_bytes(20) + s.to_bytes(20))

    return HostKey(blob, sign)


def _signature(name: str, value: bytes) -> bytes:
    return string(name.encode()) + string(value)
