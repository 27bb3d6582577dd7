"""OpenSSH's lists by version: the turns that its release notes tell of."""

import pytest

from rawspoof.core.conversation.ssh.openssh import CIPHERS, KEX, KEYS, MACS, expand, extensions, offer, since


def first(version, which):
    return offer(version, "", "", "linux")[which][0]


@pytest.mark.parametrize(
    ("version", "kex", "key", "cipher", "mac"),
    [
        ((10, 0), "mlkem768x25519-sha256", "rsa-sha2-512", "chacha20-poly1305@openssh.com", "umac-64-etm@openssh.com"),
        ((9, 2), "sntrup761x25519-sha512@openssh.com", "rsa-sha2-512", "chacha20-poly1305@openssh.com",
         "umac-64-etm@openssh.com"),
        ((8, 9), "curve25519-sha256", "rsa-sha2-512", "chacha20-poly1305@openssh.com", "umac-64-etm@openssh.com"),
        ((7, 4), "curve25519-sha256", "ssh-rsa", "chacha20-poly1305@openssh.com", "umac-64-etm@openssh.com"),
        ((6, 7), "curve25519-sha256@libssh.org", "ssh-rsa", "aes128-ctr", "umac-64-etm@openssh.com"),
        ((6, 1), "ecdh-sha2-nistp256", "ssh-rsa", "aes128-ctr", "hmac-md5"),
        ((5, 3), "diffie-hellman-group-exchange-sha256", "ssh-rsa", "aes128-ctr", "hmac-md5"),
        ((3, 8), "diffie-hellman-group-exchange-sha1", "ssh-rsa", "aes128-cbc", "hmac-md5"),
    ],
)  # fmt: skip
def test_what_each_time_took_first(version, kex, key, cipher, mac):
    assert tuple(first(version, which) for which in range(4)) == (kex, key, cipher, mac)


@pytest.mark.parametrize("table", [KEX, KEYS, CIPHERS, MACS])
def test_tables_go_down_and_name_nothing_twice(table):
    assert [version for version, _ in table] == sorted((version for version, _ in table), reverse=True)
    assert table[-1][0] == (0,)
    assert all(len(set(expand(line))) == len(expand(line)) for _, line in table)


@pytest.mark.parametrize(
    ("release", "package", "strict", "renamed"),
    [
        ("9.2p1", "2", False, False), ("9.2p1", "2+deb12u1", False, False), ("9.2p1", "2+deb12u2", True, False),
        ("9.2p1", "2+deb12u7", True, True),
        ("8.9p1", "3ubuntu0.4", False, False), ("8.9p1", "3ubuntu0.13", True, False),
        ("8.4p1", "5+deb11u2", False, False), ("8.4p1", "5+deb11u5", True, False), ("8.0p1", "6", False, False),
    ],
)  # fmt: skip
def test_packages_that_were_mended(release, package, strict, renamed):
    major, minor = map(int, release[:3].split("."))
    kex = offer((major, minor), release, package, "linux/debian").kex
    assert ("kex-strict-s-v00@openssh.com" in kex) is strict
    assert ("sntrup761x25519-sha512" in kex) is renamed


def test_from_9_6_on_everybody_is_strict():
    assert offer((9, 6), "9.6p1", "", "linux").kex[-2:] == ("ext-info-s", "kex-strict-s-v00@openssh.com")


def test_red_hat_has_lists_of_its_own():
    assert "aes256-cbc" in offer((8, 0), "8.0", "", "linux/redhat").ciphers
    assert "aes256-cbc" not in offer((8, 0), "8.0", "", "linux").ciphers
    assert offer((5, 3), "5.3", "", "linux/redhat") == offer((5, 3), "5.3", "", "linux")


def test_what_clients_are_told():
    assert extensions((7, 1)) == []
    assert extensions((7, 4)) == [(b"server-sig-algs", b"rsa-sha2-256,rsa-sha2-512")]
    assert [name for name, _ in extensions((9, 6))] == [
        b"server-sig-algs",
        b"publickey-hostbound@openssh.com",
        b"ping@openssh.com",
    ]


def test_the_line_that_holds():
    assert since(KEX, (9, 8)) == since(KEX, (9, 0)) != since(KEX, (9, 9))
    assert expand("a+ b c+") == ("a@openssh.com", "b", "c@openssh.com")
