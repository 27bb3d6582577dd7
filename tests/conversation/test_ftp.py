"""FTP up to the refused password: each product's words, who may ask what, how often and how late."""

import pytest

from rawspoof.core.conversation.base import Credential, Then
from rawspoof.core.conversation.ftp import Ftp
from rawspoof.core.conversation.visit import Visit
from tests.conversation.talks import converse, credentials, living, never_raises, said, talk

VSFTPD = living("vsftpd", ver="3.0.3")
PROFTPD = living("proftpd")
PURE = living("pureftpd")
MICROSOFT = living("microsoft-ftp")
ENGINES = object()
"""That there is some is all that a speaker asks."""
PROXY = living("ftp-proxy")


def ask(who, *lines):
    return [reply.data for reply in converse(who, [line + b"\r\n" for line in lines])[1:]]


def test_a_login_is_refused_late_noted_and_the_third_is_the_last():
    replies = converse(VSFTPD, [b"USER bob\r\n", b"PASS a b\r\n", b"USER x\r\nPASS 1\r\n", b"USER y\r\nPASS 2\r\n"])
    assert [r.data for r in replies[1:3]] == [b"331 Please specify the password.\r\n", b"530 Login incorrect.\r\n"]
    assert [r.then for r in replies] == [Then.LISTEN] * 4 + [Then.CLOSE]
    assert [r.after_s for r in replies[1:]] == [0.0, 3.0, 3.0, 3.0]
    assert credentials(replies) == [
        Credential("PASS", b"bob", b"a b"),
        Credential("PASS", b"x", b"1"),
        Credential("PASS", b"y", b"2"),
    ]


def test_a_refused_user_has_to_be_told_again():
    assert ask(VSFTPD, b"PASS x", b"USER a", b"PASS x", b"PASS x")[::3] == [b"503 Login with USER first.\r\n"] * 2


@pytest.mark.parametrize(
    "line", [b"SYST", b"LIST", b"PORT 1,2,3,4,5,6", b"PASV", b"foo", b"GET / HTTP/1.0", b"AUTH TLS"]
)
def test_vsftpd_wants_a_login_first_whatever_it_is_asked(line):
    assert ask(VSFTPD, line) == [b"530 Please login with USER and PASS.\r\n"]


def test_products_have_words_of_their_own():
    assert ask(PROFTPD, b"USER anonymous", b"NOOP", b"XYZ a", b"STOR x", b"USER") == [
        b"331 Password required for anonymous\r\n",
        b"200 NOOP command successful\r\n",
        b"500 XYZ not understood\r\n",
        b"530 Please login with USER and PASS\r\n",
        b"500 USER: command requires a parameter\r\n",
    ]
    assert ask(MICROSOFT, b"SYST", b"RETR x", b"XYZ", b"AUTH TLS") == [
        b"215 Windows_NT\r\n",
        b"530 Please login with USER and PASS.\r\n",
        b"500 Command not understood.\r\n",
        b"534 Local policy on server does not allow TLS secure connections.\r\n",
    ]


def test_who_sends_http_to_proftpd_is_hung_up_on():
    reply = converse(PROFTPD, [b"GET / HTTP/1.0\r\n\r\n"])[-1]
    assert (reply.data, reply.then) == (b"", Then.CLOSE)


def test_an_empty_line_asks_nothing():
    assert ask(VSFTPD, b"", b"QUIT") == [b"", b"221 Goodbye.\r\n"]


def test_a_proxy_that_knows_no_host_wants_no_password():
    assert ask(PROXY, b"USER bob", b"PASS x") == [
        b"501 Syntax error in USER, want user@host\r\n",
        b"503 Login with USER first.\r\n",
    ]


def test_where_tls_is_offered_protection_follows_it():
    speaker = Ftp(Visit(PURE, engines=ENGINES))
    assert said(converse(speaker, [b"PBSZ 0\r\nAUTH X\r\n"])[1:]) == (
        b"503 Secure command connection required first.\r\n504 Unknown AUTH type.\r\n"
    )
    begun = converse(speaker, [b"USER bob\r\nAUTH TLS\r\n"])[-1]
    assert begun.data.endswith(b"234 AUTH TLS OK.\r\n")
    assert begun.then is Then.SECURE
    assert said(converse(speaker, [b"PASS x\r\nPBSZ 0\r\nPROT P\r\n"])[1:]) == (
        b'332 Please tell me who you are\r\n200 PBSZ=0\r\n200 Data protection level set to "private"\r\n'
    )


def test_a_line_without_end_is_too_long():
    reply = converse(VSFTPD, [b"USER " + b"a" * 5000])[-1]
    assert (reply.data, reply.then) == (b"500 Input line too long.\r\n", Then.CLOSE)


def test_silence_is_ended_in_the_products_words():
    spoken = talk(PURE)
    spoken.opened(0.0)
    spoken.heard(b"NOOP\r\n", 0.0)
    assert spoken.patience_s == 120.0
    assert spoken.idled(0.0).data == b"421 Timeout - try typing a little faster next time\r\n"


@pytest.mark.parametrize("who", [VSFTPD, PROFTPD, PURE], ids=["vsftpd", "proftpd", "pure-ftpd"])
def test_any_bytes_are_answered_the_same_however_they_are_cut(who):
    never_raises(who, b"USER bob\r\n", b"PASS x\r\n", b"\r\n", b"AUTH TLS\r\n", b"QUIT\r\n", b"USER \r\n")
