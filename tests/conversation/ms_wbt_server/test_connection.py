"""RDP's first exchange: what is asked, and what each kind of server agrees to."""

import pytest

from rawspoof.core.conversation.ms_wbt_server.connection import agreed, confirm, parse

FILE = bytes.fromhex("030000130ed000001234000 21f080002000000".replace(" ", ""))


def request(protocols: int | None, cookie: bytes = b"Cookie: mstshash=bob\r\n") -> bytes:
    rest = cookie + (b"" if protocols is None else b"\1\0\x08\0" + protocols.to_bytes(4, "little"))
    return b"\3\0" + (11 + len(rest)).to_bytes(2) + bytes((6 + len(rest), 0xE0)) + bytes(5) + rest


@pytest.mark.parametrize("protocols", [None, 0, 1, 3, 11])
def test_the_request_is_read_with_cookie_and_without(protocols):
    assert parse(request(protocols)) == (b"bob", protocols)
    assert parse(request(protocols, b"")) == (b"", protocols)
    assert parse(request(protocols, b"Cookie: msts=1.2.3\r\n")) == (b"", protocols)


@pytest.mark.parametrize("said", [b"", b"\3\0\0\x0b\6\xf0", bytes(11)])
def test_what_is_no_request_is_none(said):
    assert parse(said) is None


@pytest.mark.parametrize(
    ("security", "asked", "kind"),
    [
        (b"nla", None, None),
        (b"nla", 1, None),
        (b"nla", 3, 2),
        (b"nla", 11, 8),
        (b"tls", None, 0),
        (b"tls", 1, 1),
        (b"tls", 3, 2),
        (b"rdp", 3, 0),
        (b"", 3, 0),
    ],
)
def test_what_is_agreed_on(security, asked, kind):
    assert agreed(security, asked) == kind


def test_the_files_answer_says_what_was_agreed_on():
    assert confirm(FILE, 3, 2) == FILE
    assert confirm(FILE, 11, 8)[11:] == b"\2\x1f\x08\0\x08\0\0\0"
    assert confirm(FILE, 1, None)[11:] == b"\3\0\x08\0\5\0\0\0"
    assert confirm(FILE, None, 0) == b"\3\0\0\x0b\6\xd0\0\0\x124\0"
    assert confirm(FILE[:11], 3, 0) == b"\3\0\0\x0b\6\xd0\0\0\x124\0"
