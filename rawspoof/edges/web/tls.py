"""The web admin's certificate: the operator's own, or one made at the first start and kept. Knows no request."""

import datetime
import hashlib
import os
import ssl
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from rawspoof.edges.sinks.base import SinkError

DAYS: Final = 825
"""What browsers accept at most of a certificate."""
AGE: Final = datetime.timedelta(minutes=5)
"""How far back it is valid: clocks differ."""


def context(cert: Path, key: Path, names: tuple[str, ...]) -> tuple[ssl.SSLContext, str]:
    """What a server needs, and the certificate's fingerprint; the pair is made, for these names, if neither is there.

    Raises SinkError, a line that names the file.
    """
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    made.set_alpn_protocols(["http/1.1"])
    try:
        if not cert.exists() and not key.exists():
            make(cert, key, names)
        made.load_cert_chain(cert, key)
        return made, fingerprint(ssl.PEM_cert_to_DER_cert(_first(cert.read_text())))
    except ssl.SSLError as error:
        raise SinkError(f"{cert}: no certificate with its key in {key} ({error.reason or error})") from None
    except (OSError, ValueError) as error:
        name = getattr(error, "filename", None) or cert
        what = getattr(error, "strerror", None) or error
        raise SinkError(f"{name}: {what}: remove certificate and key, and new ones are made") from None


def make(cert: Path, key: Path, names: tuple[str, ...]) -> None:
    """Write a new key (0600) and a certificate signed by itself. Raises OSError."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    private = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "rawspoof web admin")])
    now = datetime.datetime.now(datetime.UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - AGE)
        .not_valid_after(now + datetime.timedelta(days=DAYS))
        .add_extension(x509.SubjectAlternativeName([_named(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    )
    form = serialization.PrivateFormat.PKCS8
    text = private.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    _write(key, text, 0o600)
    _write(cert, builder.sign(private, hashes.SHA256()).public_bytes(serialization.Encoding.PEM), 0o644)


def fingerprint(der: bytes) -> str:
    """SHA-256 of a certificate as people compare it: `AB:CD:…`."""
    return hashlib.sha256(der).digest().hex(":").upper()


def _named(name: str):  # type: ignore[no-untyped-def]
    from cryptography import x509

    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _first(pem: str) -> str:
    """The first certificate of a chain."""
    end = "-----END CERTIFICATE-----"
    start = pem.index("-----BEGIN CERTIFICATE-----")
    return pem[start : pem.index(end) + len(end)]


def _write(path: Path, data: bytes, mode: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode), "wb") as file:
        file.write(data)
