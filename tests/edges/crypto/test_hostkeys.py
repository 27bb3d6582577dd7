"""Host keys: the same for a host, and signatures that cryptography's own check accepts."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import load_ssh_public_key

from rawspoof.core.conversation.ssh.wire import Fields
from rawspoof.edges.crypto import hostkeys
from rawspoof.edges.crypto.hostkeys import HostKeys

DATA = b"exchange hash"


def public(blob):
    from base64 import b64encode

    return load_ssh_public_key(Fields(blob).string() + b" " + b64encode(blob))


def signature(key, algorithm):
    fields = Fields(key.sign(algorithm, DATA))
    assert fields.string() == algorithm.encode()
    return fields.string()


def test_ed25519():
    key = HostKeys(bytes(32)).key(b"host", "ssh-ed25519", 2048)
    theirs = public(key.blob)
    assert isinstance(theirs, ed25519.Ed25519PublicKey)
    theirs.verify(signature(key, "ssh-ed25519"), DATA)


@pytest.mark.parametrize("bits", [256, 384, 521])
def test_ecdsa(bits):
    key = HostKeys(bytes(32)).key(b"host", f"ecdsa-sha2-nistp{bits}", 2048)
    theirs = public(key.blob)
    assert theirs.curve.key_size == bits
    fields = Fields(signature(key, f"ecdsa-sha2-nistp{bits}"))
    der = encode_dss_signature(int.from_bytes(fields.string()), int.from_bytes(fields.string()))
    hashed = hostkeys._CURVES[f"ecdsa-sha2-nistp{bits}"][1]
    theirs.verify(der, DATA, ec.ECDSA(hashed))


@pytest.mark.parametrize(("algorithm", "hashed"), [("ssh-rsa", SHA1()), ("rsa-sha2-256", SHA256())])
def test_rsa(algorithm, hashed):
    key = HostKeys(bytes(32)).key(b"host", algorithm, 2048)
    theirs = public(key.blob)
    assert theirs.key_size == 2048
    theirs.verify(signature(key, algorithm), DATA, padding.PKCS1v15(), hashed)


def test_dss():
    key = HostKeys(bytes(32)).key(b"host", "ssh-dss", 2048)
    fields = Fields(key.blob)
    assert fields.string() == b"ssh-dss"
    p, q, g, y = (int.from_bytes(fields.string()) for _ in range(4))
    assert (p.bit_length(), q.bit_length(), (p - 1) % q, pow(g, q, p)) == (1024, 160, 0, 1)
    signed = signature(key, "ssh-dss")
    r, s = int.from_bytes(signed[:20]), int.from_bytes(signed[20:])
    w = pow(s, -1, q)
    from hashlib import sha1

    hashed = int.from_bytes(sha1(DATA).digest())
    assert pow(g, hashed * w % q, p) * pow(y, r * w % q, p) % p % q == r


def test_a_hosts_key_is_the_same_in_every_process_and_nobody_elses():
    blobs = [HostKeys(bytes(32)).key(b"host", "ssh-ed25519", 2048).blob for _ in range(2)]
    other_host = HostKeys(bytes(32)).key(b"other", "ssh-ed25519", 2048).blob
    other_secret = HostKeys(bytes(31) + b"\1").key(b"host", "ssh-ed25519", 2048).blob
    assert blobs[0] == blobs[1]
    assert len({blobs[0], other_host, other_secret}) == 3


def test_rsa_is_one_key_for_all_its_algorithms():
    keys = HostKeys(bytes(32))
    assert keys.key(b"host", "ssh-rsa", 2048) is keys.key(b"host", "rsa-sha2-512", 2048)


def test_only_so_many_are_remembered(monkeypatch):
    monkeypatch.setattr(hostkeys, "KEYS_MAX", 2)
    keys = HostKeys(bytes(32))
    first = keys.key(b"1", "ssh-ed25519", 0)
    for host in (b"2", b"3"):
        keys.key(host, "ssh-ed25519", 0)
    again = keys.key(b"1", "ssh-ed25519", 0)
    assert again is not first
    assert again.blob == first.blob


def test_an_unknown_algorithm():
    with pytest.raises(KeyError):
        HostKeys(bytes(32)).key(b"host", "ssh-else", 0)
