"""What binds say of who they are."""

from rawspoof.core.conversation.base import Credential
from rawspoof.core.conversation.ldap.ber import elements
from rawspoof.core.conversation.ldap.proof import SIMPLE, Bind, Sasl, bind, challenge, credential, sasl
from rawspoof.core.conversation.visit import Visit
from tests.conversation.ldap import requests
from tests.conversation.talks import NOON, living


def body(request):
    return elements(elements(request)[0].body)[1].body


def test_a_bind_and_a_step_of_sasl():
    assert bind(body(requests.bind(b"cn=a", b"b"))) == Bind(3, b"cn=a", SIMPLE, b"b")
    step = bind(body(requests.sasl(b"PLAIN", b"\0a\0b")))
    assert sasl(step.proof) == Sasl(b"PLAIN", b"\0a\0b")
    assert sasl(bind(body(requests.sasl(b"GSSAPI"))).proof) == Sasl(b"GSSAPI", None)
    assert bind(b"xx") is None
    assert sasl(b"\x02\x01\x01") is None


def test_challenges_are_the_connection_s_own():
    visit, other = Visit(living("ldap"), dice=1), Visit(living("ldap"), dice=2)
    for mechanism in (b"DIGEST-MD5", b"CRAM-MD5"):
        assert challenge(mechanism, visit, NOON) == challenge(mechanism, visit, NOON)
        assert challenge(mechanism, visit, NOON) != challenge(mechanism, other, NOON)
    assert challenge(b"GSSAPI", visit, NOON) is None


def test_credentials():
    assert credential(Sasl(b"PLAIN", b"x\0a\0b\0c"), b"") == Credential("PLAIN", b"a", b"b\0c")
    assert credential(Sasl(b"PLAIN", b"?"), b"") == Credential("PLAIN", b"", b"")
    assert credential(Sasl(b"CRAM-MD5", b"bob 0f"), b"<1>") == Credential("CRAM-MD5", b"bob", b"3c313e:626f62203066")
    digest = credential(Sasl(b"DIGEST-MD5", b'username="eve",nonce="x"'), b"n")
    assert (digest.user, digest.secret[:3]) == (b"eve", b"6e:")
    assert credential(Sasl(b"GSSAPI", b"to ken"), b"") == Credential("GSSAPI", b"", b"to ken")
    assert credential(Sasl(b"GSSAPI", None), b"") is None
