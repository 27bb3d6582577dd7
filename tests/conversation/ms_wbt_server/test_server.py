"""Remote Desktop up to the refusal, with CredSSP, with TLS alone and with neither."""

import pytest

from rawspoof.core.conversation.base import Credential, Then
from rawspoof.core.conversation.engines import Engines
from rawspoof.core.conversation.ms_wbt_server import Rdp, credssp, mcs
from rawspoof.core.conversation.visit import Visit
from tests.conversation import ntlm_client as ntlm
from tests.conversation.ms_wbt_server.test_connection import request
from tests.conversation.ms_wbt_server.test_mcs import info, initial
from tests.conversation.talks import NOON, converse, credentials, living, never_raises, said


class NoEngines(Engines):
    """They are only asked for by whoever goes over to TLS, which the speaker itself does not."""


def speaker(security):
    return Rdp(Visit(living("rdp", 3389, security=security), dice=3, engines=NoEngines))


def test_an_answer_to_ntlm_is_refused_and_noted():
    server = speaker("nla")
    said = server.answer(request(3), NOON)
    assert (said.then, said.notes) == (Then.SECURE, (Credential("mstshash", b"bob", b""),))
    asked = server.answer(credssp.reply(ntlm.first(ntlm.negotiate())), NOON)
    assert asked.then is Then.LISTEN
    refused = server.answer(credssp.reply(ntlm.later(ntlm.authenticate("bob"))), NOON)
    assert (refused.data, refused.then) == (credssp.refusal(0xC000006D), Then.CLOSE)
    assert refused.notes == (Credential("NTLMv2", b"CORP\\bob", ntlm.material(ntlm.nonce(asked.data))),)


def test_an_old_client_is_not_told_why():
    server = speaker("nla")
    server.answer(request(3), NOON)
    for token in (ntlm.negotiate(), ntlm.authenticate("", "", b"", b"\0")):
        last = server.answer(credssp.reply(token).replace(b"\2\1\6", b"\2\1\2", 1), NOON)
    assert (last.data, last.then, last.notes[0].method) == (b"", Then.CLOSE, "anonymous")


def test_who_cannot_what_the_server_wants_is_told():
    last = converse(living("rdp", 3389, security="nla"), [request(1)])[-1]
    assert (last.data[11:], last.then) == (b"\3\0\x08\0\5\0\0\0", Then.CLOSE)


def test_inside_tls_name_and_password_are_told_in_clear():
    server = speaker("tls")
    assert server.answer(request(1), NOON).then is Then.SECURE
    for message in (initial(), b"\4\1\0\1\0", b"\x28", b"\x38\0\6\3\xeb"):
        assert server.answer(mcs.framed(message), NOON).then is Then.LISTEN
    last = server.answer(mcs.framed(info("bob", "pw")), NOON)
    assert last == (mcs.DISCONNECT, Then.CLOSE, 0.0, (Credential("password", b"CORP\\bob", b"pw"),))


def test_with_its_own_encryption_it_ends_before_the_keys():
    who = living("rdp", 3389, security="rdp")
    replies = converse(who, [request(3), mcs.framed(initial()), mcs.framed(b"\x28"), mcs.framed(b"\x64" + bytes(90))])
    assert b"RSA1" in replies[2].data
    assert (replies[-1].data, replies[-1].then) == (mcs.DISCONNECT, Then.CLOSE)
    assert credentials(replies) == [Credential("mstshash", b"bob", b"")]


def test_without_engines_the_file_still_says_what_it_is():
    who = living("rdp", 3389, security="nla")
    assert said(converse(who, [request(3)])) == bytes.fromhex("030000130ed00000123400021f080002000000")
    assert converse(who, [request(3), b"\x16\3\1\0\5hello"])[-1].then is Then.CLOSE


@pytest.mark.parametrize(
    "probe", [b"GET / HTTP/1.0\r\n\r\n", b"\3\0\0\1", b"\3\0\xff\xff", b"\x30\x84", b"\3\0\0\x0b\6\xf0\0\0\0\0\0"]
)
def test_what_is_no_request_ends_it(probe):
    assert converse(living("rdp", 3389), [probe])[-1][:2] == (b"", Then.CLOSE)


@pytest.mark.parametrize("service", ["rdp", "rdp-others"])
def test_whatever_bytes_come(service):
    words = (
        request(3),
        request(1),
        request(None),
        mcs.framed(initial()),
        mcs.framed(info("a", "b")),
        mcs.framed(b"\x28"),
    )
    never_raises(living(service, 3389), *words, credssp.reply(ntlm.negotiate()), b"\3\0", b"\x30\x80", examples=25)
