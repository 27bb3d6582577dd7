"""A device that has one answer written down: what else a web client asks of it is answered in that one's manner.

Knows the answer's bytes, no product: its Server line stays, its status decides whether there are other pages.
"""

import re
from typing import Final

from rawspoof.core.conversation.base import Reply, Then
from rawspoof.core.conversation.http.head import Head
from rawspoof.core.conversation.http.icon import icon
from rawspoof.core.signature.identity import Identity

DELAY_S: Final = 1.0
MESSAGE: Final = b'<p class="error">Invalid username or password.</p>\n'
_PAGE: Final = b"<HTML><HEAD><TITLE>%b</TITLE></HEAD>\n<BODY><H1>%b</H1></BODY></HTML>\n"
_OWN: Final = (b"content-", b"location", b"www-auth", b"set-cookie", b"last-mod", b"etag", b"transfer-", b"accept-")
"""Beginnings of header lines that belong to the one answer."""
_EVERYTHING: Final = b"[A-Z]+ "
_SERVED: Final = frozenset((b"GET", b"HEAD", b"POST", b"OPTIONS"))
_LINKED: Final = re.compile(rb"""(?:action|href|src)=["']?([^"'\s>?]+)""")


def reply(said: Reply, asked: Head, refused: bool, identity: Identity) -> Reply:
    """The answer to this request, made of `said`, the one that is written down."""
    head, blank, body = said.data.partition(b"\r\n\r\n")
    if not blank or not head.startswith(b"HTTP/"):
        return said
    status = head.split(b"\r\n", 1)[0].partition(b" ")[2]
    if status.startswith(b"200") and _anywhere(identity):
        if asked.method not in _SERVED:
            return _other(head, b"501 Not Implemented", asked)
        if refused and b"<form" in body:
            before, form, after = body.partition(b"<form")
            page = _sized(head, before + MESSAGE + form + after)
            return Reply(page, said.then, said.after_s + DELAY_S)
        if not _there(asked.path.partition(b"?")[0], body):
            if asked.path.startswith(b"/favicon.ico") and b"<form" in body:
                return Reply(_made(head, b"200 OK", b"image/x-icon", icon(identity.product), asked), Then.CLOSE)
            return _other(head, b"404 Not Found", asked)
    return said._replace(data=head + blank) if asked.method == b"HEAD" else said


def _anywhere(identity: Identity) -> bool:
    """Whether the answer is given to every request for want of others, and not for its path."""
    return [answer.when.pattern for answer in identity.answers if answer.when.pattern] == [_EVERYTHING]


def _there(path: bytes, body: bytes) -> bool:
    """Whether the one page stands at this path, or names it."""
    return path in (b"/", b"*") or any(path.lstrip(b"/") == link.lstrip(b"/") for link in _LINKED.findall(body))


def _other(head: bytes, status: bytes, asked: Head) -> Reply:
    return Reply(_made(head, status, b"text/html", _PAGE % (status, status), asked), Then.CLOSE)


def _made(head: bytes, status: bytes, kind: bytes, body: bytes, asked: Head) -> bytes:
    first, *lines = head.split(b"\r\n")
    kept = [line for line in lines if not line.lower().startswith(_OWN)]
    kept += [b"Content-Type: " + kind, b"Content-Length: %d" % len(body), b"", b""]
    made = b"\r\n".join([first.partition(b" ")[0] + b" " + status, *kept])
    return made if asked.method == b"HEAD" else made + body


def _sized(head: bytes, body: bytes) -> bytes:
    lines = [
        b"Content-Length: %d" % len(body) if line.lower().startswith(b"content-length:") else line
        for line in head.split(b"\r\n")
    ]
    return b"\r\n".join([*lines, b"", body])
