"""NTLM in HTTP: the challenge comes where the server offers the scheme, and its answer is kept with it."""

from base64 import b64decode, b64encode

from rawspoof.core.conversation import ntlm
from rawspoof.core.conversation.base import Reply, Then
from rawspoof.core.conversation.http.head import Head
from rawspoof.core.conversation.http.integrated import challenged
from rawspoof.core.conversation.visit import Visit
from tests.conversation.talks import NOON, converse, credentials, living

BEGIN = b"NTLMSSP\0\1\0\0\0\x07\x82\x08\xa2" + bytes(16)
REFUSAL = Reply(b"HTTP/1.1 401 U\r\nWWW-Authenticate: NTLM\r\nConnection: close\r\nX: y\r\n\r\n", Then.CLOSE)


def asked(value):
    return Head(b"GET", b"/", b"/", 11, {b"authorization": value})


def wsman(token):
    return b"POST /wsman HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nAuthorization: Negotiate %b\r\n\r\n" % b64encode(
        token
    )


def test_only_who_begins_at_a_server_that_offers_it_is_challenged():
    visit = Visit(living("httpapi"))
    for value in (b"Basic YTpi", b"NTLM", b"NTLM %%%", b"Negotiate " + b64encode(BEGIN)):
        assert challenged(REFUSAL, asked(value), visit, NOON) is REFUSAL
    said = challenged(REFUSAL, asked(b"NTLM " + b64encode(BEGIN)), visit, NOON)
    assert said.then is Then.LISTEN
    assert b"Connection" not in said.data
    token = b64decode(said.data.split(b"NTLM ")[1].split(b"\r")[0])
    assert ntlm.kind(token) == ntlm.CHALLENGE


def test_winrm_asks_hears_and_refuses():
    user, size = "bob".encode("utf-16-le"), 40
    proof = b"NTLMSSP\0\3\0\0\0" + b"".join(
        n.to_bytes(2, "little") * 2 + at.to_bytes(4, "little")
        for n, at in ((0, 64), (size, 70), (0, 64), (len(user), 64), (0, 64), (0, 64))
    )
    proof = proof.ljust(60, b"\0") + b"\1\0\0\0" + user + b"\xab" * size
    _, first, second = converse(living("httpapi"), [wsman(BEGIN), wsman(proof)])
    token = b64decode(first.data.split(b"Negotiate ")[1].split(b"\r")[0])
    (found,) = credentials([second])
    assert (found.method, found.user) == ("NTLMv2", b"bob")
    assert found.secret.startswith(token[24:32].hex().encode() + b":" + b"ab" * 16)
    assert second.data.startswith(b"HTTP/1.1 401 ")
