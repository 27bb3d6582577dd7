"""SASL exchanges, and Base64 as clients send it."""

import pytest

from rawspoof.core.conversation.base import Credential
from rawspoof.core.conversation.sasl import Sasl, decoded, encoded


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
