"""ManageSieve up to the refused password: strings in quotes and as literals, what needs no login."""

from base64 import b64encode

import pytest

from rawspoof.core.conversation.base import Credential, Then
from tests.conversation.talks import converse, credentials, living, never_raises

DOVECOT = living("dovecot-sieve")
CYRUS = living("cyrus-sieve")
PLAIN = b64encode(b"\0bob\0p w")
FAILED = b'NO "Authentication failed."\r\n'
BAD = b'NO "Error in MANAGESIEVE command received by server."\r\n'


def ask(who, *lines):
    return [reply.data for reply in converse(who, [line + b"\r\n" for line in lines])[1:]]


@pytest.mark.parametrize(
    "lines",
    [
        [b'AUTHENTICATE "PLAIN" "' + PLAIN + b'"'],
        [b'authenticate "plain" {%d+}\r\n' % len(PLAIN) + PLAIN],
        [b'AUTHENTICATE "PLAIN"', b'"' + PLAIN + b'"'],
        [b'AUTHENTICATE "PLAIN"', b"{%d+}\r\n" % len(PLAIN) + PLAIN],
    ],
)
def test_a_password_is_refused_late_and_noted(lines):
    replies = converse(DOVECOT, [line + b"\r\n" for line in lines])
    assert [reply.data for reply in replies[1:]] == [b'""\r\n'] * (len(lines) - 1) + [FAILED]
    assert replies[-1].after_s == 2.0
    assert credentials(replies) == [Credential("PLAIN", b"bob", b"p w")]


def test_commands_that_need_no_login():
    assert ask(DOVECOT, b"NOOP", b"LISTSCRIPTS", b'AUTHENTICATE "X"', b'AUTHENTICATE "PLAIN"', b'"*"', b"LOGOUT") == [
        b'OK "NOOP completed."\r\n',
        BAD,
        b'NO "Unsupported authentication mechanism."\r\n',
        b'""\r\n',
        b'NO "Authentication aborted by client."\r\n',
        b'OK "Logout completed."\r\n',
    ]
    greeting, capabilities = converse(DOVECOT, [b"CAPABILITY\r\n"])
    assert capabilities.data == greeting.data.replace(b"Dovecot ready.", b"Capability completed.")


def test_what_is_no_command_is_too_much_the_third_time():
    reply = converse(DOVECOT, [b"GET / HTTP/1.0\r\n", b"x\r\n", b"y\r\n"])[-1]
    assert (reply.data, reply.then) == (b'BYE "Too many invalid MANAGESIEVE commands."\r\n', Then.CLOSE)


@pytest.mark.parametrize("who", [DOVECOT, CYRUS], ids=["dovecot", "cyrus"])
def test_any_bytes_are_answered_the_same_however_they_are_cut(who):
    never_raises(who, b'AUTHENTICATE "PLAIN"', b" {3+}\r\n", b'"="', b"\r\n", b"*\r\n", b"CAPABILITY\r\n", b"{2}\r\n")
