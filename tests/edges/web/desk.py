"""A web admin without a socket: a small world, a store in a folder, stand-ins for the supervisor and for mail."""

import asyncio
import base64
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import httpx

from rawspoof.config.model import Config, World
from rawspoof.core.signature.catalogue import Catalogue
from rawspoof.core.world import world
from rawspoof.edges.sinks.lane import Lane
from rawspoof.edges.store.database import Store
from rawspoof.edges.system.signatures import load_catalogue
from rawspoof.edges.web.app import Admin
from rawspoof.edges.web.context import Context
from rawspoof.edges.web.live import Live
from rawspoof.edges.web.passwords import Credentials
from tests.edges.sinks import samples
from tests.edges.sinks.samples import CaptureSink

USER, PASSWORD = "admin", "secret word"
KNOWN = Credentials(USER, PASSWORD)
HEADER = {"X-Rawspoof": "1"}
NOW = samples.AT + 10.0
EVENTS = (
    samples.OPENED, samples.DATA, samples.REQUEST, samples.CREDENTIAL, samples.HELLO, samples.CLOSED, samples.SYN,
    samples.DETECTED, samples.TOUCHED, samples.BLOCKED, samples.SPARED, samples.SAVED,
)  # fmt: skip

_catalogue: list[Catalogue] = []


def small_world() -> world.World:
    """Every port one service, known without its whole catalogue being read for each test."""
    if not _catalogue:
        _catalogue.append(load_catalogue(())[0])
    return world.World(_catalogue[0], b"s" * 32, World(only="openssh", delivery="prompt"), "linux")


class Orders:
    """A supervisor that notes what it is told, and answers `wrong`."""

    def __init__(self) -> None:
        self.told: list[tuple[Any, ...]] = []
        self.wrong = ""
        self.error: OSError | None = None

    def block(self, address: bytes, seconds: float) -> str:
        return self._take("block", address, seconds)

    def unblock(self, address: bytes) -> str:
        return self._take("unblock", address)

    def _take(self, *what: Any) -> str:
        if self.error:
            raise self.error
        self.told.append(what)
        return self.wrong


class Mail:
    """Settings in memory; `error` is raised by whatever comes next."""

    def __init__(self) -> None:
        self.settings: dict[str, Any] = {
            "enabled": False, "smtp_host": "", "smtp_port": 587, "smtp_starttls": True, "smtp_user": "",
            "smtp_password": "", "from_addr": "", "to_addr": "", "trigger_ports": [], "batch_delay_seconds": 60.0,
            "cooldown_seconds": 300.0,
        }  # fmt: skip
        self.error: Exception | None = None
        self.sent = 0

    def told(self) -> dict[str, Any]:
        return self.settings

    def save(self, wish: Mapping[str, Any]) -> None:
        self._fail()
        self.settings |= wish

    def test(self) -> None:
        self._fail()
        self.sent += 1

    def _fail(self) -> None:
        if self.error:
            raise self.error


def context(folder: Path | None = None, events: tuple[Any, ...] = EVENTS, **more: Any) -> Context:
    """A context in which these events have happened; they are in the store too, where there is a folder."""
    live = Live(samples.AT - 100.0, lambda address: "")
    live.write(events, 1)
    if folder is not None:
        store = Store(folder, 30, 100)
        store.write(events, 1)
        store.close()
    fields: dict[str, Any] = {
        "config": Config(), "live": live, "world": small_world(), "address": samples.DST, "personality": "Linux 6",
        "now": lambda: NOW, "store": folder, "names": ("sensor.example",), "orders": Orders(), "mail": Mail(),
    }  # fmt: skip
    return Context(**fields | more)


def lane(sink: CaptureSink) -> Lane:
    return Lane(sink, 16)


Request = tuple[str, ...] | Callable[[httpx.AsyncClient], Any]


def ask(given: Context, *requests: Request, auth: Any = (USER, PASSWORD)) -> Any:
    """The answers to `("GET", "/path")` …, or what a coroutine of the client's makes."""

    async def run() -> Any:
        admin = Admin(given, KNOWN)
        transport = httpx.ASGITransport(admin.app)
        try:
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", auth=auth) as client:
                return [
                    await (request(client) if callable(request) else client.request(*request)) for request in requests
                ]
        finally:
            admin.api.close()

    return asyncio.run(run())


def get(given: Context, path: str, **more: Any) -> httpx.Response:
    return ask(given, lambda client: client.get(path, **more))[0]


def send(given: Context, method: str, path: str, json: Any = None, **more: Any) -> httpx.Response:
    more.setdefault("headers", HEADER)
    return ask(given, lambda client: client.request(method, path, json=json, **more))[0]


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
