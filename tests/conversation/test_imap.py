"""IMAP up to the refused password: tags, strings in all their forms, exchanges, patience with what is no command."""

from base64 import b64encode

import pytest

from rawspoof.core.conversation.base import Credential, Request, Then
from rawspoof.core.conversation.imap import Imap, astrings
from rawspoof.core.conversation.visit import Visit
from tests.conversation.talks import converse, credentials, living, never_raises, said, talk

DOVECOT = living("dovecot-imap", os="unix", product="Dovecot imapd")
CYRUS = living("cyrus-imap", os="unix")
COURIER = living("courier-imap")
KERIO = living("kerio-imap")
ENGINES = object()
"""That there is some is all that a speaker asks."""
FAILED = b" NO [AUTHENTICATIONFAILED] Authentication failed.\r\n"
BAD = b" BAD Error in IMAP command received by server.\r\n"


def ask(who, *lines):
    return [reply.data for reply in converse(who, [line + b"\r\n" for line in lines])[1:]]


@pytest.mark.parametrize(
    ("chunks", "user", "secret"),
    [
        ([b"a LOGIN bob pw\r\n"], b"bob", b"pw"),
        ([b'a login "b\\"o\\\\" "p w"\r\n'], b'b"o\\', b"p w"),
        ([b"a LOGIN {3+}\r\nb\rb {0+}\r\n\r\n"], b"b\rb", b""),
        ([b"a LOGIN {3}\r\n", b"bob {4}\r\n", b"p\r\nw\r\n"], b"bob", b"p\r\nw"),
        ([b'a LOGIN "" {2+}\r\npw\r\n'], b"", b"pw"),
    ],
)
def test_a_login_is_refused_late_and_noted(chunks, user, secret):
    replies = converse(DOVECOT, chunks)
    assert [reply.data for reply in replies[1:-1]] == [b"+ OK\r\n"] * (len(chunks) - 1)
    assert (replies[-1].data, replies[-1].after_s) == (b"a" + FAILED, 2.0)
    assert credentials(replies) == [Credential("LOGIN", user, secret)]
    evidence = [note.data for reply in replies for note in reply.notes if isinstance(note, Request)]
    assert evidence == [b"".join(chunks).removesuffix(b"\r\n")]


def test_refusals_come_later_each_time_and_never_end():
    replies = converse(DOVECOT, [b"t%d LOGIN a b\r\n" % n for n in range(6)])[1:]
    assert [reply.after_s for reply in replies] == [2.0, 6.0, 10.0, 17.0, 17.0, 17.0]
    assert {reply.then for reply in replies} == {Then.LISTEN}


@pytest.mark.parametrize(
    "line", [b"a LOGIN", b"a LOGIN x", b"a LOGIN a b c", b"a LOGIN (a) b", b'a LOGIN "a b', b"a AUTHENTICATE"]
)
def test_arguments_that_are_none(line):
    assert ask(DOVECOT, line) == [b"a" + BAD]


@pytest.mark.parametrize(
    ("lines", "proof"),
    [
        ([b"a AUTHENTICATE PLAIN", b64encode(b"\0bob\0pw")], Credential("PLAIN", b"bob", b"pw")),
        ([b"a authenticate plain " + b64encode(b"\0bob\0pw")], Credential("PLAIN", b"bob", b"pw")),
    ],
)
def test_authenticate_ends_as_a_login_does(lines, proof):
    replies = converse(DOVECOT, [line + b"\r\n" for line in lines])
    assert replies[-1].data == b"a" + FAILED
    assert credentials(replies) == [proof]


def test_an_exchange_that_ends_before_a_password():
    assert ask(DOVECOT, b"f AUTHENTICATE PLAIN", b"*", b"g AUTHENTICATE PLAIN !!", b"h AUTHENTICATE X") == [
        b"+ \r\n",
        b"f BAD Authentication aborted by client.\r\n",
        b"g BAD Invalid base64 data in initial response\r\n",
        b"h NO [ALERT] Unsupported authentication mechanism.\r\n",
    ]


def test_commands_that_need_no_login():
    assert ask(DOVECOT, b"A1 noop", b"A2 ID NIL", b"A3 ENABLE CONDSTORE", b"A4 LOGOUT") == [
        b"A1 OK NOOP completed.\r\n",
        b'* ID ("name" "Dovecot")\r\nA2 OK ID completed.\r\n',
        b"* ENABLED\r\nA3 OK ENABLE ignored in non-authenticated state.\r\n",
        b"* BYE Logging out\r\nA4 OK Logout completed.\r\n",
    ]
    assert ask(CYRUS, b"a SELECT x", b"a FOO", b"a NOOP") == [
        b"a BAD Please login first\r\n",
        b"a BAD Unrecognized command\r\n",
        b"a OK Completed\r\n",
    ]


def test_what_is_no_command_is_too_much_the_third_time():
    assert ask(DOVECOT, b"GET / HTTP/1.0", b"a STARTTLS", b"a NOOP", b"b SELECT inbox", b"+ NOOP") == [
        b"GET" + BAD,
        b"a BAD TLS support isn't enabled.\r\n",
        b"a OK NOOP completed.\r\n",
        b"b" + BAD,
        b"* BYE Too many invalid IMAP commands.\r\n",
    ]
    assert converse(DOVECOT, [b"foo\r\n", b"a foo\r\n", b"b foo\r\n"])[-1].then is Then.CLOSE
    assert ask(DOVECOT, b"", b"foo") == [b"*" + BAD] * 2


@pytest.mark.parametrize("size", [b"999999999999", b"4097", b"18446744073709551616+"])
def test_a_literal_too_large_is_not_waited_for(size):
    reply = converse(DOVECOT, [b"a LOGIN {" + size + b"}\r\n"])[-1]
    assert (reply.data, reply.then) == (b"* BYE Literal size too large\r\n", Then.CLOSE)


def test_literals_that_never_end_do():
    reply = converse(DOVECOT, [b"a LOGIN " + b"{4000+}\r\n".join([b"x" * 4000] * 4)])[-1]
    assert reply.then is Then.CLOSE


def test_tls_is_offered_where_there_is_some():
    assert b"STARTTLS" not in ask(DOVECOT, b"a CAPABILITY")[0]
    assert ask(DOVECOT, b"a STARTTLS") == [b"a BAD TLS support isn't enabled.\r\n"]
    speaker = Imap(Visit(COURIER, engines=ENGINES))
    begun = converse(speaker, [b"a CAPABILITY\r\nb STARTTLS\r\n"])[-1]
    assert b"STARTTLS\r\na OK" in begun.data
    assert begun.data.endswith(b"b OK Begin SSL/TLS negotiation now.\r\n")
    assert begun.then is Then.SECURE
    assert b"STARTTLS" not in said(converse(speaker, [b"a CAPABILITY\r\n"])[1:])


def test_products_have_words_of_their_own():
    assert ask(COURIER, b"a LOGIN b c", b"a FOO") == [
        b"a NO Login failed.\r\n",
        b"a NO Error in IMAP command received by server.\r\n",
    ]
    assert ask(KERIO, b"a LOGIN b c", b"a FOO") == [b"a NO Login failed\r\n", b"a BAD Unknown command\r\n"]


def test_silence_and_lines_without_end_are_ended():
    spoken = talk(DOVECOT)
    spoken.opened(0.0)
    spoken.heard(b"a NOOP\r\n", 0.0)
    assert spoken.idled(0.0).data == b"* BYE Disconnected for inactivity.\r\n"
    assert converse(DOVECOT, [b"a " + b"x" * 9000])[-1].data == b"* BYE Input buffer full, aborting\r\n"


def test_strings_of_all_kinds():
    assert astrings(b' a "b\\"" {2}\r\nc  "" {0+}\r\n') == [b"a", b'b"', b"c ", b"", b""]
    assert astrings(b"") == []
    assert astrings(b"a") is astrings(b' "') is astrings(b" a\0") is None


@pytest.mark.parametrize("who", [DOVECOT, CYRUS], ids=["dovecot", "cyrus"])
def test_any_bytes_are_answered_the_same_however_they_are_cut(who):
    words = (
        b"a LOGIN ",
        b"{3}\r\n",
        b"{2+}\r\n",
        b'"x"',
        b" ",
        b"\r\n",
        b"a AUTHENTICATE PLAIN\r\n",
        b"*\r\n",
        b"a NOOP",
    )
    never_raises(who, *words)
