"""Devices: the open one closes what is opened, the locked one takes no key; both keep what they are told."""

import struct

import pytest

from rawspoof.core.conversation.adb import TOKEN_BYTES, message
from rawspoof.core.conversation.base import Credential, Request, Then
from tests.conversation.talks import converse, credentials, living, never_raises, said

OPEN = living("adb", device="bullhead")
LOCKED = living("adb-locked")
CONNECT = message(b"CNXN", 0x01000000, 4096, b"host::\0")
MODERN = message(b"CNXN", 0x01000001, 1 << 20, b"host::features=shell_v2,cmd\0")
SHELL = message(b"OPEN", 7, 0, b"shell:id\0")
SIGNATURE = message(b"AUTH", 2, 0, b"s" * 256)


def test_a_message_is_as_nmap_sends_it():
    assert CONNECT == b"CNXN\0\0\0\1\0\x10\0\0\7\0\0\0\x32\2\0\0\xbc\xb1\xa7\xb1host::\0"


def test_an_open_device_says_what_it_is_and_opens_nothing():
    hello, shell = converse(OPEN, [CONNECT, SHELL])[1:]
    assert hello.data.startswith(b"CNXN\0\0\0\1\0\x10\0\0")
    assert b"ro.product.model=Nexus 5X;" in hello.data
    assert shell.data == message(b"CLSE", 0, 7)
    assert Request(SHELL) in shell.notes


def test_a_locked_device_wants_another_signature_each_time():
    hello, again = converse(LOCKED, [MODERN, SIGNATURE])[1:]
    tokens = [reply.data[24:] for reply in (hello, again)]
    assert [hello.data, again.data] == [message(b"AUTH", 1, 0, token) for token in tokens]
    assert (len(tokens[0]), tokens[0] != tokens[1]) == (TOKEN_BYTES, True)
    secret = tokens[0].hex().encode() + b":" + (b"s" * 256).hex().encode()
    assert credentials([again]) == [Credential("signature", b"", secret)]


def test_nmap_is_told_what_it_knows():
    hello, again = converse(LOCKED, [CONNECT, SIGNATURE])[1:]
    assert hello.data[:12] + hello.data[20:24] == b"AUTH\1\0\0\0\0\0\0\0\xbc\xb1\xa7\xb1"
    assert credentials([again])[0].secret.startswith(hello.data[24:].hex().encode() + b":")


def test_a_public_key_is_kept_and_its_owner_s_name():
    reply = converse(LOCKED, [CONNECT, message(b"AUTH", 3, 0, b"QAAAAKey= eve@laptop\0")])[-1]
    assert (reply.data, reply.then) == (b"", Then.LISTEN)
    assert credentials([reply]) == [Credential("publickey", b"eve@laptop", b"QAAAAKey=")]


def test_before_it_is_time_nothing_is_said():
    assert said(converse(LOCKED, [SIGNATURE, CONNECT[:24]])) == b""
    assert said(converse(OPEN, [SHELL])) == b""
    assert len(said(converse(LOCKED, [CONNECT, SHELL]))) == 24 + TOKEN_BYTES
    assert said(converse(LOCKED, [MODERN, SHELL]))[:4] == b"AUTH"
    assert said(converse(OPEN, [CONNECT, message(b"SYNC", 1, 1), message(b"OPEN", 0, 0)]))[-1:] == b"\0"


@pytest.mark.parametrize(
    "head",
    [b"GET / HTTP/1.0\r\n\r\nxxxxxxxx", struct.pack("<4s5I", b"CNXN", 0, 0, 2**32 - 1, 0, 0xB1A7B1BC), bytes(24)],
)
def test_what_does_not_fit_together_ends_it(head):
    assert converse(OPEN, [head])[-1][:2] == (b"", Then.CLOSE)


@pytest.mark.parametrize("who", [OPEN, LOCKED])
def test_nothing_breaks_it(who):
    never_raises(who, CONNECT, MODERN, SHELL, SIGNATURE, message(b"AUTH", 3, 0, b" "), examples=25)
