"""POP3 up to the refused password: USER and PASS, APOP, AUTH, capabilities, patience."""

from base64 import b64encode

import pytest

from rawspoof.core.conversation.base import Credential, Then
from rawspoof.core.conversation.pop3 import Pop3
from rawspoof.core.conversation.visit import Visit
from tests.conversation.talks import converse, credentials, living, never_raises, said, talk

DOVECOT = living("dovecot-pop3", product="Dovecot pop3d")
COURIER = living("courier-pop3")
KERIO = living("kerio-pop3")
ENGINES = object()
"""That there is some is all that a speaker asks."""
FAILED = b"-ERR [AUTH] Authentication failed.\r\n"


def ask(who, *lines):
    return [reply.data for reply in converse(who, [line + b"\r\n" for line in lines])[1:]]


def test_a_password_is_refused_later_each_time():
    replies = converse(DOVECOT, [b"USER bob\r\nPASS a b\r\n"] * 5)[1:]
    assert [reply.data for reply in replies] == [b"+OK\r\n" + FAILED] * 5
    assert [reply.after_s for reply in replies] == [2.0, 6.0, 10.0, 17.0, 17.0]
    assert credentials(replies) == [Credential("PASS", b"bob", b"a b")] * 5


def test_a_password_needs_a_name_each_time():
    assert ask(DOVECOT, b"PASS x", b"USER a", b"PASS x", b"PASS x")[::3] == [b"-ERR No username given.\r\n"] * 2


@pytest.mark.parametrize(
    ("lines", "proof"),
    [
        ([b"AUTH PLAIN " + b64encode(b"\0bob\0pw")], Credential("PLAIN", b"bob", b"pw")),
        ([b"AUTH PLAIN", b64encode(b"\0bob\0pw")], Credential("PLAIN", b"bob", b"pw")),
        ([b"AUTH login", b"Ym9i", b"cHc="], Credential("LOGIN", b"bob", b"pw")),
    ],
)
def test_auth_ends_as_a_password_does(lines, proof):
    replies = converse(DOVECOT, [line + b"\r\n" for line in lines])
    assert replies[-1].data == FAILED
    assert credentials(replies) == [proof]
    assert ask(DOVECOT, b"AUTH PLAIN", b"*") == [b"+ \r\n", b"-ERR Authentication aborted by client.\r\n"]


def test_apop_is_noted_with_the_greetings_challenge():
    digest = b"0123456789abcdef0123456789abcdef"
    greeting, refused = converse(KERIO, [b"APOP bob " + digest + b"\r\n"])
    (proof,) = credentials([refused])
    assert (proof.method, proof.user) == ("APOP", b"bob")
    assert b" " + bytes.fromhex(proof.secret.split(b":")[0].decode()) + b"\r\n" in greeting.data
    assert proof.secret.endswith(b":" + digest)
    assert refused.data == b"-ERR Logon failure\r\n"


def test_a_greeting_without_challenge_is_none_to_answer():
    assert ask(DOVECOT, b"APOP bob abc") == [b"-ERR APOP not enabled.\r\n"]


def test_capabilities_tell_of_tls_where_there_is_some():
    assert b"STLS" not in ask(DOVECOT, b"CAPA")[0]
    assert ask(DOVECOT, b"STLS") == [b"-ERR TLS support isn't enabled.\r\n"]
    speaker = Pop3(Visit(DOVECOT, engines=ENGINES))
    begun = converse(speaker, [b"USER bob\r\nCAPA\r\nSTLS\r\n"])[-1]
    assert b"\r\nSTLS\r\nUSER\r\n" in begun.data
    assert begun.then is Then.SECURE
    after = said(converse(speaker, [b"PASS x\r\nCAPA\r\n"])[1:])
    assert after.startswith(b"-ERR No username given.\r\n")
    assert b"STLS" not in after
    assert ask(DOVECOT, b"AUTH") == [b"+OK\r\nPLAIN\r\nLOGIN\r\n.\r\n"]


def test_errors_in_a_row_are_too_many():
    unknown = b"-ERR Unknown command.\r\n"
    assert ask(DOVECOT, b"GET / HTTP/1.0", b"x", b"CAPA", b"x", b"x")[3:] == [unknown, unknown]
    reply = converse(DOVECOT, [b"x\r\n", b"x\r\n", b"x\r\n"])[-1]
    assert (reply.data, reply.then) == (unknown + b"-ERR Too many invalid bad commands.\r\n", Then.CLOSE)


def test_products_have_words_of_their_own():
    assert ask(COURIER, b"USER x", b"PASS y", b"foo", b"PASS y", b"QUIT") == [
        b"+OK Password required.\r\n",
        b"-ERR Login failed.\r\n",
        b"-ERR Invalid command.\r\n",
        b"-ERR USER/PASS required.\r\n",
        b"+OK Better luck next time.\r\n",
    ]


def test_silence_and_lines_without_end_are_ended():
    spoken = talk(DOVECOT)
    spoken.opened(0.0)
    spoken.heard(b"CAPA\r\n", 0.0)
    assert spoken.idled(0.0).data == b"-ERR Disconnected for inactivity.\r\n"
    assert converse(DOVECOT, [b"A" * 9000])[-1].data == b"-ERR Input buffer full, aborting\r\n"


@pytest.mark.parametrize("who", [DOVECOT, KERIO], ids=["dovecot", "kerio"])
def test_any_bytes_are_answered_the_same_however_they_are_cut(who):
    never_raises(who, b"USER a\r\n", b"PASS b\r\n", b"AUTH PLAIN\r\n", b"AUTH\r\n", b"APOP\r\n", b"*\r\n", b"CAPA\r\n")
