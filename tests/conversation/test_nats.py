"""NATS: it tells of itself, answers PING, and takes nobody."""

import json

from rawspoof.core.conversation.base import Credential, Then
from rawspoof.core.conversation.nats import LINE_MAX
from tests.conversation.talks import NOON, converse, credentials, living, never_raises, said, talk

WHO = living("nats", port=4222)
VIOLATION = b"-ERR 'Authorization Violation'\r\n"


def test_info_is_json():
    greeting = converse(WHO, [])[0].data
    told = json.loads(greeting.removeprefix(b"INFO "))
    assert told["auth_required"] is True
    assert len(told["server_id"]) == 56
    assert told["port"] == 4222


def test_whoever_connects_is_learned_and_turned_away():
    offers = {
        b'{"verbose":false,"user":"admin","pass":"s3cret"}': Credential("password", b"admin", b"s3cret"),
        b'{"auth_token":"t0k"}': Credential("token", b"", b"t0k"),
        b'{"nkey":"UABC","sig":"c2ln"}': Credential("nkey", b"UABC", b"c2ln"),
    }
    for options, credential in offers.items():
        replies = converse(WHO, [b"CONNECT " + options + b"\r\nPING\r\n"])
        assert said(replies[1:]) == VIOLATION
        assert replies[-1].then is Then.CLOSE
        assert credentials(replies) == [credential]
    replies = converse(WHO, [b'connect {"user":7}\r\n'])
    assert credentials(replies) == [Credential("password", b"", b"")]
    assert credentials(converse(WHO, [b"CONNECT {}\r\n"])) == []


def test_ping_is_answered_and_nothing_is_heard_without_a_user():
    assert said(converse(WHO, [b"PING\r\n", b"pong\r\n", b"ping\r\n"])[1:]) == b"PONG\r\n" * 2
    assert said(converse(WHO, [b"SUB > 1\r\n"])[1:]) == VIOLATION
    assert said(converse(WHO, [b"GET / HTTP/1.0\r\n\r\n"])[1:]) == b"-ERR 'Unknown Protocol Operation'\r\n"
    for broken in (b"CONNECT {\r\n", b"CONNECT []\r\n", b"CONNECT " + b"[" * 3000 + b"\r\n"):
        assert said(converse(WHO, [broken])[1:]) == b"-ERR 'Parser Error'\r\n"
    assert said(converse(WHO, [b"x" * LINE_MAX])[1:]) == b""
    assert said(converse(WHO, [b"x" * (LINE_MAX + 1)])[1:]) == b"-ERR 'Maximum Control Line Exceeded'\r\n"


def test_who_is_slow_is_told():
    spoken = talk(WHO)
    spoken.heard(b"PING\r\n", NOON)
    assert spoken.patience_s == 2.0
    assert spoken.idled(NOON).data == b"-ERR 'Authentication Timeout'\r\n"


def test_any_bytes_are_borne():
    never_raises(
        WHO, b"CONNECT ", b'{"user":"a","pass":"\\ud800"}', b"PING", b"\r\n", b"SUB a 1\r\n", b"{", b'{"nkey":1}'
    )
