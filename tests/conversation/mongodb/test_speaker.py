"""MongoDB to strangers: what it tells, what it wants a login for, and how logins fail."""

from base64 import b64encode

import pytest

from rawspoof.core.conversation.base import Credential, Then
from rawspoof.core.conversation.mongodb.bson import read, written
from tests.conversation.mongodb.test_messages import message, msg, query
from tests.conversation.talks import converse, credentials, living, never_raises

NEW = living("mongodb", ver="4.4.6")
OLD = living("mongodb", ver="3.4.24")
LOCKED = living("mongodb-locked", ver="3.2.22")


def told(who, *asked):
    """The last answer's document."""
    data = converse(who, asked)[-1].data
    return read(data[21:] if data[12:14] == b"\xdd\7" else data[36:])


@pytest.mark.parametrize("ask", [msg, query])
def test_what_anybody_may_know(ask):
    assert told(NEW, ask({"isMaster": 1}))["maxWireVersion"] == 9
    assert told(NEW, ask({"hello": 1, "helloOk": True}))["isWritablePrimary"] is True
    assert told(NEW, ask({"buildInfo": 1}))["version"] == "4.4.6"
    assert told(NEW, ask({"ping": 1})) == {"ok": 1.0}


def test_all_else_wants_a_login():
    assert told(NEW, msg({"listDatabases": 1, "$db": "admin"})) == {
        "ok": 0.0, "errmsg": "command listDatabases requires authentication", "code": 13, "codeName": "Unauthorized",
    }  # fmt: skip
    assert told(OLD, query({"find": "x"}, "shop.$cmd")) == {
        "ok": 0.0, "errmsg": 'not authorized on shop to execute command { find: "x" }', "code": 13,
        "codeName": "Unauthorized",
    }  # fmt: skip
    assert told(LOCKED, query({"listDatabases": 1.0})) == {
        "ok": 0.0, "errmsg": "not authorized on admin to execute command { listDatabases: 1.0 }", "code": 13,
    }  # fmt: skip
    assert told(OLD, query({"a": 1}, "shop.things")) == {
        "$err": "not authorized for query on shop.things", "code": 13,
    }  # fmt: skip


def test_what_nmap_asks_is_answered_by_the_file():
    assert told(NEW, query({"serverStatus": 1.0}, "test.$cmd"))["version"] == "4.4.6"
    assert "not authorized on test" in told(LOCKED, query({"serverStatus": 1.0}, "test.$cmd"))["errmsg"]


@pytest.mark.parametrize(
    ("mechanism", "size", "turns"), [("SCRAM-SHA-1", 20, b"10000"), ("SCRAM-SHA-256", 32, b"15000")]
)
def test_a_proof_is_taken_and_found_wrong(mechanism, size, turns):
    start = msg({"saslStart": 1, "mechanism": mechanism, "payload": b"n,,n=b=2Cob,r=abcde\0", "$db": "admin"})
    begun = told(NEW, start)
    assert (begun["done"], begun["ok"]) == (False, 1.0)
    nonce, _, iterations = begun["payload"].split(b",")
    assert nonce.startswith(b"r=abcde")
    assert iterations == b"i=" + turns
    final = b"c=biws," + nonce + b",p=" + b64encode(bytes(size))
    replies = converse(NEW, [start, msg({"saslContinue": 1, "conversationId": 1, "payload": final})])
    assert read(replies[-1].data[21:]) == {
        "ok": 0.0, "errmsg": "Authentication failed.", "code": 18, "codeName": "AuthenticationFailed",
    }  # fmt: skip
    assert replies[-1].then is Then.LISTEN
    (offered,) = credentials(replies)
    assert (offered.method, offered.user) == (mechanism, b"b,ob")
    assert offered.secret == b",".join((b"n=b=2Cob,r=abcde", begun["payload"], final))


def test_a_password_in_clear_is_kept():
    replies = converse(NEW, [msg({"saslStart": 1, "mechanism": "PLAIN", "payload": b"\0bob\0s3cret"})])
    assert credentials(replies) == [Credential("PLAIN", b"bob", b"s3cret")]
    assert read(replies[-1].data[21:])["errmsg"] == "Unsupported mechanism PLAIN"


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"saslStart": 1}, 2),
        ({"saslStart": 1, "mechanism": 7, "payload": b""}, 2),
        ({"saslStart": 1, "mechanism": "SCRAM-SHA-1", "payload": b"hello"}, 18),
        ({"saslContinue": 1, "payload": b""}, 17),
        ({"getnonce": 1}, 59),
        ({"authenticate": 1, "user": "bob"}, 59),
    ],
)
def test_logins_that_come_to_nothing(asked, code):
    assert told(NEW, msg(asked))["code"] == code


def test_a_proof_that_is_none():
    start = msg({"saslStart": 1, "mechanism": "SCRAM-SHA-1", "payload": b"n,,n=bob,r=abcde"})
    assert told(NEW, start, msg({"saslContinue": 1, "payload": "text"}))["code"] == 18


def test_the_nonce_of_old_clients():
    nonce = told(OLD, query({"getnonce": 1}))["nonce"]
    last = converse(OLD, [query({"authenticate": 1, "user": "bob", "nonce": nonce, "key": "ab" * 16})])[-1]
    assert read(last.data[36:])["errmsg"] == "auth failed"
    assert credentials([last]) == [Credential("MONGODB-CR", b"bob", f"{nonce}:{'ab' * 16}".encode())]


def test_who_wants_no_answer_gets_none():
    last = converse(NEW, [msg({"insert": "x"}, flags=2)])[-1]
    assert (last.data, last.then) == (b"", Then.LISTEN)


def test_a_browser_is_told_where_it_is():
    last = converse(NEW, [b"GET / HTTP/1.1\r\n\r\n"])[-1]
    assert last.data.endswith(b"on the native driver port.\n")
    assert last.then is Then.CLOSE


@pytest.mark.parametrize(
    ("who", "data"),
    [
        (NEW, b"\5\0\0\0\0"), (NEW, message(2012, bytes(9))), (NEW, message(2013, b"")), (NEW, b"\r\n\r\n"),
        (OLD, msg({"ping": 1})),
    ],
)  # fmt: skip
def test_what_is_broken_or_too_new_ends_it(who, data):
    last = converse(who, [data])[-1]
    assert (last.data, last.then) == (b"", Then.CLOSE)


@pytest.mark.parametrize("who", [NEW, OLD, LOCKED])
def test_it_never_breaks(who):
    start = {"saslStart": 1, "mechanism": "SCRAM-SHA-1", "payload": b"n,,n=bob,r=abcde"}
    words = (msg({"hello": 1}), query({"getnonce": 1}), msg(start), query({"a": 1}, "b.c"), written({"a": 1}))
    never_raises(
        who, *words, msg({"saslContinue": 1, "payload": b"c=biws,r=x,p=eHh4"}), b"\xff\xff\xff\xff", examples=25
    )
