"""RabbitMQ opens, refuses and lets wait; other brokers give their header back."""

import struct

import pytest

from rawspoof.core.conversation.amqp import HEADER, SILENT_CLOSE_S, credential
from rawspoof.core.conversation.base import Credential, Then
from tests.conversation.talks import NOON, converse, credentials, living, never_raises, said, talk

RABBIT = living("amqp")
QPID = living("qpid")


def long(data):
    return struct.pack(">I", len(data)) + data


def short(data):
    return bytes((len(data),)) + data


def start_ok(mechanism, response, closes=True, end=b"\xce"):
    able = short(b"authentication_failure_close") + b"t\1" if closes else b""
    client = long(short(b"capabilities") + b"F" + long(able))
    body = b"\0\x0a\0\x0b" + client + short(mechanism) + long(response) + short(b"en_US")
    return b"\1\0\0" + long(body) + end


PLAIN = start_ok(b"PLAIN", b"\0guest\0guest")
TABLE = short(b"LOGIN") + b"S" + long(b"bob") + short(b"PASSWORD") + b"S" + long(b"pw")


def test_start_tells_who_it_is():
    start = said(converse(RABBIT, [HEADER]))
    kind, channel, size, method = struct.unpack_from(">BHII", start)
    assert (kind, channel, size, method) == (1, 0, len(start) - 8, 0x000A000A)
    assert start[-1] == 0xCE
    assert b"\x07productS\0\0\0\x08RabbitMQ" in start
    assert b"\x07versionS" + long(RABBIT.version.encode()) in start
    assert b"rabbit@" + RABBIT.facts["host"] in start
    assert start.endswith(long(b"PLAIN AMQPLAIN") + long(b"en_US") + b"\xce")


@pytest.mark.parametrize(
    "header",
    [b"AMQP\0\1\0\0", b"AMQP\3\1\0\0", b"AMQP\1\1\0\x0a", b"GET / HT", b"\x16\3\1\2\0\1\0\1", b"\0\0\0\0\0\0\0\0"],
)
def test_other_headers_are_answered_with_its_own(header):
    assert converse(RABBIT, [header])[-1][:2] == (HEADER, Then.CLOSE)
    assert converse(QPID, [header])[-1][:2] == (b"AMQP\1\1\0\x0a", Then.CLOSE)


def test_a_login_is_refused_in_words_to_who_understands_them():
    spoken = talk(RABBIT)
    spoken.opened(NOON)
    refusal = spoken.heard(HEADER + PLAIN, NOON)
    why = b"Login was refused using authentication mechanism PLAIN. For details see the broker logfile."
    assert refusal.data.endswith(b"\0\x0a\0\x32\x01\x93" + short(b"ACCESS_REFUSED - " + why) + bytes(4) + b"\xce")
    assert refusal.then is Then.MORE
    assert credentials([refusal]) == [Credential("PLAIN", b"guest", b"guest")]
    end = spoken.idled(NOON)
    assert end[:3] == (b"", Then.CLOSE, SILENT_CLOSE_S)


def test_older_clients_are_just_left():
    _, _, reply = converse(RABBIT, [HEADER, start_ok(b"AMQPLAIN", TABLE, closes=False)])
    assert (reply.data, reply.then) == (b"", Then.CLOSE)
    assert credentials([reply]) == [Credential("AMQPLAIN", b"bob", b"pw")]


@pytest.mark.parametrize(
    "frame",
    [
        start_ok(b"EXTERNAL", b""),
        start_ok(b"PLAIN", b"guest"),
        start_ok(b"PLAIN", b"\0a\0b", end=b"\0"),
        b"\1\0\0\0\0\0\4\0\x0a\0\x28\xce",
        b"\x08\0\0\0\0\0\0\xce",
        b"\1\0\0\xff\xff\xff\xff",
    ],
)
def test_what_is_no_login_is_left_in_silence(frame):
    reply = converse(RABBIT, [HEADER, frame])[-1]
    assert (reply.data, reply.then, credentials([reply])) == (b"", Then.CLOSE, [])


def test_tables_that_are_none():
    assert credential(b"AMQPLAIN", TABLE) == Credential("AMQPLAIN", b"bob", b"pw")
    for table in (b"", TABLE[:-1], b"\5LOGINt\1", short(b"LOGIN") + b"S" + long(b"bob")):
        assert credential(b"AMQPLAIN", table) is None


def test_nothing_breaks_it():
    never_raises(RABBIT, HEADER, PLAIN, start_ok(b"AMQPLAIN", TABLE), b"\1\0\0\0\0\0\4", b"\xce")
