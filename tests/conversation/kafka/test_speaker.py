"""A broker tells its versions and itself, refuses logins, and leaves who asks for more."""

import struct

import pytest

from rawspoof.core.conversation.base import Credential, Then
from rawspoof.core.conversation.kafka.speaker import FAILED_S
from tests.conversation.talks import converse, credentials, living, never_raises, said

OPEN = living("kafka", mechanisms="", release="2.8")
LOCKED = living("kafka", mechanisms="PLAIN SCRAM-SHA-256 SCRAM-SHA-512", release="2.8")
OLD = living("kafka", release="2.3")


def request(key, version, body=b"", tags=b""):
    whole = struct.pack(">hhi", key, version, 7) + b"\0\2me" + tags + body
    return struct.pack(">i", len(whole)) + whole


def told(who, *requests):
    return said(converse(who, requests))


def text(data):
    return struct.pack(">h", len(data)) + data


def long(data):
    return struct.pack(">i", len(data)) + data


HANDSHAKE = request(17, 1, text(b"PLAIN"))
LOGIN = request(36, 1, long(b"\0bob\0pw"))


@pytest.mark.parametrize("version", [0, 1, 2])
def test_api_versions_of_old(version):
    answer = told(OPEN, request(18, version))
    size, correlation, code, count = struct.unpack_from(">iihi", answer)
    assert (size, correlation, code) == (len(answer) - 4, 7, 0)
    assert len(answer) == 14 + 6 * count + (4 if version else 0)
    assert struct.pack(">hhh", 18, 0, 3) in answer


def test_api_versions_of_new():
    answer = told(OPEN, request(18, 3, b"\3kc\0021\0", b"\0"))
    size, _, code, count = struct.unpack_from(">iihB", answer)
    assert (size, code) == (len(answer) - 4, 0)
    assert len(answer) == 11 + 7 * (count - 1) + 5


def test_api_versions_of_the_future():
    """KIP-511: the error in version 0, with what ApiVersions itself can be."""
    assert told(OPEN, request(18, 9, tags=b"\0"))[8:] == struct.pack(">hihhh", 35, 1, 18, 0, 3)
    assert told(OLD, request(18, 3, tags=b"\0"))[8:] == struct.pack(">hihhh", 35, 1, 18, 0, 2)


@pytest.mark.parametrize("version", range(13))
def test_metadata_is_a_cluster_of_one(version):
    body = b"\1\1\0\0\0" if version >= 9 else b"\xff\xff\xff\xff" + b"\0" * 3
    answer = told(
        living("kafka", mechanisms="", release="3.4"), request(3, version, body, b"\0" if version >= 9 else b"")
    )
    assert int.from_bytes(answer[:4]) == len(answer) - 4
    assert OPEN.facts["fqdn"] + struct.pack(">i", int(OPEN.facts["port"])) in answer


def test_metadata_0_and_unknown_topics():
    host, port = OPEN.facts["fqdn"], int(OPEN.facts["port"])
    broker = struct.pack(">ii", 1, 1) + text(host) + struct.pack(">i", port)
    assert told(OPEN, request(3, 0, struct.pack(">i", 1) + text(b"logs")))[8:] == (
        broker + struct.pack(">ih", 1, 3) + text(b"logs") + bytes(4)
    )


def test_a_login_fails_after_a_while():
    handshake, login = converse(LOCKED, [HANDSHAKE, LOGIN])[1:]
    assert handshake.data[8:10] == b"\0\0"
    assert login.data[8:10] == b"\0\x3a"
    assert b"Authentication failed: Invalid username or password" in login.data
    assert (login.then, login.after_s) == (Then.CLOSE, FAILED_S)
    assert credentials([login]) == [Credential("PLAIN", b"bob", b"pw")]


def test_a_login_in_the_flexible_version():
    login = converse(LOCKED, [HANDSHAKE, request(36, 2, b"\x08\0bob\0pw\0", b"\0")])[-1]
    assert credentials([login]) == [Credential("PLAIN", b"bob", b"pw")]
    assert login.data[8:11] == b"\0\0\x3a"


def test_a_login_of_old_has_no_frame():
    login = converse(LOCKED, [request(17, 0, text(b"PLAIN")), long(b"\0bob\0pw")])[-1]
    assert (login.data, login.then) == (b"", Then.CLOSE)
    assert credentials([login]) == [Credential("PLAIN", b"bob", b"pw")]


def test_scram_and_what_is_no_mechanism():
    scram = request(17, 1, text(b"SCRAM-SHA-256")), request(36, 0, long(b"n,,n=bob,r=x"))
    replies = converse(LOCKED, scram)
    assert credentials(replies) == [Credential("SCRAM-SHA-256", b"bob", b"n,,n=bob,r=x")]
    assert said(replies).count(b"SASL mechanism SCRAM-SHA-256") == 1
    odd = converse(LOCKED, [request(17, 1, text(b"FOO"))])[-1]
    assert (odd.data[8:10], odd.then) == (b"\0\x21", Then.CLOSE)
    assert b"SCRAM-SHA-512" in odd.data


def test_without_a_login_a_locked_broker_is_left():
    for asked in (request(3, 0, b"\0\0\0\0"), request(0, 3), LOGIN):
        assert converse(LOCKED, [asked])[-1][:2] == (b"", Then.CLOSE)


def test_an_open_broker_needs_no_login():
    assert told(OPEN, HANDSHAKE)[8:] == b"\0\x22\0\0\0\0"
    assert told(OPEN, LOGIN)[8:10] == b"\0\x22"


@pytest.mark.parametrize(
    "garbage",
    [
        b"GET / HTTP/1.0\r\n\r\n",
        b"\0\0\0\0",
        b"\xff\xff\xff\xff",
        b"\0\0\0\1x",
        request(1, 0),
        request(3, 99),
        request(999, 0),
    ],
)
def test_what_is_not_understood_ends_it(garbage):
    assert converse(OPEN, [garbage])[-1][:2] == (b"", Then.CLOSE)


@pytest.mark.parametrize("who", [OPEN, LOCKED])
def test_nothing_breaks_it(who):
    never_raises(who, HANDSHAKE, LOGIN, request(18, 3), request(3, 1), b"\0\0\0\x10", b"\0\x12\0\3", examples=25)
