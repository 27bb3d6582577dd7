"""What a request offers as proof of who asks: its Authorization fields, and forms that look like a log-in.

RFC 7617 (Basic), RFC 7616 (Digest), RFC 6750 (Bearer); NTLM is `ntlm`'s. Judges nothing: nobody is let in.
"""

import re
from binascii import Error, a2b_base64
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote_to_bytes

from rawspoof.core.conversation import ntlm
from rawspoof.core.conversation.base import Credential
from rawspoof.core.conversation.http.head import Head

FORMS: Final = ("form", "json")
"""Methods of passwords that a page asked for."""
FIELDS_MAX: Final = 64
"""Fields of a form that are looked at."""

_USER = re.compile(
    rb"(?i)(?:.*(?:user|login|account|mail|usr|uname|acct).*|log|uid|id|name|u|(?:pma_|os_|j_|f_)?username)\Z"
)
_SECRET = re.compile(rb"(?i)(?:.*(?:pass|pwd|passwd|psw|passphrase|secret|pword).*|pw|p|p2|pin|psd)\Z")
_DIGEST = re.compile(rb'(\w+)\s*=\s*(?:"([^"]*)"|([^\s,]*))')
_PART = re.compile(
    rb'(?i)content-disposition:[^\r\n]*?\bname="?([^"\r\n;]{1,100})"?[^\r\n]*\r?\n(?:[^\r\n]+\r?\n)*\r?\n'
)
_MEMBER = re.compile(rb'"([^"\\]{1,100})"\s*:\s*(?:"((?:[^"\\]|\\.)*)"|([\w.+-]+))')


def offered(head: Head, content: bytes, nonce: bytes) -> list[Credential]:
    """All that the request holds; `nonce` is what an NTLM client was challenged with."""
    values = [head.fields[name] for name in (b"authorization", b"proxy-authorization") if name in head.fields]
    found = [c for value in values if (c := _authorization(head, value, nonce)) is not None]
    query = head.path.partition(b"?")[2]
    forms = [("form", _pairs(query))] if query else []
    if content:
        forms.append(_form(head.fields.get(b"content-type", b"").lower(), content))
    return found + [c for method, pairs in forms if (c := _login(method, pairs)) is not None]


def _authorization(head: Head, value: bytes, nonce: bytes) -> Credential | None:
    scheme, _, given = value.partition(b" ")
    given, kind = given.strip(), scheme.lower()
    if kind == b"basic":
        user, _, secret = decoded(given).partition(b":")
        return Credential("Basic", user, secret)
    if kind == b"digest":
        told = {n.lower(): quoted or plain for n, quoted, plain in _DIGEST.findall(given)}
        # All that goes into the response: with the method, a cracker needs nothing else.
        return Credential("Digest", told.get(b"username", b""), head.method + b" " + given)
    if kind in (b"ntlm", b"negotiate"):
        said = ntlm.message(decoded(given))
        return ntlm.proof(said, nonce) if said else Credential("Negotiate", b"", given)
    return Credential(scheme.decode("latin-1")[:32].capitalize(), b"", given)


def decoded(text: bytes) -> bytes:
    """What Base64 says, however it is padded; the text itself if it is none."""
    try:
        return a2b_base64(text + b"=" * (-len(text) % 4)) or text
    except Error:
        return text


def _form(kind: bytes, content: bytes) -> tuple[str, Iterator[tuple[bytes, bytes]]]:
    """How a body was sent, and its fields."""
    if kind.startswith(b"multipart/"):
        parts = ((m[1], content[m.end() :].partition(b"\r\n--")[0]) for m in _PART.finditer(content))
        return "form", parts
    if b"json" in kind or content[:1] == b"{":
        return "json", ((m[1], m[2] or m[3] or b"") for m in _MEMBER.finditer(content))
    return "form", _pairs(content)


def _pairs(text: bytes) -> Iterator[tuple[bytes, bytes]]:
    for pair in text.split(b"&", FIELDS_MAX):
        name, _, value = pair.partition(b"=")
        yield unquote_to_bytes(name.replace(b"+", b" ")), unquote_to_bytes(value.replace(b"+", b" "))


def _login(method: str, pairs: Iterator[tuple[bytes, bytes]]) -> Credential | None:
    """The first field that looks like a password, with the first that looks like a name; None without a password."""
    user = secret = None
    for (name, value), _ in zip(pairs, range(FIELDS_MAX), strict=False):
        if secret is None and _SECRET.match(name):
            secret = value
        elif user is None and _USER.match(name):
            user = value
    return None if secret is None else Credential(method, user or b"", secret)
