"""The head of a request as values: what is asked, how, and what is wrong with it. Knows RFC 9112, no server.

A fault is the name of the case (see `signature.site`) that a server answers it with; which status that is, is the
server's own.
"""

import re
from typing import Final, NamedTuple

LINE_MAX: Final = 8190
"""Bytes of a line. Precedents: nginx's large_client_header_buffers (8k), Apache's LimitRequestLine (8190)."""
FIELDS_MAX: Final = 100
"""Header lines of a request: Apache's LimitRequestFields."""

CHUNKED: Final = -1
"""A body that tells its length in pieces."""

_REQUEST_LINE = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+) +(\S+)(?: +(\S+))? *\r?\Z")
_VERSION = re.compile(rb"HTTP/(\d)\.(\d)\Z")
_ABSOLUTE = re.compile(rb"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*", re.DOTALL)
_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+\Z")


class Head(NamedTuple):
    """A request without its body."""

    method: bytes = b""
    target: bytes = b""
    """As it was sent."""
    path: bytes = b"/"
    """With its query, without scheme and authority."""
    version: int = 9
    """9, 10 or 11."""
    fields: dict[bytes, bytes] = {}  # noqa: RUF012 - never changed
    """Values by name in lower case; several of one name are joined by commas (RFC 9110 §5.2)."""
    length: int = 0
    """Bytes of the body, or CHUNKED."""
    fault: str = ""
    """The case that answers it, "" for a request that is right."""
    odd: bool = False
    """Whether there are lines that are no fields: strict servers mind."""
    many: bool = False
    """Whether there are more than FIELDS_MAX."""

    @property
    def absolute(self) -> bool:
        """Whether it is asked as one asks a proxy."""
        return self.method == b"CONNECT" or not self.target.startswith((b"/", b"*"))

    def tokens(self, name: bytes) -> set[bytes]:
        """The values that a field lists, in lower case."""
        value = self.fields.get(name)
        return set() if value is None else {token.strip() for token in value.lower().split(b",")}


def parse(raw: bytes) -> Head:
    """The head that these bytes are, from the request line to the empty line or their end."""
    lines = raw.split(b"\n")
    asked = _REQUEST_LINE.match(lines[0])
    if asked is None or len(lines[0]) > LINE_MAX:
        return Head(fault="bad" if len(lines[0]) <= LINE_MAX else "line")
    method, target, protocol = asked.groups()
    if protocol is None:
        return Head(method, target, _path(target), 9, {}, 0, "" if method == b"GET" and target[:1] == b"/" else "bad")
    version = _VERSION.match(protocol)
    path = target if target.startswith(b"/") else _path(target)
    placed = path.startswith(b"/") or (version is not None and version[1] == b"1" and _nowhere(method, target))
    if version is None or not placed:
        return Head(method, target, path, 10, {}, 0, "bad")
    if version[1] != b"1":
        return Head(method, target, path, 10, {}, 0, "version")
    return _fields(Head(method, target, path, 10 if version[2] == b"0" else 11), lines)


def _fields(head: Head, lines: list[bytes]) -> Head:
    fields: dict[bytes, bytes] = {}
    odd = False
    for line in lines[1:]:
        name, colon, value = line.partition(b":")
        if not colon or _NAME.match(name) is None:
            odd |= line.rstrip() != b""
            continue
        name, value = name.lower(), value.strip()
        fields[name] = fields[name] + b", " + value if name in fields else value
    length, fault = _length(fields)
    if max(map(len, lines)) > LINE_MAX:
        fault = "header"
    return head._replace(fields=fields, length=length, fault=fault, odd=odd, many=len(lines) - 3 > FIELDS_MAX)


def _length(fields: dict[bytes, bytes]) -> tuple[int, str]:
    """Bytes of the body, and the case of what cannot be understood about it. RFC 9112 §6.3."""
    coding = fields.get(b"transfer-encoding")
    told = fields.get(b"content-length")
    if coding is not None:
        if coding.lower() != b"chunked":
            return 0, "coding"
        return CHUNKED, "bad" if told is not None else ""
    if told is None:
        return 0, ""
    if not told.isdigit() or len(told) > 18:
        return 0, "bad"
    return int(told), ""


def _nowhere(method: bytes, target: bytes) -> bool:
    """Whether a request is for the server itself, or for another. RFC 9112 §3.2.3, §3.2.4."""
    return target == b"*" or method == b"CONNECT"


def _path(target: bytes) -> bytes:
    """What is asked for at its server: `/` and what follows the authority."""
    found = _ABSOLUTE.match(target)
    if found is None:
        return target
    return target[found.end() :] if target[found.end() : found.end() + 1] == b"/" else b"/" + target[found.end() :]
