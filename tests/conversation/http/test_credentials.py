"""Passwords in requests: header fields of each scheme, forms of each kind, and what is none."""

from base64 import b64encode

import pytest

from rawspoof.core.conversation.base import Credential
from rawspoof.core.conversation.http.credentials import offered
from rawspoof.core.conversation.http.head import Head

NONCE = b"\1" * 8
DIGEST = b'username="bob", realm="r", nonce="n", uri="/x", response="00ff", qop=auth, nc=00000001, cnonce="c"'
NTLM = (
    (
        b"NTLMSSP\0\3\0\0\0"
        + bytes(8)
        + b"\x18\0\x18\0\x48\0\0\0"
        + b"\x02\0\x02\0\x40\0\0\0"
        + b"\x06\0\x06\0\x42\0\0\0"
    ).ljust(60, b"\0")
    + b"\1\0\0\0"
    + b"D\0b\0o\0b\0"
    + b"\xab" * 24
)


def asked(path=b"/", method=b"POST", **fields):
    return Head(method, path, path, 11, {name.replace("_", "-").encode(): value for name, value in fields.items()})


@pytest.mark.parametrize(
    ("value", "credential"),
    [
        (b"Basic " + b64encode(b"bob:a:b"), Credential("Basic", b"bob", b"a:b")),
        (b"basic " + b64encode(b"bob:x").rstrip(b"="), Credential("Basic", b"bob", b"x")),
        (b"Digest " + DIGEST, Credential("Digest", b"bob", b"POST " + DIGEST)),
        (b"Bearer abc.def", Credential("Bearer", b"", b"abc.def")),
        (b"NTLM " + b64encode(NTLM), Credential("NTLMv1", b"D\\bob", b"01" * 8 + b"::" + b"ab" * 24)),
        (b"Negotiate YIIabc", Credential("Negotiate", b"", b"YIIabc")),
        (b"Token xyz", Credential("Token", b"", b"xyz")),
        (b"Basic %%%", Credential("Basic", b"%%%", b"")),
    ],
)
def test_header_fields(value, credential):
    assert offered(asked(authorization=value), b"", NONCE) == [credential]
    assert offered(asked(proxy_authorization=value), b"", NONCE) == [credential]


def test_a_message_that_names_nobody_is_no_credential():
    assert offered(asked(authorization=b"NTLM " + b64encode(b"NTLMSSP\0\1\0\0\0" + bytes(20))), b"", NONCE) == []


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        (b"application/x-www-form-urlencoded", b"username=bob&password=a%26b+c&go=1"),
        (b"", b"log=bob&pwd=a%26b+c&wp-submit=Log+In"),
        (b"", b"pma_username=bob&pma_password=a%26b+c"),
        (b"application/json", b'{"user":"bob","password":"a&b c"}'),
        (b"text/plain", b'{"email" : "bob", "passwd" : "a&b c"}'),
        (
            b"multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="login"\r\n\r\nbob\r\n'
            b'--x\r\nContent-Disposition: form-data; name="pass"\r\n\r\na&b c\r\n--x--\r\n',
        ),
    ],
)
def test_forms(kind, content):
    (found,) = offered(asked(content_type=kind), content, NONCE)
    assert found == Credential("json" if b"{" in content else "form", b"bob", b"a&b c")


def test_a_query_is_a_form():
    assert offered(asked(b"/check?user=a&pwd=b", b"GET"), b"", NONCE) == [Credential("form", b"a", b"b")]


@pytest.mark.parametrize("content", [b"q=search&page=2", b"name=bob", b"", b"\0\1\2", b"&&&==="])
def test_other_forms_offer_nothing(content):
    assert offered(asked(), content, NONCE) == []
