"""How values of each method are written, and keys of any length."""

from hashlib import sha256

from rawspoof.core.conversation.ssh.methods import METHODS, derived, public, secret
from rawspoof.core.conversation.ssh.openssh import KEX, expand
from rawspoof.core.conversation.ssh.products import OTHERS, PRODUCTS


def test_every_method_that_somebody_offers_is_known():
    offered = {name for _, line in KEX for name in expand(line)}
    offered |= {name for lists in (OTHERS, *PRODUCTS.values()) for _, line in lists[0] for name in expand(line)}
    assert {name for name in offered if not name.startswith(("kexguess2", "kex-strict"))} == METHODS.keys()


def test_numbers_of_classic_groups_lose_their_zeros():
    assert public("dh-2048", b"\0\0\x80").hex() == "000000020080"
    assert public("x25519", b"\0\0\x80").hex() == "00000003000080"


def test_the_hybrids_secret_is_hashed():
    assert secret(METHODS["curve25519-sha256"], b"\0\1").hex() == "0000000101"
    assert secret(METHODS["mlkem768x25519-sha256"], b"ab") == b"\0\0\0\x20" + sha256(b"ab").digest()


def test_a_long_key_goes_on_from_a_short_one():
    key = derived(METHODS["curve25519-sha256"], b"shared", b"hash")
    assert key(b"A", 16) == sha256(b"sharedhashAhash").digest()[:16]
    assert key(b"A", 64)[32:] == sha256(b"sharedhash" + key(b"A", 32)).digest()
