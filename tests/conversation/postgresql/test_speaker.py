"""PostgreSQL's start-up, and the password that is refused, in the versions' own ways."""

import re
from base64 import b64encode

import pytest

from rawspoof.core.conversation.base import Credential, Then
from rawspoof.core.conversation.postgresql import Postgresql
from rawspoof.core.conversation.visit import Visit
from tests.conversation.talks import NOON, PEER, converse, credentials, living, never_raises, talk

NEW = living("postgresql", version="15")
TEN = living("postgresql", version="10.2 - 10.7")
OLD = living("postgresql-old", version="8.3.19")
SEVEN = living("postgresql-7")
SSL, GSS, CANCEL = (b"\0\0\0\x08\x04\xd2\x16" + bytes([n]) for n in (0x2F, 0x30, 0x2E))
SASL = b"R\0\0\0\x17\0\0\0\nSCRAM-SHA-256\0\0"


def startup(*parts, version=0x30000):
    body = version.to_bytes(4) + b"".join(part + b"\0" for part in parts) + b"\0"
    return (len(body) + 4).to_bytes(4) + body


def startup_2(user=b"bob"):
    return b"\0\0\1\x28\0\2\0\0" + b"shop".ljust(64, b"\0") + user.ljust(32, b"\0") + bytes(192)


def message(body):
    return b"p" + (len(body) + 4).to_bytes(4) + body


BOB = startup(b"user", b"bob", b"database", b"shop")
FIRST = message(b"SCRAM-SHA-256\0\0\0\0\x0en,,n=*,r=abcde")


def fields(data):
    """An error's code and text."""
    assert data[:1] == b"E"
    assert int.from_bytes(data[1:5]) == len(data) - 1
    assert data.endswith(b"\0\0")
    found = {part[:1]: part[1:] for part in data[5:].split(b"\0")}
    return found[b"C"], found[b"M"]


FAILED = b'password authentication failed for user "bob"'


def test_a_proof_is_taken_and_found_wrong():
    spoken = talk(NEW)
    assert spoken.heard(BOB, NOON).data == SASL
    challenge = spoken.heard(FIRST, NOON).data
    assert challenge[:9] == b"R\0\0\0\x49\0\0\0\x0b"
    found = re.fullmatch(rb"(r=abcde[\w+/]{24}),s=[\w+/]{22}==,i=4096", challenge[9:])
    last = spoken.heard(message(b"c=biws,%s,p=%s" % (found[1], b64encode(bytes(32)))), NOON)
    assert last.data == (b"E\0\0\0cSFATAL\0VFATAL\0C28P01\0M" + FAILED + b"\0Fauth.c\0L334\0Rauth_failed\0\0")
    assert last.then is Then.CLOSE
    (offered,) = credentials([last])
    assert (offered.method, offered.user) == ("SCRAM-SHA-256", b"bob")
    assert offered.secret.startswith(b"n=*,r=abcde,r=abcde")


def test_a_user_keeps_its_salt_and_a_connection_has_its_nonce():
    def challenge(dice, user=b"bob"):
        spoken = talk(NEW, dice)
        said = spoken.heard(startup(b"user", user) + FIRST, NOON).data[len(SASL) + 9 :]
        return said.split(b",")[:2]

    (nonce, salt), (other, same), (_, another) = challenge(1), challenge(2), challenge(2, b"eve")
    assert nonce != other
    assert salt == same != another


@pytest.mark.parametrize(
    ("who", "code"), [(TEN, b"28P01"), (OLD, b"28000"), (living("redshift"), b"28000"), (living("greenplum"), b"28000")]
)
def test_before_14_an_md5_is_asked_for(who, code):
    ask, last = converse(who, [BOB, message(b"md5" + b"0" * 32 + b"\0")])[1:]
    assert ask.data[:9] == b"R\0\0\0\x0c\0\0\0\5"
    assert (fields(last.data), last.then) == ((code, FAILED), Then.CLOSE)
    assert credentials([last]) == [Credential("md5", b"bob", ask.data[9:].hex().encode() + b":" + b"0" * 32)]


def test_a_password_in_clear_is_kept_wherever_it_comes():
    assert credentials(converse(TEN, [BOB, message(b"s3cret\0")])) == [Credential("password", b"bob", b"s3cret")]
    replies = converse(NEW, [BOB, message(b"s3cret\0")])
    assert credentials(replies) == [Credential("password", b"bob", b"s3cret")]
    assert fields(replies[-1].data) == (b"08P01", b"client selected an invalid SASL authentication mechanism")


def test_protocol_2_of_old_clients():
    ask, last = converse(OLD, [startup_2(), b"\0\0\0\x0bs3cret\0"])[1:]
    assert ask.data[:5] == b"R\0\0\0\5"
    assert len(ask.data) == 9
    assert last.data == b"EFATAL:  " + FAILED + b"\n\0"
    assert credentials([last]) == [Credential("password", b"bob", b"s3cret")]
    assert converse(OLD, [startup_2(b"")])[-1].data.startswith(b"EFATAL:  no PostgreSQL user name")
    assert converse(OLD, [startup(b"x", version=0x20000)])[-1].data == b"EFATAL:  invalid length of startup packet\n\0"
    refused = converse(NEW, [startup_2()])[-1].data
    assert refused == b"EFATAL:  unsupported frontend protocol 2.0: server supports 3.0 to 3.0\n\0"


def test_7_2_knows_no_protocol_3():
    assert converse(SEVEN, [BOB])[-1].data == b"EFATAL:  unsupported frontend protocol\n\0"
    assert converse(SEVEN, [startup_2()])[-1].data[:5] == b"R\0\0\0\5"
    assert converse(SEVEN, [b"\0\0\0\4"])[-1].data == b"EFATAL:  invalid length of startup packet\n\0"


@pytest.mark.parametrize(
    ("asked", "what"),
    [
        (startup(b"user", b"bob", version=0x40000), b"4.0"),
        (SSL + SSL, b"1234.5679"),
        (GSS + SSL + GSS, b"1234.5680"),
    ],
)
def test_protocols_that_are_not_spoken(asked, what):
    said = converse(NEW, [asked])[-1].data.lstrip(b"N")
    assert fields(said) == (b"0A000", b"unsupported frontend protocol %s: server supports 3.0 to 3.0" % what)


def test_newer_minors_are_negotiated_since_11():
    asked = startup(b"user", b"bob", b"_pq_.foo", b"1", version=0x30001)
    assert converse(NEW, [asked])[-1].data == b"v\0\0\0\x15\0\3\0\0\0\0\0\1_pq_.foo\0" + SASL
    assert fields(converse(TEN, [asked])[-1].data)[1] == (
        b"unsupported frontend protocol 3.1: server supports 1.0 to 3.0"
    )


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"", b"invalid startup packet layout: expected terminator as last byte"),
        (b"user", b"invalid startup packet layout: expected terminator as last byte"),
        (b"user\0bob\0", b"invalid startup packet layout: expected terminator as last byte"),
        (b"user\0bob\0\0x\0\0", b"invalid startup packet layout: expected terminator as last byte"),
        (b"\0", b"no PostgreSQL user name specified in startup packet"),
        (b"user\0\0\0", b"no PostgreSQL user name specified in startup packet"),
        (b"database\0x\0\0", b"no PostgreSQL user name specified in startup packet"),
    ],
)
def test_start_up_packets_that_are_wrong(body, text):
    last = converse(NEW, [(len(body) + 8).to_bytes(4) + b"\0\3\0\0" + body])[-1]
    assert (fields(last.data)[1], last.then) == (text, Then.CLOSE)


@pytest.mark.parametrize("data", [CANCEL, b"GET / HTTP/1.0\r\n\r\n", b"\r\n\r\n", bytes(4), b"\0\0\0\x07abc"])
def test_nothing_is_said_to_what_is_no_start_up(data):
    last = converse(NEW, [data])[-1]
    assert (last.data, last.then) == (b"", Then.CLOSE)


@pytest.mark.parametrize(
    ("who", "data", "text"),
    [
        (NEW, b"Q\0\0\0\4", b"expected SASL response, got message type 81"),
        (TEN, b"X\0\0\0\4", b"expected password response, got message type 88"),
        (NEW, b"p\0\0\0\2", FAILED),
        (NEW, b"p\0\1\0\0", FAILED),
        (NEW, message(b"SCRAM-SHA-256\0\0\0\0\5hello"), b"malformed SCRAM message"),
    ],
)
def test_what_is_no_password(who, data, text):
    last = converse(who, [BOB, data])[-1]
    assert (fields(last.data)[1], last.then) == (text, Then.CLOSE)


def test_a_mechanism_may_be_named_first():
    first = message(b"n,,n=,r=abcde")
    ask, challenge = converse(NEW, [BOB, message(b"SCRAM-SHA-256\0\xff\xff\xff\xff"), first])[2:]
    assert ask.data == b"R\0\0\0\x08\0\0\0\x0b"
    assert challenge.data[9:].startswith(b"r=abcde")


class Willing:
    """An engine that nobody gets to."""

    def tls(self, name, era):
        raise AssertionError


def test_tls_where_there_is_some():
    speaker = Postgresql(Visit(NEW, PEER, 7, engines=Willing()))
    assert speaker.answer(SSL, NOON)[:2] == (b"S", Then.SECURE)
    assert b"SCRAM-SHA-256-PLUS\0SCRAM-SHA-256\0\0" in speaker.answer(BOB, NOON).data
    assert converse(NEW, [SSL])[-1][:2] == (b"N", Then.LISTEN)


@pytest.mark.parametrize("who", [NEW, OLD, SEVEN])
def test_it_never_breaks(who):
    words = (BOB, FIRST, SSL, GSS, startup_2(), message(b"md5" + b"0" * 32 + b"\0"), startup(b"user"), b"p\0\0\0\4")
    never_raises(who, *words, message(b"c=biws,r=x,p=eHh4"), b"\xff\xff\xff\xff", examples=25)
