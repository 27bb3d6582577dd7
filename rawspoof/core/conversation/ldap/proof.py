"""Who a bind says it is, and how it proves that: what is read from the request. Knows no directory and believes nobody.

RFC 4511 §4.2 (bind), RFC 4616 (PLAIN), RFC 2831 (DIGEST-MD5), RFC 2195 (CRAM-MD5).
"""

import re
from base64 import b64encode
from typing import Final, NamedTuple

from rawspoof.core.conversation.base import Credential
from rawspoof.core.conversation.ldap import ber
from rawspoof.core.conversation.ldap.ber import INTEGER, OCTETS
from rawspoof.core.conversation.visit import Visit

SIMPLE: Final = 0x80
SASL: Final = 0xA3

# Where the user's name is in what these are answered with.
_USERS: Final = {b"DIGEST-MD5": re.compile(rb'\busername="?([^",]*)'), b"CRAM-MD5": re.compile(rb"(?s)^(.*) ")}


class Bind(NamedTuple):
    """What a bind has."""

    version: int
    name: bytes
    method: int
    """The identifier octet of the proof."""
    proof: bytes


def bind(body: bytes) -> Bind | None:
    """The bind that an operation's body is, None if it is none."""
    parts = ber.shaped(body, INTEGER, OCTETS)
    return Bind(parts[0].number, parts[1].body, *parts[2]) if parts and len(parts) == 3 else None


class Sasl(NamedTuple):
    """A step of SASL."""

    mechanism: bytes
    response: bytes | None
    """None where the client has nothing to say yet."""


def sasl(proof: bytes) -> Sasl | None:
    """The step that a proof is, None if it is none."""
    parts = ber.shaped(proof, OCTETS)
    return Sasl(parts[0].body, parts[1].body if len(parts) > 1 else None) if parts else None


def challenge(mechanism: bytes, visit: Visit, at: float) -> bytes | None:
    """What the client has to answer, None for a mechanism without such a thing."""
    host = visit.fact("fqdn", b"localhost")
    if mechanism == b"DIGEST-MD5":
        nonce = b64encode(visit.octets(b"digest-md5", 32))
        flags = b'qop="auth,auth-int,auth-conf",cipher="rc4-40,rc4-56,rc4,des,3des",maxbuf=65536'
        return b'nonce="%b",realm="%b",%b,charset=utf-8,algorithm=md5-sess' % (nonce, host, flags)
    if mechanism == b"CRAM-MD5":
        return b"<%d.%d@%b>" % (int.from_bytes(visit.octets(b"cram-md5", 4)), int(at), host)
    return None


def credential(step: Sasl, asked: bytes) -> Credential | None:
    """What a client offers in answer to `asked` (b"" for nothing), None while it offers nothing."""
    method, said = step.mechanism.decode("latin-1")[:20], step.response
    if said is None:
        return None
    if step.mechanism == b"PLAIN":
        _, user, secret = (*said.split(b"\0", 2), b"", b"")[:3]
        return Credential(method, user, secret)
    named = _USERS[step.mechanism].search(said) if step.mechanism in _USERS else None
    user = named[1] if named else b""
    return Credential(method, user, b"%b:%b" % (asked.hex().encode(), said.hex().encode()) if asked else said)
