"""Certificates made of a secret: the same at every start, as openssl and cryptography would have them."""

import subprocess
from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from rawspoof.core.conversation.engines import Papers
from rawspoof.edges.crypto.certificate import pem

NAME = (("CN", "web01.oakfield.lan"),)
ISSUER = (("O", "Oakfield"), ("CN", "Oakfield Internal CA"))
OWN = Papers(NAME, NAME, ("web01.oakfield.lan",), 1_700_000_000, 3650, "modern", ())
SIGNED = OWN._replace(issuer=ISSUER, days=730)
ALL = tuple(
    (key, value)
    for key, value in zip(("C", "ST", "L", "O", "OU", "CN", "emailAddress", "DC"), ("--", *"abcdefg"), strict=True)
)
SECRET = bytes(range(32))


def certificates(text: bytes) -> list[x509.Certificate]:
    return x509.load_pem_x509_certificates(text[text.index(b"-----BEGIN CERT") :])


@pytest.mark.parametrize(
    "papers", [OWN, SIGNED, OWN._replace(subject=ALL, issuer=ALL, names=()), OWN._replace(era="old")]
)
def test_the_same_secret_makes_the_same_certificate(papers):
    assert pem(SECRET, papers) == pem(SECRET, papers)


@pytest.mark.parametrize(
    ("secret", "papers"),
    [
        (bytes(32), OWN),
        (SECRET, OWN._replace(subject=ALL, issuer=ALL)),
        (SECRET, OWN._replace(issued_at=1_600_000_000)),
    ],
)
def test_another_secret_name_or_year_makes_another(secret, papers):
    one, other = certificates(pem(SECRET, OWN))[0], certificates(pem(secret, papers))[0]
    assert one.serial_number != other.serial_number
    same_key = one.public_key() == other.public_key()
    # A certificate that is renewed keeps its key.
    assert same_key == (secret == SECRET and papers.subject == OWN.subject)


def test_what_it_says_is_what_was_wanted():
    text = pem(SECRET, OWN)
    [made] = certificates(text)
    assert made.subject.rfc4514_string() == made.issuer.rfc4514_string() == "CN=web01.oakfield.lan"
    assert made.not_valid_before_utc == datetime.fromtimestamp(OWN.issued_at, UTC)
    assert (made.not_valid_after_utc - made.not_valid_before_utc).days == 3650
    assert made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value.get_values_for_type(
        x509.DNSName
    ) == ["web01.oakfield.lan"]
    public = load_pem_private_key(text, None).public_key()
    assert public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo) == made.public_key().public_bytes(
        Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    )
    made.verify_directly_issued_by(made)


def test_an_authority_is_the_same_for_all_it_signs():
    other = SIGNED._replace(subject=(("CN", "mx1.oakfield.lan"),))
    (one, authority), (two, again) = (certificates(pem(SECRET, papers)) for papers in (SIGNED, other))
    assert authority == again
    assert one.public_key() != two.public_key()
    for made in (one, two, authority):
        made.verify_directly_issued_by(authority)


@pytest.mark.parametrize("papers", [OWN, SIGNED, OWN._replace(era="old"), SIGNED._replace(era="classic")])
def test_openssl_verifies_it(papers, tmp_path):
    chain = certificates(pem(SECRET, papers))
    for name, made in zip(("leaf", "root"), (chain[0], chain[-1]), strict=True):
        (tmp_path / name).write_bytes(made.public_bytes(Encoding.PEM))
    command = [
        "openssl",
        "verify",
        "-attime",
        str(OWN.issued_at + 1000),
        "-CAfile",
        str(tmp_path / "root"),
        str(tmp_path / "leaf"),
    ]
    assert subprocess.run(command, capture_output=True, text=True, check=False).returncode == 0
