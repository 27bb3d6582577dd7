"""Requests and responses as header lines, the way RTSP and SIP have them from HTTP: cut, read, put together.

Knows lines, no protocol's meaning. RFC 2326 §4, RFC 3261 §7.
"""

import re
from binascii import Error, a2b_base64
from typing import Final, NamedTuple

from rawspoof.core.conversation.base import Credential
from rawspoof.core.conversation.framing import REQUEST_MAX, Frame, Part, http

FIELDS_MAX: Final = 100
"""Header lines that are read."""
PING: Final = b"\r\n\r\n"
"""Empty lines, sent to keep a connection. RFC 5626 §4.4.1."""

_LINE = re.compile(rb"([A-Za-z_]{1,32}) (\S+) ([A-Z]+)/\d\.\d[ \t]*\Z")
_FIELD = re.compile(rb"([A-Za-z0-9_-]{1,40})[ \t]*:[ \t]*(.*)", re.DOTALL)
_USER = re.compile(rb'(?i)\busername\s*=\s*"([^"]*)"')
_LENGTH = re.compile(rb"(?im)^(?:Content-Length|l)[ \t]*:[ \t]*(\d{1,9})[ \t]*\r?$")


class Message(NamedTuple):
    """A request."""

    method: bytes
    target: bytes
    protocol: bytes
    """Without its version."""
    fields: dict[bytes, bytes]
    """First value of each name, in lower case."""
    body: bytes


def cut(heard: bytearray) -> Frame | None:
    """The first request with its body. Empty lines before it are a part by themselves: they keep connections alive."""
    if heard[0] in PING:
        if heard.startswith(PING):
            return Part(PING, len(PING))
        return None if PING.startswith(heard) else Part(b"", 1)
    head = http(heard)
    length = _LENGTH.search(head.request) if head and head.request.count(b"\n") > 1 else None
    if head is None or length is None:
        return head
    end = head.taken + int(length[1])
    if end > REQUEST_MAX:
        return head._replace(last=True)
    return Frame(bytes(heard[:end]), end) if len(heard) >= end else None


def read(request: bytes) -> Message | None:
    """What was asked, None for what is no request."""
    head, _, body = request.replace(b"\r\n", b"\n").partition(b"\n\n")
    asked, *lines = head.split(b"\n")
    line = _LINE.match(asked)
    if line is None:
        return None
    fields: dict[bytes, bytes] = {}
    for found in map(_FIELD.match, lines[:FIELDS_MAX]):
        if found:
            fields.setdefault(found[1].lower(), found[2].strip())
    return Message(line[1], line[2], line[3], fields, body)


def status(response: bytes) -> int:
    """The code of a response, 0 for what is none."""
    words = response[:64].split(b" ", 2)
    return int(words[1]) if len(words) > 1 and words[1].isdigit() else 0


def lines(response: bytes, *names: bytes) -> list[bytes]:
    """The header lines with these names, in lower case, as they stand in a response."""
    found = response.partition(b"\r\n\r\n")[0].split(b"\r\n")[1:]
    return [line for line in found if line.partition(b":")[0].strip().lower() in names]


def built(first: bytes, *fields: bytes) -> bytes:
    """A response without a body."""
    return b"\r\n".join((first, *fields, b"", b""))


def offered(asked: Message) -> tuple[Credential, ...]:
    """What a request has to prove who sent it. RFC 7617 (Basic), RFC 7616 (Digest)."""
    given = asked.fields.get(b"authorization") or asked.fields.get(b"proxy-authorization")
    if given is None:
        return ()
    scheme, _, text = given.partition(b" ")
    if scheme.lower() == b"basic":
        try:
            user, _, secret = a2b_base64(text).partition(b":")
        except Error:
            return (Credential("Basic", b"", text),)
        return (Credential("Basic", user, secret),)
    named = _USER.search(text)
    # All that goes into the response: with the method, a cracker needs nothing else.
    method = scheme.decode("latin-1")[:32].capitalize()
    return (Credential(method, named[1] if named else b"", asked.method + b" " + text.strip()),)
