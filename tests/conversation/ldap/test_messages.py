"""A request's envelope, and results."""

from rawspoof.core.conversation.ldap.ber import write
from rawspoof.core.conversation.ldap.messages import BIND, SEARCH, Message, Writer, parse
from tests.conversation.ldap import requests


def test_a_message_is_number_operation_and_controls():
    assert parse(requests.bind(number=9)) == Message(b"\x09", BIND, write(2, b"\3") + b"\4\0\x80\0", ())
    assert parse(requests.message(1, b"\x42\0", requests.CRITICAL)).critical == (b"1.2.3",)
    polite = write(0xA0, write(0x30, write(4, b"1.2.3")))
    assert parse(requests.message(1, b"\x42\0", polite)).critical == ()


def test_what_is_no_message_is_none():
    for data in (b"", b"0\0", b"1\0", b"0\2\4\0", b"0\7\2\5xxxxx", b"0\3\2\1\1", b"0\4\2\0\x42\0"):
        assert parse(data) is None


def test_results_as_openldap_and_as_windows_writes_them():
    asked = Message(b"\1", BIND, b"", ())
    assert Writer(False).result(asked, 0) == b"0\x0c\2\1\1a\7\n\1\0\4\0\4\0"
    assert Writer(True).result(asked, 0) == b"0\x84\0\0\0\x10\2\1\1a\x84\0\0\0\7\n\1\0\4\0\4\0"
    assert Writer(False).disconnection(b"?").endswith(b"\x8a\x161.3.6.1.4.1.1466.20036")
    entry = Writer(False).entry(Message(b"\2", SEARCH, b"", ()), b"", [(b"a", [b"1", b"2"])])
    assert entry == b"0\x16\2\1\2d\x11\4\x000\r0\x0b\4\1a1\6\4\x011\4\x012"
