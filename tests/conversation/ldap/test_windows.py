"""Active Directory challenges NTLM in both ways and keeps the answer; others know neither."""

import struct

import pytest

from rawspoof.core.conversation.ldap.ber import elements, write
from rawspoof.core.conversation.ldap.windows import SPNEGO
from tests.conversation.ldap.requests import message, sasl
from tests.conversation.talks import converse, credentials, living, never_raises, said

AD = living("active-directory", level="7")
NEGOTIATE = b"NTLMSSP\0" + struct.pack("<II", 1, 0x00088207) + bytes(16)


def authenticate():
    """An answer with NTLMv1 to whatever was asked."""
    fields = [bytes(24), b"n" * 24, "EXAMPLE".encode("utf-16-le"), "bob".encode("utf-16-le"), b"", b""]
    head, body = b"NTLMSSP\0" + struct.pack("<I", 3), b""
    for field in fields:
        head += struct.pack("<HHI", len(field), len(field), 64 + len(body))
        body += field
    return head + struct.pack("<I", 1) + body


def sicily(tag, token, number=1):
    return message(number, write(0x60, b"\2\1\3", write(4), write(tag, token)))


def result(reply):
    """Code, name and the rest of a bind's result."""
    parts = elements(elements(elements(reply.data)[0].body)[1].body)
    return parts[0].number, parts[1].body, parts[3:]


def test_sicily():
    talk = [sicily(0x89, b""), sicily(0x8A, NEGOTIATE, 2), sicily(0x8B, authenticate(), 3)]
    packages, challenge, refusal = converse(AD, talk)[1:]
    assert result(packages)[:2] == (0, b"NTLM")
    assert result(challenge)[0] == 0
    assert result(challenge)[1].startswith(b"NTLMSSP\0\2\0\0\0")
    assert result(refusal)[0] == 49
    (offered,) = credentials([refusal])
    assert (offered.method, offered.user) == ("NTLMv1", b"EXAMPLE\\bob")
    assert result(challenge)[1][24:32].hex().encode() == offered.secret.split(b":")[0]


def test_spnego():
    challenge, refusal = converse(AD, [sasl(SPNEGO, NEGOTIATE), sasl(SPNEGO, authenticate())])[1:]
    code, _, (proof,) = result(challenge)
    assert (code, proof.tag, proof.body[:8]) == (14, 0x87, b"NTLMSSP\0")
    assert result(refusal)[0] == 49
    assert [offered.user for offered in credentials([refusal])] == [b"EXAMPLE\\bob"]


@pytest.mark.parametrize("token", [b"", b"NTLMSSP\0", b"x" * 40])
def test_what_is_no_ntlm_is_refused(token):
    for request in (sicily(0x8B, token), sasl(SPNEGO, token)):
        assert result(converse(AD, [request])[-1])[0] == 49


def test_others_have_no_ntlm():
    other = living("ldap", version="2.2.X - 2.3.X")
    assert b"unknown authentication method" in said(converse(other, [sicily(0x89, b"")]))
    assert b"Couldn't find mech GSS-SPNEGO" in said(converse(other, [sasl(SPNEGO, NEGOTIATE)]))


def test_nothing_breaks_it():
    never_raises(AD, sicily(0x8A, NEGOTIATE), sicily(0x8B, authenticate()), sasl(SPNEGO, NEGOTIATE), examples=20)
