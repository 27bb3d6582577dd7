"""Oracle's listener: commands, databases that it does not know, and what is no packet."""

import pytest

from rawspoof.core.conversation.base import Credential, Then
from tests.conversation.talks import converse, credentials, living, never_raises

ELEVEN = living("oracle-tns", ver="11.2.0.4.0")
CLOSED = living("oracle-tns-closed")


def packet(kind, body):
    return (8 + len(body)).to_bytes(2) + bytes((0, 0, kind, 0, 0, 0)) + body


def connect(text, apart=False):
    head = bytes.fromhex("013c012c00000800ffff7f080000 0001".replace(" ", "")) + len(text).to_bytes(2) + b"\0\x3a"
    whole = packet(1, head + bytes(58 - 8 - len(head)) + (b"" if apart else text))
    return whole + packet(6, b"\0\0" + text) if apart else whole


def error(data):
    assert int.from_bytes(data[:2]) == len(data)
    assert data[4] == 4
    return int(data.partition(b"(ERR=")[2].partition(b")")[0])


@pytest.mark.parametrize("apart", [False, True])
@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"(DESCRIPTION=(CONNECT_DATA=(SERVICE_NAME=shop)(CID=(PROGRAM=x)(USER=bob))))", 12514),
        (b"(DESCRIPTION=(CONNECT_DATA=(SID=ORCL)(CID=(PROGRAM=x)(USER=bob))))", 12505),
        (b"(CONNECT_DATA=(COMMAND=status))", 1189),
        (b"(CONNECT_DATA=(COMMAND=stop)(VERSION=1))", 1189),
        (b"(DESCRIPTION=())", 12504),
    ],
)
def test_nothing_is_known_and_nothing_obeyed(text, code, apart):
    last = converse(ELEVEN, [connect(text, apart)])[-1]
    assert (error(last.data), last.then) == (code, Then.CLOSE)
    assert b"(VSNNUM=186647552)" in last.data


def test_its_version_is_for_everybody():
    last = converse(ELEVEN, [connect(b"(CONNECT_DATA=(COMMAND=version))")])[-1]
    assert b"Version 11.2.0.4.0 - Production" in last.data
    assert b"Version 11.2.0.4.0" in converse(ELEVEN, [connect(b"(CONNECT_DATA=(COMMAND=version))", True)])[-1].data


def test_a_listeners_password_is_kept():
    text = b"(CONNECT_DATA=(CID=(USER=bob))(COMMAND=reload)(PASSWORD=0123456789ABCDEF)(VERSION=1))"
    last = converse(ELEVEN, [connect(text)])[-1]
    assert error(last.data) == 1169
    assert credentials([last]) == [Credential("listener", b"bob", b"0123456789ABCDEF")]


def test_a_closed_listener_wants_a_name():
    assert b"(ERR=12504)" in converse(CLOSED, [connect(b"(CONNECT_DATA=(COMMAND=version))")])[-1].data


@pytest.mark.parametrize(
    "data", [b"GET / HTTP/1.0\r\n\r\n", bytes(8), packet(6, b"\0\0hello"), packet(1, b"short"), packet(4, bytes(40))]
)
def test_all_else_is_hung_up_on(data):
    last = converse(ELEVEN, [data])[-1]
    assert (last.data, last.then) == (b"", Then.CLOSE)


def test_a_text_that_never_comes():
    begun = connect(b"(CONNECT_DATA=(SID=X))", True)[:58]
    assert converse(ELEVEN, [begun])[-1].then is Then.LISTEN
    assert converse(ELEVEN, [begun, packet(1, b"x" * 60)])[-1].then is Then.CLOSE


@pytest.mark.parametrize("who", [ELEVEN, CLOSED])
def test_it_never_breaks(who):
    asked = connect(b"(CONNECT_DATA=(SERVICE_NAME=shop))")
    apart = connect(b"(CONNECT_DATA=(COMMAND=version))", True)
    never_raises(who, asked, apart[:58], apart, packet(6, b"\0\0(SID=x)"), b"\xff\xff\0\0\1", examples=25)
