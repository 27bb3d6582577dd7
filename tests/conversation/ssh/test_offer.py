"""What comes of two offers."""

import pytest

from rawspoof.core.conversation.ssh.offer import Direction, Offer, build, choose
from rawspoof.core.conversation.ssh.wire import Fields, Short

OURS = Offer(
    ("curve25519-sha256", "ecdh-sha2-nistp256", "kex-strict-s-v00@openssh.com"),
    ("ssh-ed25519", "ssh-rsa"),
    ("chacha20-poly1305@openssh.com", "aes128-ctr"),
    ("hmac-sha1", "hmac-md5"),
)


def theirs(**other):
    return build(OURS._replace(**other), bytes(16))


def test_a_kexinit_is_read_as_the_rfc_has_it():
    fields = Fields(build(OURS, bytes(range(16))))
    assert (fields.byte(), fields.take(16)) == (20, bytes(range(16)))
    lists = [fields.names() for _ in range(10)]
    assert lists[:4] == [list(OURS.kex), list(OURS.keys), list(OURS.ciphers), list(OURS.ciphers)]
    assert lists[4:] == 2 * [list(OURS.macs)] + 2 * [["none", "zlib@openssh.com"]] + 2 * [[""]]
    assert (fields.boolean(), fields.uint32()) == (False, 0)


def test_the_clients_order_counts():
    chosen = choose(OURS, theirs(kex=("x", "ecdh-sha2-nistp256", "curve25519-sha256"), keys=("ssh-rsa", "ssh-ed25519"),
                                 ciphers=("aes128-ctr",), macs=("hmac-md5", "hmac-sha1")))  # fmt: skip
    assert chosen[:5] == (
        "ecdh-sha2-nistp256",
        "ssh-rsa",
        Direction("aes128-ctr", "hmac-md5"),
        Direction("aes128-ctr", "hmac-md5"),
        False,
    )


def test_a_cipher_that_vouches_for_itself_needs_no_code():
    assert choose(OURS, theirs(macs=("none-of-ours",))).heard == Direction("chacha20-poly1305@openssh.com", "")
    assert choose(OURS, theirs(macs=("none-of-ours",), ciphers=("aes128-ctr",))) is None


def test_marks_are_no_methods():
    assert choose(OURS, theirs(kex=("kex-strict-s-v00@openssh.com",))) is None
    assert choose(OURS, theirs(kex=("curve25519-sha256", "ext-info-c"))).marks == {"ext-info-c"}


@pytest.mark.parametrize("which", ["kex", "keys", "ciphers", "compression"])
def test_nothing_in_common(which):
    assert choose(OURS, theirs(**{which: ("else",)})) is None


@pytest.mark.parametrize(("kex", "wrong"), [(OURS.kex[:1], False), (("ecdh-sha2-nistp256", "curve25519-sha256"), True)])
def test_a_wrong_guess_is_seen(kex, wrong):
    said = bytearray(theirs(kex=kex))
    said[-5] = 1
    assert choose(OURS, bytes(said)).guessed_wrong is wrong


def test_cut_short():
    whole = theirs()
    for end in range(len(whole) - 4):
        with pytest.raises(Short):
            choose(OURS, whole[:end])
