"""SQL Server's answers to logins of all kinds."""

import struct

import pytest

from rawspoof.core.conversation.base import Credential, Then
from tests.conversation.ms_sql_s.test_packets import login_4, login_7, packet
from tests.conversation.talks import converse, credentials, living, never_raises

NEW = living("mssql", year="2019")
OLD = living("mssql", year="2000")
TEN = living("mssql", year="2008 R2")
SIX = living("mssql-6-5")
PRELOGIN = packet(0x12, b"\0\0\x0b\0\6\1\0\x11\0\1\xff" + bytes(7))
NEGOTIATE = b"NTLMSSP\0\1\0\0\0" + struct.pack("<I", 0xE2088297) + bytes(16)


def authenticate(user="eve", domain="CORP"):
    names = [domain.encode("utf-16-le"), user.encode("utf-16-le")]
    parts = [bytes(24), b"p" * 16 + b"blob" * 10, *names]
    at, table = 64, b""
    for part in parts:
        table += struct.pack("<HHI", len(part), len(part), at)
        at += len(part)
    table += struct.pack("<HHIHHI", 0, 0, at, 0, 0, at) + struct.pack("<I", 0xE2088297)
    return b"NTLMSSP\0\3\0\0\0" + table + b"".join(parts)


def error(data):
    """Number and text of the error in an answer of TDS 7."""
    number, _, _, chars = struct.unpack_from("<IBBH", data, 11)
    return number, data[19 : 19 + 2 * chars].decode("utf-16-le")


def test_a_password_is_read_and_refused():
    hello, last = converse(NEW, [PRELOGIN, packet(0x10, login_7())])[1:]
    assert hello.data[:4] == b"\4\1\0\x25"
    assert b"\x0f\0" in hello.data
    assert (error(last.data), last.then) == ((18456, "Login failed for user 'sa'."), Then.CLOSE)
    assert NEW.facts["host"].decode().upper().encode("utf-16-le") in last.data
    assert credentials([last]) == [Credential("password", b"sa", b"s3cret")]


def test_a_login_may_come_first_and_in_pieces():
    body = login_7()
    last = converse(NEW, [packet(0x10, body[:50], last=False) + packet(0x10, body[50:])])[-1]
    assert error(last.data)[0] == 18456
    assert credentials([last]) == [Credential("password", b"sa", b"s3cret")]


@pytest.mark.parametrize(("who", "tds", "tail"), [(NEW, 0x74, 12), (NEW, 0x71, 8), (OLD, 0x74, 8)])
def test_both_speak_what_the_older_can(who, tds, tail):
    last = converse(who, [packet(0x10, login_7(tds=tds << 24 | 4))])[-1]
    assert last.data[-tail - 1 :] == b"\xfd\2\0\0\0" + bytes(tail - 4)


def test_clients_of_4_2_are_understood():
    asked = packet(2, login_4()[:504], last=False) + packet(2, login_4()[504:])
    last = converse(NEW, [asked])[-1]
    assert b"Login failed for user 'sa'." in last.data
    assert credentials([last]) == [Credential("password", b"sa", b"s3cret")]
    six = converse(SIX, [asked])[-1]
    assert b"Login failed\r\n" in six.data
    assert credentials([six]) == [Credential("password", b"sa", b"s3cret")]


@pytest.mark.parametrize("wrapped", [False, True])
def test_an_integrated_login_is_challenged(wrapped):
    token = b"\x60\x40" + NEGOTIATE if wrapped else NEGOTIATE
    ask, last = converse(NEW, [packet(0x10, login_7("", "", sspi=token, flags=0x80)), packet(0x11, authenticate())])[1:]
    assert ask.data[8:9] == b"\xed"
    assert (ask.data[11:19] == b"NTLMSSP\0") is not wrapped
    nonce = ask.data[ask.data.index(b"NTLMSSP\0") + 24 :][:8]
    assert error(last.data) == (
        18452, "Login failed. The login is from an untrusted domain and cannot be used with Integrated authentication.",
    )  # fmt: skip
    secret = b":".join(part.hex().encode() for part in (nonce, b"p" * 16, b"blob" * 10))
    assert credentials([last]) == [Credential("NTLMv2", b"CORP\\eve", secret)]


def test_a_ticket_is_worth_nothing():
    last = converse(TEN, [packet(0x10, login_7(sspi=b"\x60\x03abc", flags=0x80))])[-1]
    assert error(last.data)[1].endswith("with Windows authentication.")


@pytest.mark.parametrize(
    "data",
    [
        b"GET / HTTP/1.0\r\n\r\n",
        packet(1, b"select 1"),
        packet(0x10, b"short"),
        b"\x16\3\1\2\0\1\0\1",
        b"\x12\1\0\0\0\0\0\0",
    ],
)
def test_all_else_is_hung_up_on(data):
    last = converse(NEW, [data])[-1]
    assert (last.data, last.then) == (b"", Then.CLOSE)


def test_who_was_challenged_proves_something_or_is_left():
    begun = packet(0x10, login_7(sspi=NEGOTIATE, flags=0x80))
    assert converse(NEW, [begun, PRELOGIN])[-1].then is Then.CLOSE
    assert error(converse(NEW, [begun, packet(0x11, b"")])[-1].data)[0] == 18452


@pytest.mark.parametrize("who", [NEW, OLD, SIX])
def test_it_never_breaks(who):
    begun = packet(0x10, login_7(sspi=NEGOTIATE, flags=0x80))
    words = (PRELOGIN, packet(0x10, login_7()), begun, packet(0x11, authenticate()), packet(2, login_4()))
    never_raises(who, *words, begun[:60], b"\x12\1\xff\xff\0\0\0\0", examples=25)
