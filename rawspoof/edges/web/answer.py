"""What every answer of the web admin carries, and how it says no. Knows HTTP and no route."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from starlette.responses import Response
from starlette.types import Message, Send

CSP: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
"""Nothing but our own files runs, is drawn or is asked."""

HEADERS: Final[dict[str, str]] = {
    "content-security-policy": CSP,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cache-control": "no-store",
}
RAW_HEADERS: Final = [(name.encode(), value.encode()) for name, value in HEADERS.items()]

Header = tuple[bytes, bytes]

encode: Final = msgspec.json.Encoder().encode


class No(Exception):
    """What was asked for is not to be had: a status, and a line for people."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status, self.why = status, why


def answer(value: Any, status: int = 200) -> Response:
    """A value as JSON."""
    return Response(encode(value), status, HEADERS, "application/json")


def no(why: No) -> Response:
    """The same for a refusal."""
    return answer({"error": why.why}, why.status)


async def refuse(send: Send, status: int, why: str, more: Sequence[Header] = ()) -> None:
    """Say no before any application was asked."""
    body = encode({"error": why})
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body)), *RAW_HEADERS, *more]
    start: Message = {"type": "http.response.start", "status": status, "headers": headers}
    await send(start)
    await send({"type": "http.response.body", "body": body})
