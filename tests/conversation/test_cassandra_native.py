"""Cassandra's start-up in its versions, and the password that is refused."""

import pytest

from rawspoof.core.conversation.base import Credential, Then
from tests.conversation.talks import converse, credentials, living, never_raises

NEW = living("cassandra", shown="3.10 or later")
THREE = living("cassandra", shown="3.0.0 - 3.9")
OLD = living("cassandra-2", version="", cql="3.0.5")


def frame(opcode, body=b"", version=4, flags=0, stream=1):
    head = bytes([version, flags]) + stream.to_bytes(1 if version < 3 else 2) + bytes([opcode])
    return head + len(body).to_bytes(4) + body


def text(words):
    return len(words).to_bytes(2) + words


def mapped(*pairs):
    return len(pairs).to_bytes(2) + b"".join(text(name) + text(value) for name, value in pairs)


STARTUP = mapped((b"CQL_VERSION", b"3.0.0"))


def answered(opcode, body=b"", version=4):
    said = frame(opcode, body, version)
    return bytes([said[0] | 0x80]) + said[1:]


def login(user, password):
    sasl = b"\0" + user + b"\0" + password
    return len(sasl).to_bytes(4) + sasl


def error(code, words):
    return code.to_bytes(4) + text(words)


@pytest.mark.parametrize(
    ("who", "version", "words"),
    [
        (NEW, 4, b"Provided username bob and/or password are incorrect"),
        (NEW, 3, b"Provided username bob and/or password are incorrect"),
        (THREE, 3, b"Username and/or password are incorrect"),
        (living("cassandra-2", cql="3.2.1"), 2, b"Username and/or password are incorrect"),
    ],
)
def test_a_password_is_refused(who, version, words):
    ask, last = converse(who, [frame(1, STARTUP, version), frame(15, login(b"bob", b"s3cret"), version)])[1:]
    assert ask.data == answered(3, text(b"org.apache.cassandra.auth.PasswordAuthenticator"), version)
    assert (last.data, last.then) == (answered(0, error(0x100, words), version), Then.LISTEN)
    assert credentials([last]) == [Credential("password", b"bob", b"s3cret")]


def test_version_1_has_credentials_of_its_own():
    asked = frame(4, mapped((b"username", b"bob"), (b"password", b"s3cret")), 1)
    replies = converse(OLD, [frame(1, STARTUP, 1), asked])
    assert credentials(replies) == [Credential("password", b"bob", b"s3cret")]
    assert b"expecting CREDENTIALS" in converse(OLD, [frame(1, STARTUP, 1), frame(15, login(b"a", b"b"), 1)])[-1].data


def test_options_come_at_any_time():
    told = converse(NEW, [frame(5)])[-1]
    assert told.data[:5] == b"\x84\0\0\1\6"
    assert all(word in told.data for word in (b"\0\x053.4.4", b"5/v5-beta", b"\0\x0bCOMPRESSION\0\0"))
    assert b"PROTOCOL_VERSIONS" not in converse(THREE, [frame(1, STARTUP), frame(5)])[-1].data


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (frame(7), b"Unexpected message QUERY, expecting STARTUP or OPTIONS"),
        (frame(1), b"Missing value CQL_VERSION in STARTUP message"),
        (frame(1, STARTUP) + frame(9), b"Unexpected message PREPARE, expecting SASL_RESPONSE"),
        (frame(77), b"Unknown opcode 77"),
    ],
)
def test_what_is_out_of_turn(asked, words):
    last = converse(NEW, [asked])[-1]
    assert last.data.endswith(answered(0, error(10, words)))
    assert last.then is Then.LISTEN


def test_the_beta_is_for_those_who_ask_for_it():
    assert b"USE_BETA flag is unset" in converse(NEW, [frame(5, version=5)])[-1].data
    assert converse(NEW, [frame(1, STARTUP, 5, 0x10)])[-1].data[:2] == b"\x85\x10"


@pytest.mark.parametrize(
    ("who", "data", "words"),
    [
        (NEW, b"GET / HTTP/1.0\r\n\r\n", b"(71); supported versions are (3/v3, 4/v4, 5/v5-beta)"),
        (NEW, b"HELP\r\n", b"(72); supported versions are (3/v3, 4/v4, 5/v5-beta)"),
        (THREE, b"\x16\3\1", b"(22); the lowest supported version is 3 and the greatest is 4"),
        (THREE, frame(1, STARTUP, 5), b"(5); the lowest supported version is 3 and the greatest is 4"),
        (OLD, frame(1, STARTUP, 2), b"Invalid or unsupported protocol version: 2"),
    ],
)
def test_other_versions_are_told_which_there_are(who, data, words):
    last = converse(who, [data])[-1]
    assert last.data.endswith(words)
    assert int.from_bytes(last.data[5:9]) == len(last.data) - 9
    assert last.then is Then.CLOSE


def test_what_the_file_says_is_said_of_other_versions_too():
    browser, other = (converse(NEW, [data])[-1].data for data in (b"G", b"H"))
    assert browser.replace(b"(71)", b"(72)") == other


@pytest.mark.parametrize("who", [NEW, THREE, OLD])
def test_it_never_breaks(who):
    words = (
        frame(1, STARTUP),
        frame(15, login(b"a", b"b")),
        frame(5),
        frame(4, b"\0\1\0\5ab", 1),
        b"\4\0\0\0\1\xff\xff\xff\xff",
    )
    never_raises(who, *words, frame(1, STARTUP, 1), frame(1, STARTUP, 5, 0x10), frame(15, b"", 4), examples=25)
