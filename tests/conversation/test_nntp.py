"""NNTP up to the refused password: AUTHINFO, what needs a login and what does not."""

import pytest

from rawspoof.core.conversation.base import Credential, Then
from rawspoof.core.conversation.nntp import Nntp
from rawspoof.core.conversation.visit import Visit
from tests.conversation.talks import converse, credentials, living, never_raises, said

INN = living("inn")
CYRUS = living("cyrus-nntp")
LEAFNODE = living("leafnode")
ENGINES = object()
"""That there is some is all that a speaker asks."""


def ask(who, *lines):
    return [reply.data for reply in converse(who, [line + b"\r\n" for line in lines])[1:]]


def test_a_password_is_refused_late_and_noted():
    replies = converse(INN, [b"AUTHINFO USER bob\r\n", b"authinfo pass a b\r\n"])
    assert [reply.data for reply in replies[1:]] == [b"381 Enter password\r\n", b"481 Authentication failed\r\n"]
    assert replies[-1].after_s == 3.0
    assert credentials(replies) == [Credential("AUTHINFO", b"bob", b"a b")]


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        (b"AUTHINFO PASS x", b"482 Authentication commands issued out of sequence\r\n"),
        (b"AUTHINFO", b"501 Bad AUTHINFO command\r\n"),
        (b"AUTHINFO USER", b"501 Bad AUTHINFO command\r\n"),
        (b"AUTHINFO SASL PLAIN AGEAYg==", b"503 Mechanism not recognized\r\n"),
        (b"GROUP alt.test", b"480 Authentication required for command\r\n"),
        (b"LIST", b"480 Authentication required for command\r\n"),
        (b"GET / HTTP/1.0", b"500 What?\r\n"),
        (b"DATE", b"111 20250101120000\r\n"),
        (b"QUIT", b"205 Bye!\r\n"),
    ],
)
def test_what_needs_a_login_and_what_does_not(line, answer):
    assert ask(INN, line) == [answer]
    assert ask(INN, b"MODE  reader")[0].startswith(b"200 ")


def test_products_have_words_of_their_own():
    assert ask(LEAFNODE, b"foo", b"QUIT") == [b"500 Unknown command\r\n", b"205 Always happy to serve!\r\n"]
    assert ask(CYRUS, b"GROUP x") == [b"480 Authentication required\r\n"]


def test_tls_is_offered_where_there_is_some():
    assert b"STARTTLS" not in ask(CYRUS, b"CAPABILITIES")[0]
    speaker = Nntp(Visit(CYRUS, engines=ENGINES))
    begun = converse(speaker, [b"AUTHINFO USER x\r\nCAPABILITIES\r\nSTARTTLS\r\n"])[-1]
    assert b"\r\nSTARTTLS\r\n.\r\n382 " in begun.data
    assert begun.then is Then.SECURE
    after = said(converse(speaker, [b"CAPABILITIES\r\nAUTHINFO PASS x\r\n"])[1:])
    assert b"STARTTLS" not in after
    assert after.endswith(b"482 Must give AUTHINFO USER command first\r\n")


@pytest.mark.parametrize("who", [INN, CYRUS], ids=["inn", "cyrus"])
def test_any_bytes_are_answered_the_same_however_they_are_cut(who):
    never_raises(
        who, b"AUTHINFO USER a\r\n", b"AUTHINFO PASS b\r\n", b"AUTHINFO SASL X\r\n", b"\r\n", b" ", b"QUIT\r\n"
    )
