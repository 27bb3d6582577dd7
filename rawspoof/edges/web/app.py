"""The web admin as an ASGI application: who asks what, and where it is answered. Knows no socket.

Outermost is the check of the host asked for (DNS rebinding), then the password, then the route: nobody learns what
there is before it is known who asks.
"""

import asyncio
import logging
import mimetypes
from collections.abc import Awaitable, Callable, Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from rawspoof.edges.web.answer import HEADERS, No, answer, no, refuse
from rawspoof.edges.web.api import OPERATIONS, Api, Operation
from rawspoof.edges.web.auth import Auth
from rawspoof.edges.web.context import Context
from rawspoof.edges.web.given import BODY_BYTES_MAX, body, parameters
from rawspoof.edges.web.openapi import PAGES, PATHS
from rawspoof.edges.web.passwords import Credentials
from rawspoof.edges.web.pulse import Pulse
from rawspoof.edges.web.stream import Stream

STATIC: Final = Path(__file__).parent / "static"
BODY_S: Final = 10.0
"""Longest time for a request's body."""
_INDEX: Final = "index.html"

log = logging.getLogger(__name__)


class Admin:
    """All of it: `app` answers, `stream.run` is to run beside it."""

    def __init__(self, context: Context, known: Credentials) -> None:
        pulse = Pulse(context)
        self.api = Api(context, pulse)
        self.stream = Stream(context, pulse)
        self.auth = Auth(_inner(self.api, self.stream, read_static(STATIC)), known, _counting(context))
        self.app: ASGIApp = Hosts(self.auth, context.names)


class Hosts:
    """Refuses requests for host names that are not ours: a page elsewhere may have its own name point at us."""

    def __init__(self, app: ASGIApp, names: tuple[str, ...]) -> None:
        self._app, self._names = app, frozenset(name.lower().rstrip(".") for name in (*names, "localhost"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on or refuse."""
        said = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
        if len(said) == 1 and self._is_ours(said[0]):
            await self._app(scope, receive, send)
        else:
            await refuse(send, 421, "no host of this name here: list it in admin.names, or ask for the address")

    def _is_ours(self, said: str) -> bool:
        name = said.rpartition("]")[0].removeprefix("[") if said.startswith("[") else said.partition(":")[0]
        try:
            return bool(ip_address(name))
        except ValueError:
            return name.lower().rstrip(".") in self._names


def read_static(folder: Path) -> dict[str, bytes]:
    """The files of the pages by name. They are read once: no request's path ever reaches the file system."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}


def _counting(context: Context) -> Callable[[str], None]:
    def count(address: str) -> None:
        context.web["logins_failed"] += 1

    return count


def _inner(api: Api, stream: Stream, files: Mapping[str, bytes]) -> ASGIApp:
    routes = [Route("/api/stream", stream, methods=["GET"])]
    for path in PATHS:
        known = {method: found for (method, at), found in OPERATIONS.items() if at == path}
        if known:
            methods = [method.upper() for method in known]
            routes.append(Route(path, _endpoint(api, path, known), methods=methods))
    routes += _pages(files)
    made = Starlette(routes=routes, exception_handlers={HTTPException: _refused, No: _refused})
    # A redirection would repeat what the request called us.
    made.router.redirect_slashes = False
    return made


def _endpoint(api: Api, path: str, known: Mapping[str, Operation]) -> Callable[[Request], Awaitable[Response]]:
    """What answers at a path, by method."""

    async def ask(request: Request) -> Response:
        method = "get" if request.method == "HEAD" else request.method.lower()
        description = PATHS[path][method]
        given = parameters(description, request)
        if "requestBody" in description:
            given["body"] = body(description, await _body(request), request.headers.get("content-type", ""))
        found = await known[method](api, given)
        if isinstance(found, bytes):
            (kind,) = description["responses"]["200"]["content"]
            return Response(found, headers=HEADERS, media_type=kind)
        return answer(found)

    return ask


async def _body(request: Request) -> bytes:
    """The body, if it is neither too long nor too slow. Raises No (408, 413)."""
    data = bytearray()
    try:
        async with asyncio.timeout(BODY_S):
            async for part in request.stream():
                data += part
                if len(data) > BODY_BYTES_MAX:
                    raise No(413, f"the body is longer than {BODY_BYTES_MAX} bytes")
    except TimeoutError:
        raise No(408, f"the body took longer than {BODY_S:g} s") from None
    except ClientDisconnect:
        raise No(400, "the body was not sent whole") from None
    return bytes(data)


def _pages(files: Mapping[str, bytes]) -> list[Route]:
    """The pages, and the files they are made of."""

    async def page(request: Request) -> Response:
        name = request.path_params.get("page", "index")
        found = files.get(f"{name}.html") or (files.get(_INDEX) if name in ("index", *PAGES) else None)
        if found is None:
            raise No(404, "there is no such page")
        return Response(found, headers=HEADERS, media_type="text/html")

    async def static(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in files:
            raise No(404, "there is no such file")
        kind = mimetypes.guess_type(name)[0] or "text/plain"
        return Response(files[name], headers=HEADERS, media_type="text/javascript" if name.endswith(".js") else kind)

    return [
        Route("/", page, methods=["GET"]),
        Route("/static/{name}", static, methods=["GET"]),
        Route("/{page}", page, methods=["GET"]),
    ]


async def _refused(request: Request, error: Exception) -> Response:
    """A refusal as JSON, ours and the framework's own."""
    if isinstance(error, HTTPException):
        made = no(No(error.status_code, str(error.detail).lower()))
        made.headers.update(error.headers or {})
        return made
    assert isinstance(error, No)
    return no(error)
