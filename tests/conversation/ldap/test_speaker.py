"""Directories by product: the root entry, refused binds, StartTLS, what is no LDAP."""

import pytest

from rawspoof.core.conversation.base import Credential, Then
from rawspoof.core.conversation.ldap import Ldap
from rawspoof.core.conversation.visit import Visit
from tests.conversation.ldap.requests import (
    ABANDON,
    COMPARE,
    CRITICAL,
    DELETE,
    START_TLS,
    UNBIND,
    WHO_AM_I,
    bind,
    extended,
    message,
    sasl,
    search,
)  # fmt: skip
from tests.conversation.talks import NOON, converse, credentials, living, never_raises, said

OPENLDAP = living("ldap", version="2.2.X - 2.3.X")
AD = living("active-directory", level="7")
DS = living("389-directory-server")
ADMIN = b"cn=admin,dc=example"
DONE = b"0\x0c\2\1\1a\7\n\1%c\4\0\4\0"


def told(who, request):
    """What is heard to a request on a connection of its own."""
    return said(converse(who, [request]))


def code(who, request):
    """The result code of the last message: what stands behind the last ENUMERATED of one byte."""
    answer = told(who, request)
    return answer[answer.rindex(b"\n\1") + 2]


def test_openldap_binds_nobody():
    assert told(OPENLDAP, bind()) == DONE % 0
    assert told(OPENLDAP, bind(ADMIN, b"x")) == DONE % 49
    assert told(OPENLDAP, bind(b"", b"x")) == DONE % 49
    assert b"unauthenticated bind (DN with no password)" in told(OPENLDAP, bind(ADMIN))
    assert b"\x22\4\0\4\x0ainvalid DN" in told(OPENLDAP, bind(b"admin", b"x"))
    assert b"historical protocol version" in told(OPENLDAP, bind(version=2))
    assert b"historical protocol version" in told(OPENLDAP, bind(ADMIN, b"x", version=2))
    assert b"requested protocol version not supported" in told(OPENLDAP, bind(version=4))


def test_one_without_anonymous_binds():
    shut = living("ldap", text3="anonymous bind disallowed")
    assert told(shut, bind()) == b"0%\2\1\1a \n\x010\4\0\4\x19anonymous bind disallowed"


def test_windows_says_where_and_why():
    replies = converse(AD, [bind(b"EXAMPLE\\Administrator", b"Winter2024")])
    assert b"80090308: LdapErr: DSID-0C09042A, comment: AcceptSecurityContext error, data 52e, v3839\0" in said(replies)
    assert said(replies).startswith(b"0\x84\0\0")
    assert credentials(replies) == [Credential("simple", b"EXAMPLE\\Administrator", b"Winter2024")]
    assert code(AD, bind(b"Administrator")) == 0
    assert b"a successful bind must be completed" in told(AD, search(b"dc=example", 2))


def test_every_proof_is_noted():
    tried = [bind(b"uid=%d" % n, b"p%d" % n) for n in range(3)]
    assert credentials(converse(OPENLDAP, tried)) == [Credential("simple", b"uid=%d" % n, b"p%d" % n) for n in range(3)]
    assert credentials(converse(OPENLDAP, [bind(ADMIN, b"old", version=2)])) == [Credential("simple", ADMIN, b"old")]
    assert credentials(converse(DS, [bind(b"cn=Directory Manager", b"x")]))[0].user == b"cn=Directory Manager"


def test_sasl_is_challenged_and_refused():
    first, second = converse(OPENLDAP, [sasl(b"DIGEST-MD5"), sasl(b"DIGEST-MD5", b'username="a",response=1')])[1:]
    assert b"\x0e\4\0\4\x1cSASL(0): successful result: " in first.data
    assert b'nonce="' in first.data
    assert b"SASL(-13): user not found" in second.data
    assert credentials([first, second])[0].user == b"a"
    assert code(OPENLDAP, sasl(b"CRAM-MD5")) == 14
    assert b"Couldn't find mech GSSAPI" in told(OPENLDAP, sasl(b"GSSAPI", b"token"))
    assert b"no SASL mechanism provided" in told(OPENLDAP, sasl(b""))
    assert code(AD, sasl(b"NTLM", b"x")) == 7


def test_the_root_entry():
    plain = told(OPENLDAP, search())
    assert plain == (
        b"00\2\1\2d+\4\x000'0%\4\x0bobjectClass1\x16\4\3top\4\x0fOpenLDAProotDSE0\x0c\2\1\2e\7\n\1\0\4\0\4\0"
    )
    assert b"namingContexts1" in told(OPENLDAP, search(b"", 0, b"+"))
    assert told(OPENLDAP, search(b"", 0, b"1.1")) == b"0\x09\2\1\2d\4\4\x000\x000\x0c\2\1\2e\7\n\1\0\4\0\4\0"
    root = told(AD, search())
    assert b"\x04\x0bdnsHostName1\x84" in root
    assert AD.facts["fqdn"] in root
    assert b"Subschema" in told(OPENLDAP, search(b"cn=Subschema", 0, b"cn"))
    assert b"vendorVersion" in told(DS, search())


def test_nothing_else_is_found():
    assert code(OPENLDAP, search(b"dc=foo", 2)) == 32
    assert code(OPENLDAP, search(b"", 2)) == 32
    assert code(OPENLDAP, search(b"foo", 2)) == 34
    assert b"invalid scope" in told(OPENLDAP, search(b"", 9))
    assert b"modifications require authentication" in told(OPENLDAP, DELETE)
    assert code(OPENLDAP, COMPARE) == 32
    assert b"critical extension" in told(OPENLDAP, message(1, b"\x42\0", CRITICAL).replace(b"\x42\0", b"\x4a\0"))


class Engine:
    def tls(self, name, era):
        return None


def test_start_tls_once():
    open_ = Ldap(Visit(OPENLDAP, engines=Engine()))
    assert open_.answer(START_TLS, NOON) == (b"0\x0c\2\1\3x\7\n\1\0\4\0\4\0", Then.SECURE, 0.0, ())
    assert b"TLS already started" in open_.answer(START_TLS, NOON).data
    assert b"no request data" in open_.answer(extended(b"1.3.6.1.4.1.1466.20037", b"x"), NOON).data
    assert b"unsupported extended operation" in told(OPENLDAP, START_TLS)
    assert b"Error initializing SSL/TLS" in told(AD, START_TLS)


def test_other_extensions():
    assert told(OPENLDAP, WHO_AM_I) == b"0\x0e\2\1\3x\x09\n\1\0\4\0\4\0\x8b\0"
    assert b"unsupported extended operation" in told(OPENLDAP, extended(b"1.2.3"))
    assert b"only authenticated users" in told(OPENLDAP, extended(b"1.3.6.1.4.1.4203.1.11.1", b"x"))


def test_silence_and_the_end():
    assert converse(OPENLDAP, [ABANDON])[-1] == (b"", Then.LISTEN, 0.0, converse(OPENLDAP, [ABANDON])[-1].notes)
    assert converse(OPENLDAP, [UNBIND])[-1].then is Then.CLOSE


@pytest.mark.parametrize(
    "garbage",
    [b"1\0", b"0\0", b"0\x80\0\0", b"0\x84\xff\xff\xff\xff", b"\x16\3\1\2\0\1", b"0\2\4\0", b"\r\n\r\n" + bytes(20)],
)
def test_what_is_no_ldap_is_left(garbage):
    reply = converse(OPENLDAP, [garbage])[-1]
    assert (reply.data, reply.then) == (b"", Then.CLOSE)


@pytest.mark.parametrize(
    ("request_", "text"),
    [
        (message(3, b"\x7e\0"), b"unknown LDAP request"),
        (message(3, b"\x60\2xx"), b"decoding error"),
        (message(3, b"\x63\2xx"), b"decoding error"),
        (message(3, b"\x77\2xx"), b"decoding error"),
        (message(3, b"\x60\x09\2\1\3\4\0\xa3\2xx"), b"decoding error"),
    ],
)
def test_what_cannot_be_understood_ends_it_with_a_notice(request_, text):
    reply = converse(OPENLDAP, [request_])[-1]
    assert text in reply.data
    assert reply.data.endswith(b"1.3.6.1.4.1.1466.20036")
    assert reply.then is Then.CLOSE


@pytest.mark.parametrize("who", [OPENLDAP, AD, DS, living("vmware-directory"), living("ldap-directories")])
def test_nothing_breaks_it(who):
    never_raises(
        who, bind(), bind(ADMIN, b"x"), search(), sasl(b"DIGEST-MD5"), WHO_AM_I, b"0\x84", b"\x02\1", examples=15
    )
