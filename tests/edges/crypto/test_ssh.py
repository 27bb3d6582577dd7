"""What a process shares: results at once or in time, and how many may ask."""

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from rawspoof.core.conversation.ssh.groups import prime
from rawspoof.edges.crypto.ssh import EXCHANGES_PER_S, WAITING_MAX, SshEngine

PUBLIC = X25519PrivateKey.generate().public_key().public_bytes_raw()
GROUP = pow(2, 999, prime(8192)).to_bytes(1024)


def digest(host_key, public, secret):
    return host_key[:4] + public[:4] + secret[:4]


def test_a_light_exchange_is_done_at_once():
    later = SshEngine(bytes(32)).host(b"host", 2048).exchange("x25519", PUBLIC, "ssh-ed25519", digest, 0.0)
    assert later.done()
    result = later.result()
    assert result.hashed == digest(result.host_key, result.public, result.secret)


def test_a_heavy_one_comes_in_time():
    engine = SshEngine(bytes(32))
    later = engine.host(b"host", 2048).exchange("dh-8192", GROUP, "ssh-ed25519", digest, 0.0)
    assert len(later.result(10).public) == 1024


def test_a_key_that_is_made_first_comes_in_time_and_then_at_once():
    host = SshEngine(bytes(32)).host(b"host", 2048)
    host.exchange("x25519", PUBLIC, "rsa-sha2-256", digest, 0.0).result(10)
    assert host.exchange("x25519", PUBLIC, "rsa-sha2-512", digest, 0.0).done()


def test_a_value_that_is_none():
    later = SshEngine(bytes(32)).host(b"host", 2048).exchange("x25519", b"", "ssh-ed25519", digest, 0.0)
    assert later.result() is None


def test_so_many_a_second():
    engine = SshEngine(bytes(32))
    host = engine.host(b"host", 2048)
    asked = [host.exchange("x25519", b"", "ssh-ed25519", digest, 5.0) for _ in range(EXCHANGES_PER_S + 2)]
    assert [later is None for later in asked] == [False] * EXCHANGES_PER_S + [True] * 2
    assert host.exchange("x25519", b"", "ssh-ed25519", digest, 6.0) is not None


def test_so_many_wait():
    engine = SshEngine(bytes(32))
    host = engine.host(b"host", 2048)
    asked = [host.exchange("dh-8192", GROUP, "ssh-ed25519", digest, 5.0) for _ in range(WAITING_MAX + 8)]
    assert 0 < sum(later is None for later in asked) <= 8
    assert all(later.result(20) for later in asked if later is not None)


def test_boxes_are_a_hosts_too():
    host = SshEngine(bytes(32)).host(b"host", 2048)
    assert host.box("aes128-ctr", "hmac-sha1", lambda letter, size: bytes(size), True) is not None
    assert host.box("else", "hmac-sha1", lambda letter, size: bytes(size), True) is None
