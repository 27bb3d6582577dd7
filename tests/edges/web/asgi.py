"""One request to an ASGI application, without a server."""

import asyncio
from collections.abc import Mapping
from typing import Any


def request(
    app: Any, headers: Mapping[str, str] = {}, path: str = "/", client: str = "192.0.2.7"
) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of the answer to a GET."""
    scope = {
        "type": "http", "method": "GET", "path": path, "query_string": b"", "client": (client, 1), "scheme": "http",
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in headers.items()],
    }  # fmt: skip
    said: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        said.append(message)

    asyncio.run(app(scope, receive, send))
    found = {name.decode(): value.decode() for name, value in said[0]["headers"]}
    return said[0]["status"], found, b"".join(message.get("body", b"") for message in said[1:])
