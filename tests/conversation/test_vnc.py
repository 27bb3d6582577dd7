"""Screens over RFB: versions, each security type to its refusal, and what vendors say."""

from hashlib import md5

import pytest

from rawspoof.core.conversation.base import Credential, Then
from rawspoof.core.conversation.engines import Engines
from rawspoof.core.conversation.visit import Visit
from rawspoof.core.conversation.vnc import APPLE, TIGHT, Vnc
from tests.conversation.talks import NOON, converse, credentials, living, never_raises, said

V3, V7, V8 = (b"RFB 003.00%d\n" % n for n in (3, 7, 8))
ANSWER = bytes(range(16))


def ended(who, *chunks):
    replies = converse(who, chunks)
    assert replies[-1].then is Then.CLOSE
    return replies


def reason(text):
    return b"\0\0\0\1" + len(text).to_bytes(4) + text


@pytest.mark.parametrize(("client", "told"), [(V8, reason(b"password check failed!")), (V7, b"\0\0\0\1")])
def test_a_response_is_refused_and_noted(client, told):
    replies = ended(living("vnc", minor="8"), client, b"\2", ANSWER)
    assert [reply.data for reply in replies[:2]] == [b"RFB 003.008\n", b"\1\2"]
    challenge = replies[2].data
    assert len(challenge) == 16
    assert replies[3].data == told
    assert credentials(replies) == [Credential("VNC", b"", challenge.hex().encode() + b":" + ANSWER.hex().encode())]


@pytest.mark.parametrize(("minor", "client"), [("8", V3), ("3", V8), ("3", V3), ("5", V8)])
def test_in_the_first_version_the_server_decides(minor, client):
    replies = ended(living("vnc", minor=minor), client, ANSWER)
    assert (replies[1].data[:4], len(replies[1].data)) == (b"\0\0\0\2", 20)
    assert replies[2].data == b"\0\0\0\1"
    assert credentials(replies)


def test_a_server_without_vncs_own_type_cannot_serve_old_clients():
    last = ended(living("vnc-product", os="macos"), V3)[-1]
    assert last.data == b"\0\0\0\0\0\0\0\x1bNo supported security types"


def test_tightvnc_has_a_list_of_its_own():
    replies = ended(living("vnc", reason="Authentication failed"), V8, bytes((TIGHT,)), b"\0\0\0\2", ANSWER)
    assert replies[2].data == bytes(4) + b"\0\0\0\1\0\0\0\2STDVVNCAUTH_"
    assert replies[-1].data == reason(b"Authentication failed")
    assert credentials(replies)


class NoEngines(Engines):
    """Nobody asks them: the speaker only says that it goes over."""


def test_vencrypt_hears_name_and_password_inside_tls():
    who = living("vnc", types="\2\x13")
    server = Vnc(Visit(who, engines=NoEngines))
    steps = [
        (V8, b"\2\2\x13"),
        (b"\x13", b"\0\2"),
        (b"\0\2", b"\0\1\0\0\1\6"),
        (b"\0\0\1\6", b"\1"),
        (b"\0\0\0\3\0\0\0\2", b""),
    ]
    for asked, told in steps:
        reply = server.answer(asked, NOON)
        assert reply.data == told
        assert reply.then is (Then.SECURE if told == b"\1" else Then.LISTEN)
    last = server.answer(b"bobpw", NOON)
    assert (last.then, last.notes) == (Then.CLOSE, (Credential("Plain", b"bob", b"pw"),))


def test_without_engines_there_is_no_vencrypt():
    assert converse(living("vnc", types="\2\x13"), [V8])[1].data == b"\1\2"


def test_apples_secret_can_be_read_with_the_key_that_is_noted():
    asked = ended(living("vnc-product", os="macos"), b"RFB 003.889\n", bytes((APPLE,)), bytes(256))[2].data
    generator, size, prime = int.from_bytes(asked[:2]), int.from_bytes(asked[2:4]), int.from_bytes(asked[4:132])
    assert (generator, size, len(asked)) == (2, 128, 260)
    ours = 0xABCDEF
    hidden, public = b"h" * 128, pow(generator, ours, prime).to_bytes(128)
    replies = converse(living("vnc-product", os="macos"), [b"RFB 003.889\n", bytes((APPLE,)), hidden + public])
    key = md5(pow(int.from_bytes(asked[132:]), ours, prime).to_bytes(128)).hexdigest().encode()
    assert credentials(replies) == [Credential("ARD", b"", key + b":" + hidden.hex().encode())]


def test_realvnc_shows_a_key_and_goes_no_further():
    replies = ended(living("realvnc"), b"RFB 005.000\n", b"\5", bytes(20))
    assert (len(replies[2].data), replies[2].data[:4]) == (4 + 512, b"\0\0\x08\0")


@pytest.mark.parametrize("service", ["vnc-locked", "realvnc-unlicensed"])
def test_who_has_said_why_says_no_more(service):
    assert said(ended(living(service), V8)[1:]) == b""


@pytest.mark.parametrize("probe", [b"GET / HTTP/1.0\r\n\r\n", b"RFB 003.00x\n", bytes(12), V8 + b"\1", V8 + b"\xff"])
def test_what_is_out_of_order_ends_it(probe):
    assert ended(living("vnc", minor="8"), probe)[-1].data in (b"", b"\1\2")


@pytest.mark.parametrize("service", ["vnc", "vnc-product", "realvnc", "italc"])
def test_whatever_bytes_come(service):
    never_raises(living(service), V8, V3, b"RFB 003.889\n", b"\2", b"\x10\0\0\0\2", ANSWER, bytes(256), examples=15)
