"""SASL exchanges, and Base64 as clients send it."""

import pytest

from rawspoof.core.conversation.base import Credential
from rawspoof.core.conversation.ntlm import CHALLENGE, House, kind
from rawspoof.core.conversation.sasl import Ntlm, Sasl, decoded, encoded

HOUSE = House("LAB", "MAIL", "lab.example", "mail.lab.example", (10, 0, 17763))
NEGOTIATE = b"NTLMSSP\0" + bytes([1, 0, 0, 0]) + bytes.fromhex("078208a2") + bytes(24)
AUTHENTICATE = (
    b"NTLMSSP\0\3\0\0\0"
    + b"".join(size.to_bytes(2, "little") * 2 + at.to_bytes(4, "little") for size, at in ((0, 64), (40, 64), (0, 64)))
    + b"".join(size.to_bytes(2, "little") * 2 + at.to_bytes(4, "little") for size, at in ((3, 104), (0, 107), (0, 107)))
    + bytes(4)
    + bytes(range(40))
    + b"bob"
)


@pytest.mark.parametrize(
    ("mechanism", "steps", "proof"),
    [
        (b"PLAIN", [(b"", b"\0bob\0p\xc3\xbc")], Credential("PLAIN", b"bob", b"p\xc3\xbc")),
        (b"PLAIN", [(b"", b"nothing")], Credential("PLAIN", b"", b"")),
        (b"LOGIN", [(b"Username:", b"bob"), (b"Password:", b"pw")], Credential("LOGIN", b"bob", b"pw")),
        (b"LOGIN", [(b"Username:", b""), (b"Password:", b"")], Credential("LOGIN", b"", b"")),
        (b"CRAM-MD5", [(b"<1@x>", b"b ob abc")], Credential("CRAM-MD5", b"b ob", b"3c3140783e:abc")),
        (b"CRAM-MD5", [(b"<1@x>", b"abc")], Credential("CRAM-MD5", b"", b"3c3140783e:abc")),
    ],
)
def test_each_mechanism_ends_with_what_was_offered(mechanism, steps, proof):
    exchange = Sasl(mechanism, b"<1@x>")
    for asks, response in steps:
        assert exchange.asks == asks
        heard = exchange.hear(response)
        assert heard is None or heard == proof
    assert heard == proof


@pytest.mark.parametrize(
    ("line", "said"), [(b"YQ==", b"a"), (b"=", b""), (b"", b""), (b"YQ", None), (b"!", None), (b"\xff", None)]
)
def test_responses_come_out_of_base64_or_are_none(line, said):
    assert decoded(line) == said


def test_challenges_go_into_it():
    assert encoded(b"Username:") == b"VXNlcm5hbWU6"


def test_ntlm_is_asked_and_answered_in_its_own_messages():
    exchange = Ntlm(b"12345678", HOUSE, 0.0)
    assert exchange.asks == b""
    assert exchange.hear(NEGOTIATE) is None
    assert kind(exchange.asks) == CHALLENGE
    assert b"12345678" in exchange.asks
    answered = bytes(range(40)).hex().encode()
    assert exchange.hear(AUTHENTICATE) == Credential(
        "NTLMv2", b"bob", b"12345678".hex().encode() + b":" + answered[:32] + b":" + answered[32:]
    )


@pytest.mark.parametrize("response", [b"", b"NTLMSSP\0", AUTHENTICATE[:40]])
def test_what_is_none_of_ntlms_messages_proves_nothing(response):
    assert Ntlm(b"12345678", HOUSE, 0.0).hear(response) == Credential("NTLM", b"", b"")
