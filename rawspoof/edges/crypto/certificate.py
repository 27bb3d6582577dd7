"""A certificate and its key, made of a secret and what is to be on it: the same at every start and in every worker.

Nothing is stored: the key is derived, and signatures are drawn from what is signed (RFC 6979). RFC 5280.
"""

import math
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from rawspoof.core.conversation.engines import Name, Papers
from rawspoof.edges.crypto import ssh_primes

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
RSA_BITS: Final = 2048
EXPONENT: Final = 65537
CURVE: Final = ec.SECP256R1()
_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of the curve's group (SEC 2 §2.4.2)."""
SERIAL_BYTES: Final = 18
"""RFC 5280 §4.1.2.2: at most 20, and positive."""

_ATTRIBUTES: Final = {
    "CN": NameOID.COMMON_NAME,
    "O": NameOID.ORGANIZATION_NAME,
    "OU": NameOID.ORGANIZATIONAL_UNIT_NAME,
    "C": NameOID.COUNTRY_NAME,
    "ST": NameOID.STATE_OR_PROVINCE_NAME,
    "L": NameOID.LOCALITY_NAME,
    "DC": NameOID.DOMAIN_COMPONENT,
    "emailAddress": NameOID.EMAIL_ADDRESS,
}


def pem(secret: bytes, papers: Papers) -> bytes:
    """The key, the certificate and, where somebody else signed it, the signer's, one after the other."""
    signed = papers.issuer != papers.subject
    key: Key = _key(secret, papers.subject) if papers.era == "modern" else _rsa_key(secret, papers.subject)
    signer = _key(secret, papers.issuer) if signed else key
    issued = datetime.fromtimestamp(papers.issued_at, UTC)
    ends = issued + timedelta(papers.days)
    serial = int.from_bytes(_drawn(secret, b"serial", f"{papers.issued_at} {papers.subject}", SERIAL_BYTES)) | 1
    builder = _builder(papers.subject, papers.issuer, key, issued, ends, serial)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    if papers.names:
        names = x509.SubjectAlternativeName([x509.DNSName(name) for name in papers.names])
        builder = builder.add_extension(names, critical=False)
    if signed:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        above = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key())
        builder = builder.add_extension(above, critical=False)
    chain = [_signed(builder, signer)]
    if signed:
        chain.append(_authority(secret, papers.issuer, signer))
    private = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    return private + b"".join(certificate.public_bytes(Encoding.PEM) for certificate in chain)


def _authority(secret: bytes, name: Name, key: Key) -> x509.Certificate:
    """A private authority's own certificate: ten years from the middle of the 2010s to those of the 2020s, twice."""
    since = datetime(2015 + _drawn(secret, b"since", str(name), 1)[0] % 8, 3, 2, 9, 14, 27, tzinfo=UTC)
    serial = int.from_bytes(_drawn(secret, b"serial", str(name), SERIAL_BYTES)) | 1
    builder = _builder(name, name, key, since, since + timedelta(7300), serial)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    return _signed(builder, key)


def _builder(
    subject: Name, issuer: Name, key: Key, since: datetime, until: datetime, serial: int
) -> x509.CertificateBuilder:
    return x509.CertificateBuilder(_name(issuer), _name(subject), key.public_key(), serial, since, until)


def _signed(builder: x509.CertificateBuilder, key: Key) -> x509.Certificate:
    return builder.sign(key, hashes.SHA256(), ecdsa_deterministic=isinstance(key, ec.EllipticCurvePrivateKey) or None)


def _name(name: Name) -> x509.Name:
    return x509.Name([x509.NameAttribute(_ATTRIBUTES[key], value) for key, value in name])


def _key(secret: bytes, name: Name) -> ec.EllipticCurvePrivateKey:
    number = int.from_bytes(_drawn(secret, b"key", str(name), 48)) % (_ORDER - 1) + 1
    return ec.derive_private_key(number, CURVE)


def _rsa_key(secret: bytes, name: Name) -> rsa.RSAPrivateKey:
    """As everybody had it before elliptic curves."""
    seed = _drawn(secret, b"rsa", str(name), 48)
    p, q = (ssh_primes.prime(seed + which, RSA_BITS // 2, EXPONENT) for which in (b"p", b"q"))
    d = pow(EXPONENT, -1, math.lcm(p - 1, q - 1))
    public = rsa.RSAPublicNumbers(EXPONENT, p * q)
    private = rsa.RSAPrivateNumbers(p, q, d, d % (p - 1), d % (q - 1), pow(q, -1, p), public)
    # OpenSSL would test the primes again, which takes longer than finding them.
    return private.private_key(unsafe_skip_rsa_key_validation=True)


def _drawn(secret: bytes, purpose: bytes, what: str, size: int) -> bytes:
    return blake2b(what.encode(), digest_size=size, key=secret[:64], person=b"tls " + purpose).digest()
