"""A key that clients take, and that opens what they hide."""

from hashlib import sha256

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding

from rawspoof.core.conversation.mysql.publickey import PrivateKey


def test_the_key_is_a_key():
    key = PrivateKey.drawn(b"seed")
    assert key == PrivateKey.drawn(b"seed") != PrivateKey.drawn(b"other")
    assert serialization.load_pem_public_key(key.pem()).key_size == 2048
    assert key.opened(sha256(b"").digest() * 8) == key.opened(b"x") == b""


def test_what_is_hidden_is_opened():
    key = PrivateKey.drawn(b"seed")
    public = serialization.load_pem_public_key(key.pem())
    for text in (b"", b"\1", b"s3cret\0", b"x" * 200):
        assert key.opened(public.encrypt(text, padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None))) == text
