"""Which requests a service of a foreign signature answers: nmap's probe, and what asks for the same in its protocol.

Gives regular expressions for the `match` frame, which match no more the more they are given.
"""

import re
from typing import Final

from rawspoof.core.signature.imported import Request

_REQUEST_LINE = re.compile(rb"([A-Z]+) (\S+) ([A-Z]+)/\d\.\d\r\n")
_HEAD: Final = rb"/\d\.\d\r?\n(?:[^\r\n]+\r?\n)*\r?\n"
_TLS: Final = rb"\x16\x03[\x00-\x04][\x00-\xff]{2}\x01"
"""A ClientHello (RFC 8446 §4.1.2), to its type."""

_PRINTED: Final = bytes(range(32, 127)) + b"\r\n\t"

HTTP: Final = Request(rb"(?:\r?\n)*(?:GET|POST|HEAD) \S+ HTTP" + _HEAD, close=True)
ANY_HTTP: Final = Request(rb"(?:\r?\n)*[A-Z]+ \S+ HTTP" + _HEAD, close=True)
RTSP: Final = Request(rb"(?:\r?\n)*[A-Z]+ \S+ RTSP" + _HEAD)
SIP: Final = Request(rb"(?:\r?\n)*[A-Z]+ \S+ SIP" + _HEAD)
ANYTHING: Final = Request(rb"[\x00-\xff]")
COMPLAINT: Final = Request(ANYTHING.when, close=True)
"""What a web server says of, too, which is no request at all."""


def of_probe(payload: bytes) -> Request:
    """The requests that a service of this probe's lines answers."""
    found = _REQUEST_LINE.match(payload)
    if found:
        return _of_request_line(*found.groups())
    if payload.startswith(b"\x16\x03"):
        return Request(_TLS)
    exact = b"".join(map(_escape, payload))
    if payload.translate(None, _PRINTED):
        return Request(exact)
    # What a person may type ends as their terminal ends lines, and is in the case they like.
    return Request(b"(?i:" + exact.replace(rb"\x0d\x0a", rb"\r?\n") + b")")


def _escape(byte: int) -> bytes:
    """A pattern for the byte that is easy to read and to write down."""
    return bytes([byte]) if bytes([byte]).isalnum() else b"\\x%02x" % byte


def _of_request_line(method: bytes, path: bytes, protocol: bytes) -> Request:
    if protocol == b"RTSP":
        return RTSP
    if protocol == b"SIP":
        return SIP
    if method == b"GET" and path == b"/":
        return HTTP
    # A page that is not there is any but the first one.
    where = rb"/[^\s]+" if method == b"GET" else rb"\S+"
    return Request(rb"(?:\r?\n)*" + method + b" " + where + b" " + protocol + _HEAD, close=True)
