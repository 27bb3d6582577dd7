"""Packets of the connection phase as values, and what is none."""

import pytest

from rawspoof.core.conversation.mysql.packets import PROTOCOL_41, SSL, asks_tls, greeting, login

SALT = bytes(range(1, 21))
HEAD = b"J\0\0\0\n8.0.30\0\7\0\0\0"
RAW = HEAD + b"saltsalt\0\xff\xff\xff\2\0\xff\xdf\x15" + bytes(10) + b"saltsaltsalt\0caching_sha2_password\0"
OLD = HEAD + b"saltsalt\0\x2c\x20\x08\2\0" + bytes(13)
OFFERED = 0xFFFFF7FF


def test_a_greeting_gets_its_own_salt_and_no_tls_that_there_is_not():
    read = greeting(RAW, SALT, False)
    assert len(read.raw) == len(RAW)
    assert (read.version, read.salt, read.plugin) == (b"8.0.30", SALT, b"caching_sha2_password")
    assert read.capabilities == 0xDFFFF7FF
    assert SALT[:8] in read.raw
    assert SALT[8:] in read.raw
    assert b"salt" not in read.raw
    assert greeting(RAW, SALT, True).capabilities & SSL


def test_older_greetings_have_less():
    read = greeting(OLD, SALT, True)
    assert (read.salt, read.plugin, read.capabilities) == (SALT[:8], b"", 0x202C)


@pytest.mark.parametrize("raw", [b"", b"\x05\0\0\0\xff\x10\x04no", RAW[:40], b"220 mail\r\n"])
def test_what_is_no_greeting(raw):
    assert greeting(raw, SALT, True) is None


def body(caps, rest):
    return caps.to_bytes(4, "little") + bytes(28) + rest


def test_logins():
    new = login(body(PROTOCOL_41 | 0x8000 | 8 | 1 << 19, b"bob\0\3abcshop\0some_plugin\0"), OFFERED)
    assert new[1:] == (b"bob", b"abc", b"some_plugin")
    assert login(body(PROTOCOL_41, b"bob\0abc\0"), OFFERED)[1:] == (b"bob", b"abc", b"")
    assert login(b"\5\0\0\0\0bob\0abc", OFFERED)[1:] == (b"bob", b"abc", b"")
    # What was not offered is claimed, and not said.
    assert login(body(0xBFA28D, b"bob\0\3abcshop\0"), 0xA22C)[1:] == (b"bob", b"abc", b"")
    # A server from before 4.1 reads it in its own way.
    assert login(b"\5\2\0\0\0bob\0abc\0", 0x2C)[1:] == (b"bob", b"abc", b"")


@pytest.mark.parametrize("rest", [b"", b"bob", b"bob\0", b"bob\0\5abc", b"bob\0\xfe\0\0\0"])
def test_logins_that_end_too_early(rest):
    assert login(body(PROTOCOL_41 | 0x8000, rest), OFFERED) is None


def test_tls_is_asked_for_in_few_words():
    assert asks_tls(body(SSL, b""))
    assert not asks_tls(body(SSL, b"x"))
    assert not asks_tls(body(0, b""))
