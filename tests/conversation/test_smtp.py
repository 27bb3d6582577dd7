"""SMTP up to the refused recipient or password: the order of commands, each product's words, patience with errors."""

from base64 import b64encode

import pytest

from rawspoof.core.conversation.base import Credential, Request, Then
from rawspoof.core.conversation.smtp import Smtp
from rawspoof.core.conversation.visit import Visit
from tests.conversation.talks import converse, credentials, living, never_raises, said, talk

POSTFIX = living("postfix", os="linux/debian")
EXIM = living("exim")
SENDMAIL = living("sendmail")
QMAIL = living("qmail")
EXCHANGE = living("exchange-smtp")
KERIO = living("kerio-smtp")
LMTP = living("cyrus-lmtp")
ENGINES = object()
"""That there is some is all that a speaker asks."""
NAME = POSTFIX.facts["fqdn"]


def ask(who, *lines):
    return [reply.data for reply in converse(who, [line + b"\r\n" for line in lines])[1:]]


def test_a_relay_is_refused_by_the_address_that_was_asked_for():
    assert ask(POSTFIX, b"MAIL FROM:<a@b.c> BODY=8BITMIME", b"rcpt to:<Vic@Tim.org> NOTIFY=NEVER", b"RCPT TO:x@y") == [
        b"250 2.1.0 Ok\r\n",
        b"454 4.7.1 <Vic@Tim.org>: Relay access denied\r\n",
        b"454 4.7.1 <x@y>: Relay access denied\r\n",
    ]
    assert ask(KERIO, b"HELO x", b"MAIL FROM:<>", b"RCPT TO:<a%s@b>")[2] == b"550 5.7.1 <a%s@b>: Relaying denied\r\n"
    assert ask(SENDMAIL, b"HELO x", b"MAIL FROM:<a@b>", b"RCPT TO:<c@d>")[1:] == [
        b"250 2.1.0 <a@b>... Sender ok\r\n",
        b"550 5.7.1 <c@d>... Relaying denied\r\n",
    ]


@pytest.mark.parametrize("address", [b"bob", b"bob@localhost", b"Bob@" + NAME.upper()])
def test_nobody_lives_here(address):
    unknown = b"550 5.1.1 <%b>: Recipient address rejected: User unknown in local recipient table\r\n" % address
    assert ask(POSTFIX, b"MAIL FROM:<a@b.c>", b"RCPT TO:<%b>" % address)[1] == unknown


def test_commands_out_of_order_are_refused():
    assert ask(POSTFIX, b"DATA", b"RCPT TO:<a@b>", b"MAIL FROM:<>", b"MAIL FROM:<>", b"DATA", b"RSET", b"DATA") == [
        b"503 5.5.1 Error: need RCPT command\r\n",
        b"503 5.5.1 Error: need MAIL command\r\n",
        b"250 2.1.0 Ok\r\n",
        b"503 5.5.1 Error: nested MAIL command\r\n",
        b"554 5.5.1 Error: no valid recipients\r\n",
        b"250 2.0.0 Ok\r\n",
        b"503 5.5.1 Error: need RCPT command\r\n",
    ]
    assert ask(EXCHANGE, b"MAIL FROM:<a@b>") == [b"503 5.5.2 Send hello first\r\n"]
    assert ask(QMAIL, b"RCPT TO:<a@b>", b"MAIL FROM:<>", b"DATA") == [
        b"503 MAIL first (#5.5.1)\r\n",
        b"250 ok\r\n",
        b"503 RCPT first (#5.5.1)\r\n",
    ]


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        (b"EHLO", b"501 Syntax: EHLO hostname\r\n"),
        (b"HELO ", b"501 Syntax: HELO hostname\r\n"),
        (b"MAIL a@b", b"501 5.5.4 Syntax: MAIL FROM:<address>\r\n"),
        (b"MAIL FROM:", b"501 5.5.4 Syntax: MAIL FROM:<address>\r\n"),
        (b"AUTH", b"501 5.5.4 Syntax: AUTH mechanism\r\n"),
        (b"VRFY root", b"550 5.1.1 <root>: Recipient address rejected: User unknown in local recipient table\r\n"),
        (b"EXPN root", b"500 5.5.2 Error: command not recognized\r\n"),
        (b"", b"500 5.5.2 Error: bad syntax\r\n"),
    ],
)
def test_what_is_no_command_is_told_so(line, answer):
    assert ask(POSTFIX, line) == [answer]


@pytest.mark.parametrize("line", [b"GET / HTTP/1.0", b"CONNECT a:25", b"Host: a", b"\x16\x03\x01\0"])
def test_postfix_breaks_rules_with_who_speaks_another_protocol(line):
    reply = converse(POSTFIX, [line + b"\r\n"])[-1]
    assert (reply.data, reply.then) == (b"221 2.7.0 Error: I can break rules, too. Goodbye.\r\n", Then.CLOSE)


def test_products_say_hello_to_the_clients_name_and_address():
    host = EXIM.facts["fqdn"]
    assert ask(EXIM, b"HELO a%sb") == [b"250 %b Hello a%%sb [192.0.2.7]\r\n" % host]
    first, *_, last = ask(EXIM, b"EHLO x")[0].split(b"\r\n")[:-1]
    assert (first, last) == (b"250-%b Hello x [192.0.2.7]" % host, b"250 HELP")


def test_tls_is_offered_where_there_is_some_and_what_was_said_before_is_forgotten():
    assert b"STARTTLS" not in ask(POSTFIX, b"EHLO x")[0]
    assert ask(POSTFIX, b"STARTTLS") == [b"502 5.5.1 Error: command not implemented\r\n"]
    speaker = Smtp(Visit(EXCHANGE, engines=ENGINES))
    begun = converse(speaker, [b"EHLO x\r\nSTARTTLS now\r\nMAIL FROM:<a@b>\r\nSTARTTLS\r\n"])[-1]
    assert b"250-STARTTLS\r\n" in begun.data
    assert b"501 5.5.4 Syntax: STARTTLS\r\n" in begun.data
    assert begun.data.endswith(b"220 2.0.0 SMTP server ready\r\n")
    assert begun.then is Then.SECURE
    after = said(converse(speaker, [b"MAIL FROM:<a@b>\r\nEHLO x\r\nMAIL FROM:<a@b>\r\n"])[1:])
    assert after.startswith(b"503 5.5.2 Send hello first\r\n")
    assert b"STARTTLS" not in after
    assert after.endswith(b"250 2.1.0 Sender OK\r\n")


FAILED = b"535 5.7.8 Error: authentication failed: (reason unavailable)\r\n"
PLAIN = b64encode(b"admin\0bob\0pass word")


@pytest.mark.parametrize(
    ("lines", "proof"),
    [
        ([b"AUTH PLAIN " + PLAIN], Credential("PLAIN", b"bob", b"pass word")),
        ([b"auth plain", PLAIN], Credential("PLAIN", b"bob", b"pass word")),
        ([b"AUTH LOGIN", b"Ym9i", b"c2VjcmV0"], Credential("LOGIN", b"bob", b"secret")),
        ([b"AUTH LOGIN Ym9i", b"c2VjcmV0"], Credential("LOGIN", b"bob", b"secret")),
        ([b"AUTH LOGIN =", b""], Credential("LOGIN", b"", b"")),
    ],
)
def test_a_password_is_refused_late_and_noted(lines, proof):
    replies = converse(POSTFIX, [b"EHLO x\r\n", *(line + b"\r\n" for line in lines)])
    assert credentials(replies) == [proof]
    assert (replies[-1].data, replies[-1].after_s, replies[-1].then) == (FAILED, 2.0, Then.LISTEN)
    assert [reply.data[:4] for reply in replies[2:-1]] == [b"334 "] * (len(lines) - 1)


def test_a_challenge_is_noted_with_its_answer():
    who = living("mdaemon-smtp")
    asked, refused = converse(who, [b"AUTH CRAM-MD5\r\n", b64encode(b"bob " + b"a" * 32) + b"\r\n"])[1:]
    (proof,) = credentials([refused])
    assert (proof.method, proof.user) == ("CRAM-MD5", b"bob")
    challenge, digest = proof.secret.split(b":")
    assert asked.data == b"334 " + b64encode(bytes.fromhex(challenge.decode())) + b"\r\n"
    assert digest == b"a" * 32


def test_exchange_asks_for_ntlm_too():
    negotiate = b64encode(b"NTLMSSP\0\1\0\0\0" + bytes.fromhex("078208a2") + bytes(24))
    asked, challenged, refused = ask(EXCHANGE, b"AUTH NTLM", negotiate, b"AAAA")
    assert (asked, challenged[:12]) == (b"334 \r\n", b"334 TlRMTVNT")
    assert refused == b"535 5.7.3 Authentication unsuccessful\r\n"


@pytest.mark.parametrize(
    ("lines", "answer"),
    [
        ([b"AUTH PLAIN", b"*"], b"501 5.7.0 Authentication aborted\r\n"),
        (
            [b"AUTH LOGIN", b"!!"],
            b"535 5.7.8 Error: authentication failed: Invalid base64 data in continued response\r\n",
        ),
        ([b"AUTH NTLM"], b"535 5.7.8 Error: authentication failed: Invalid authentication mechanism\r\n"),
        ([b"MAIL FROM:<>", b"AUTH LOGIN"], b"503 5.5.1 Error: MAIL transaction in progress\r\n"),
    ],
)
def test_an_exchange_that_ends_before_a_password(lines, answer):
    assert ask(POSTFIX, *lines, b"NOOP")[-2:] == [answer, b"250 2.0.0 Ok\r\n"]


def test_a_server_without_mechanisms_knows_no_auth():
    assert ask(QMAIL, b"AUTH LOGIN") == [b"502 unimplemented (#5.5.1)\r\n"]


def test_errors_make_postfix_slow_and_then_too_many():
    replies = converse(POSTFIX, [b"foo\r\n"] * 20)[1:]
    assert [reply.after_s for reply in replies] == [0.0] * 10 + [1.0] * 10
    assert replies[-1].data.endswith(b"recognized\r\n421 4.7.0 %b Error: too many errors\r\n" % NAME)
    assert [reply.then for reply in replies] == [Then.LISTEN] * 19 + [Then.CLOSE]


def test_lmtp_says_hello_in_its_own_way_alone():
    assert ask(LMTP, b"EHLO x", b"LHLO x", b"LHLO")[::2] == [
        b"500 5.5.2 Syntax error\r\n",
        b"501 Syntax: LHLO hostname\r\n",
    ]


def test_commands_in_one_go_are_answered_in_one_go_and_each_is_evidence():
    lines = [b"EHLO x", b"MAIL FROM:<a@b.c>", b"RCPT TO:<d@e>", b"DATA", b"QUIT"]
    (reply,) = converse(POSTFIX, [b"".join(line + b"\r\n" for line in lines)])[1:]
    assert [note.data for note in reply.notes if isinstance(note, Request)] == lines
    assert reply.data.endswith(b"denied\r\n554 5.5.1 Error: no valid recipients\r\n221 2.0.0 Bye\r\n")
    assert reply.then is Then.CLOSE


def test_silence_and_lines_without_end_are_ended():
    spoken = talk(POSTFIX)
    spoken.opened(0.0)
    spoken.heard(b"NOOP\r\n", 0.0)
    assert spoken.idled(0.0).data == b"421 4.4.2 %b Error: timeout exceeded\r\n" % NAME
    assert converse(POSTFIX, [b"a" * 17000])[-1] == (b"500 5.5.2 Line too long\r\n", Then.CLOSE, 0.0, ())


@pytest.mark.parametrize("who", [POSTFIX, EXIM, QMAIL, LMTP], ids=["postfix", "exim", "qmail", "lmtp"])
def test_any_bytes_are_answered_the_same_however_they_are_cut(who):
    never_raises(
        who, b"EHLO x\r\n", b"AUTH LOGIN\r\n", b"*\r\n", b"YQ==\r\n", b"MAIL FROM:<a@b>\r\n", b"RCPT TO:<c>\r\n"
    )
