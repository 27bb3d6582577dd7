"""A web admin without a sensor: answers made of the API's own schemas, with a text of one's choice in every field.

For tests of the pages: whatever a field holds, they show it as text. What it serves beside that are the real files.
"""

import base64
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from rawspoof.edges.web.openapi import PATHS
from rawspoof.edges.web.schemas import SCHEMAS, Schema

STATIC: Final = Path(__file__).parents[3] / "rawspoof/edges/web/static"
TYPES: Final = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".html": "text/html"}
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'"
)
BITS: Final = base64.b64encode(bytes([6, 0, 64]) + bytes(8189)).decode()
"""Ports 1, 2 and 22."""


def example(schema: Schema, text: str) -> Any:
    """A value that the schema describes, with this text wherever it lets any be."""
    if "$ref" in schema:
        return example(SCHEMAS[schema["$ref"].rpartition("/")[2]], text)
    if "allOf" in schema:
        return {key: value for part in schema["allOf"] for key, value in example(part, text).items()}
    if "anyOf" in schema:
        return example(schema["anyOf"][0], text)
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("contentEncoding") == "base64":
        return BITS
    kind = schema.get("type", "string")
    return _MAKERS[kind[0] if isinstance(kind, list) else kind](schema, text)


def _object(schema: Schema, text: str) -> dict[str, Any]:
    made = {name: example(field, text) for name, field in schema.get("properties", {}).items()}
    if isinstance(extra := schema.get("additionalProperties"), dict):
        made[text[:4096]] = example(extra, text)
    return made or {"message": text, text[:4096]: text}


_MAKERS: Final[dict[str, Callable[[Schema, str], Any]]] = {
    "string": lambda schema, text: text,
    "integer": lambda schema, text: max(3, schema.get("minimum", 0)),
    "number": lambda schema, text: 1_800_000_000.5,
    "boolean": lambda schema, text: True,
    "array": lambda schema, text: [example(schema["items"], text)],
    "object": _object,
}


def answer(path: str, text: str) -> Any:
    """What a GET of this path is answered; None where there is nothing."""
    for pattern, methods in PATHS.items():
        wanted, given = pattern.split("/"), path.split("/")
        if len(wanted) == len(given) and all(w == g or w.startswith("{") for w, g in zip(wanted, given, strict=True)):
            content = methods.get("get", {}).get("responses", {}).get("200", {}).get("content", {})
            schema = content.get("application/json", {}).get("schema")
            return example(schema, text) if schema else None
    return None


@contextmanager
def serving(
    reply: Callable[[str], Any], stream: Callable[[], Iterator[tuple[str, Any]]] = lambda: iter(())
) -> Iterator[str]:
    """The address of a server that answers `reply(path)` to each GET of the API, while the block lasts."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            if path == "/api/stream":
                self._stream()
            elif path.startswith("/api/"):
                found = reply(path)
                self._send(200 if found is not None else 404, "application/json", json.dumps(found).encode())
            else:
                file = STATIC / (Path(path).name if path.startswith("/static/") else "index.html")
                self._send(200, TYPES.get(file.suffix, "text/plain"), file.read_bytes())

        def _stream(self) -> None:
            told = "".join(f"event: {name}\ndata: {json.dumps(value)}\n\n" for name, value in stream())
            self._send(200, "text/event-stream", f"retry: 600000\n\n{told}".encode())

        def _send(self, status: int, kind: str, body: bytes) -> None:
            self.send_response(status)
            for name, value in (
                ("Content-Type", kind),
                ("Content-Length", str(len(body))),
                ("Content-Security-Policy", POLICY),
            ):
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    # A browser that goes on to the next page hangs up on this one.
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()
