"""Other servers' lists, by version."""

import pytest

from rawspoof.core.conversation.ssh.products import OTHERS, PRODUCTS, offer


@pytest.mark.parametrize(
    ("version", "kex", "cipher"),
    [
        ((0, 50), "diffie-hellman-group1-sha1", "aes128-cbc"),
        ((2012, 55), "diffie-hellman-group14-sha1", "aes128-ctr"),
        ((2016, 74), "curve25519-sha256@libssh.org", "aes128-ctr"),
        ((2022, 83), "curve25519-sha256", "chacha20-poly1305@openssh.com"),
        ((2025, 88), "sntrup761x25519-sha512", "chacha20-poly1305@openssh.com"),
    ],
)
def test_dropbear_through_the_years(version, kex, cipher):
    dropbear = offer("Dropbear sshd", version)
    assert (dropbear.kex[0], dropbear.ciphers[0], dropbear.compression[0]) == (kex, cipher, "zlib@openssh.com")


@pytest.mark.parametrize("tables", [OTHERS, *PRODUCTS.values()])
def test_tables_go_down_to_the_first_version(tables):
    for table in tables:
        assert [version for version, _ in table] == sorted((version for version, _ in table), reverse=True)
        assert table[-1][0] == (0,)


def test_a_product_nobody_wrote_down():
    assert offer("Acme sshd", (1, 0)).keys == ("ssh-rsa",)
