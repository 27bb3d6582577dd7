"""A router opens to everybody, or has refused already; what is wrong is told by number."""

import struct

import pytest

from rawspoof.core.conversation.base import Then
from rawspoof.core.conversation.bgp import MARKER
from tests.conversation.talks import NOON, converse, living, never_raises, said, talk

OPENS = living("bgp", reject="")
REFUSES = living("bgp", open="")


def message(kind, body=b""):
    return MARKER + struct.pack(">HB", 19 + len(body), kind) + body


def open_(version=4, number=65001, hold=180, identifier=b"\x0a\0\0\7", options=b""):
    return message(1, struct.pack(">BHH4sB", version, number, hold, identifier, len(options)) + options)


KEEPALIVE = message(4)
UPDATE = message(2, b"\0\0\0\0\x18\xc0\0\2")


def last(*requests, who=OPENS):
    reply = converse(who, requests)[-1]
    return reply.data, reply.then


def test_one_opens_keeps_alive_and_listens():
    greeting, *replies = converse(OPENS, [open_(options=b"\2\0"), KEEPALIVE, UPDATE])
    assert greeting.data[18:20] == b"\1\4"
    assert [(reply.data, reply.then) for reply in replies] == [(KEEPALIVE, Then.LISTEN)] * 2 + [(b"", Then.LISTEN)]


def test_one_has_refused():
    greeting, reply = converse(REFUSES, [open_()])
    assert greeting.data == message(3, b"\6\5")
    assert (reply.data, reply.then) == (b"", Then.CLOSE)


@pytest.mark.parametrize(
    ("request_", "error"),
    [
        (open_(version=3), b"\2\1\0\4"),
        (open_(number=0), b"\2\2"),
        (open_(hold=2), b"\2\6"),
        (open_(identifier=bytes(4)), b"\2\3"),
        (open_()[:-1] + b"\7", b"\2\0"),
        (KEEPALIVE, b"\5\0"),
        (UPDATE, b"\5\0"),
        (b"GET / HTTP/1.0\r\n\r\nxyz", b"\1\1"),
        (MARKER + b"\0\x12\1", b"\1\2\0\x12"),
        (MARKER + b"\xff\xff\1", b"\1\2\xff\xff"),
        (MARKER + b"\0\x13\1", b"\1\2\0\x13"),
        (message(4, b"x"), b"\1\2\0\x14"),
        (message(9), b"\1\3\x09"),
    ],
)
def test_errors_have_numbers(request_, error):
    assert last(request_) == (message(3, error), Then.CLOSE)


def test_an_open_too_many_and_the_end():
    assert last(open_(), open_()) == (message(3, b"\5\0"), Then.CLOSE)
    assert last(message(3, b"\6\2")) == (b"", Then.CLOSE)
    spoken = talk(OPENS)
    spoken.heard(open_(), NOON)
    assert spoken.idled(NOON).data == message(3, b"\4\0")


@pytest.mark.parametrize("who", [OPENS, REFUSES])
def test_nothing_breaks_it(who):
    never_raises(who, open_(), KEEPALIVE, UPDATE, MARKER, message(9), examples=25)
    assert said(converse(who, [])) != b""
