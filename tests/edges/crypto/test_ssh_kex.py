"""Key agreement of each family, with the client's half played by the library."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from rawspoof.core.conversation.ssh.groups import prime
from rawspoof.edges.crypto.sntrup import CIPHERTEXT_BYTES, PUBLIC_BYTES
from rawspoof.edges.crypto.ssh_kex import agree, heavy


def x25519():
    mine = X25519PrivateKey.generate()
    return mine, mine.public_key().public_bytes_raw()


def test_x25519():
    mine, public = x25519()
    ours = agree("x25519", public)
    assert ours.secret == mine.exchange(X25519PublicKey.from_public_bytes(ours.public))


@pytest.mark.parametrize("curve", [ec.SECP256R1(), ec.SECP384R1(), ec.SECP521R1()])
def test_the_curves_of_nist(curve):
    mine = ec.generate_private_key(curve)
    public = mine.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    ours = agree(f"nistp{curve.key_size}", public)
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(curve, ours.public)
    assert ours.secret == mine.exchange(ec.ECDH(), theirs)


@pytest.mark.parametrize("bits", [1024, 2048, 4096])
def test_classic_groups(bits):
    p = prime(bits)
    ours = agree(f"dh-{bits}", pow(2, 12345, p).to_bytes(bits // 8))
    assert int.from_bytes(ours.secret) == pow(int.from_bytes(ours.public), 12345, p)


def test_mlkem_and_x25519():
    kem, (mine, public) = MLKEM768PrivateKey.generate(), x25519()
    ours = agree("mlkem768x25519", kem.public_key().public_bytes_raw() + public)
    ciphertext, theirs = ours.public[:1088], ours.public[1088:]
    shared = mine.exchange(X25519PublicKey.from_public_bytes(theirs))
    assert ours.secret == kem.decapsulate(ciphertext) + shared


def test_sntrup_and_x25519():
    mine, public = x25519()
    ours = agree("sntrup761x25519", bytes(PUBLIC_BYTES) + public)
    shared = mine.exchange(X25519PublicKey.from_public_bytes(ours.public[CIPHERTEXT_BYTES:]))
    assert ours.secret[32:] == shared


@pytest.mark.parametrize(
    "family", ["x25519", "nistp256", "nistp521", "sntrup761x25519", "mlkem768x25519", "gex", "else"]
)
@pytest.mark.parametrize("public", [b"", b"\1", bytes(31), bytes(32), bytes(1190), b"\xff" * 1216, b"\4" + bytes(64)])
def test_values_that_are_none(family, public):
    assert agree(family, public) is None


@pytest.mark.parametrize("public", [0, 1, prime(2048) - 1, prime(2048), 2**3000])
def test_numbers_outside_of_the_group(public):
    assert agree("dh-2048", public.to_bytes(400)) is None


def test_what_is_done_beside():
    families = ("x25519", "sntrup761x25519", "nistp521", "dh-2048", "dh-4096", "dh-8192")
    assert [family for family in families if heavy(family)] == ["dh-4096", "dh-8192"]
