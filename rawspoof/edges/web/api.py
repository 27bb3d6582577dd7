"""The answers of the API: a function for each operation of `openapi`, from what was given to a value.

Knows what is asked and where it is known; no HTTP beyond a refusal. What waits (store, disk, supervisor, mail) is done
`elsewhere`.
"""

import io
import logging
from collections.abc import Awaitable, Callable
from ipaddress import ip_address
from typing import Any, Final, TypeVar

from rawspoof.core.world import told as profiles
from rawspoof.core.world.world import World
from rawspoof.edges.evidence.folder import listed
from rawspoof.edges.evidence.merge import merge
from rawspoof.edges.sinks.ecs import address as written
from rawspoof.edges.store.queries import Reader
from rawspoof.edges.web import health, metrics, records
from rawspoof.edges.web.answer import No
from rawspoof.edges.web.context import Context, Mail
from rawspoof.edges.web.elsewhere import Elsewhere
from rawspoof.edges.web.openapi import document
from rawspoof.edges.web.pulse import Pulse
from rawspoof.edges.web.settings import settings

log = logging.getLogger(__name__)

Given = dict[str, Any]
Thing = TypeVar("Thing")


class Api:
    """All operations; each is a method, and `OPERATIONS` says which."""

    def __init__(self, context: Context, pulse: Pulse) -> None:
        self.context, self._pulse = context, pulse
        self._elsewhere = Elsewhere()
        self._reader = Reader(context.store) if context.store else None

    def close(self) -> None:
        """Let the other thread go."""
        self._elsewhere.close()

    # portspoof-py's

    async def stats(self, given: Given) -> Any:
        return self._pulse.stats()

    async def connections(self, given: Given) -> Any:
        with self.context.live.lock:
            return self.context.live.connections_told(given["limit"])

    async def banner(self, given: Given) -> Any:
        context, port = self.context, given["port"]
        world = self._world()
        to = packed(given["host"], "host") if "host" in given else context.address
        source = packed(given["source"], "source") if "source" in given else packed("192.0.2.1", "source")
        world.pass_time(context.now())
        facts = profiles.facts(world.profile(source, to, port), context.now())
        door = world.door(source, to, port).value
        return {"port": port, **facts, "to": written(to), "from": written(source), "door": door}

    async def email(self, given: Given) -> Any:
        return await self._elsewhere(self._mail().told)

    async def email_set(self, given: Given) -> Any:
        mail = self._mail()

        def save() -> dict[str, Any]:
            try:
                mail.save(given["body"])
            except ValueError as error:
                raise No(400, str(error)) from None
            except OSError as error:
                raise No(409, f"{error.filename}: {error.strerror}") from None
            return mail.told()

        return await self._elsewhere(save)

    async def email_test(self, given: Given) -> Any:
        return await self._try(self._mail().test)

    # Ours

    async def rates(self, given: Given) -> Any:
        return self._pulse.rates()

    async def sources(self, given: Given) -> Any:
        live = self.context.live
        with live.lock:
            sensor = given.get("sensor", "")
            total, page = live.sources.page(given["order"], given["offset"], given["limit"], sensor)
            items = [one.told(one.address in live.blocks) for one in page]
            return {"total": total, "offset": given["offset"], "items": items}

    async def source(self, given: Given) -> Any:
        address, live = packed(given["address"], "address"), self.context.live
        more = await self._read(lambda reader: records.record(reader, address, self.context.evidence))
        latest = more.pop("latest")
        with live.lock:
            known, block = live.sources.get(address), live.blocks.get(address)
            if known is None and latest is None:
                raise No(404, f"{given['address']}: never seen")
            told = (known or live.sources.made(latest)).told(block is not None)
        return {**told, **more, "block": block}

    async def source_ports(self, given: Given) -> Any:
        address, live = packed(given["address"], "address"), self.context.live
        with live.lock:
            found = live.maps.begun(address)
            known = live.sources.get(address) is not None
        if not found:
            found = await self._read(lambda reader: records.maps(reader, address))
        if not found and not known:
            raise No(404, f"{given['address']}: never seen")
        with live.lock:
            targets = [
                {"address": written(to), "count": one.counts()["touched"], **one.bitmaps()} for to, one in found.items()
            ]
        return {"address": written(address), "targets": sorted(targets, key=lambda target: -target["count"])}

    async def ports(self, given: Given) -> Any:
        host = packed(given["host"], "host") if "host" in given else b""
        with self.context.live.lock:
            return self.context.live.ports_told(host)

    async def events(self, given: Given) -> Any:
        context = self.context
        return await self._read(lambda reader: records.events(reader, given, context.names[0], context.live.country))

    async def blocks(self, given: Given) -> Any:
        live = self.context.live
        with live.lock:
            # A sensor tells the end of its blocks itself.
            items = live.blocked(self.context.now() if self.context.fleet else 0.0)
            enabled = self.context.config.block.enabled
            return {"enabled": enabled, "total": len(items), "items": items[: given["limit"]]}

    async def block(self, given: Given) -> Any:
        wish, orders, context = given["body"], self.context.orders, self.context
        address = packed(wish["address"], "address")
        if orders is None:
            raise No(503, self._nobody("block"))
        how = context.config.block.kind if context.config.sensor.firewall else "none"
        seconds = float(wish.get("seconds", 0.0))
        await self._order(lambda: orders.block(address, seconds))
        now = context.now()
        asked = {"since": now, "until": now + (seconds or context.config.block.seconds), "times": 1, "port": 0}
        with context.live.lock:
            known = context.live.blocks.get(address)
        return known or {"address": written(address), "how": how, "reason": "operator", **asked, "sensor": ""}

    async def unblock(self, given: Given) -> Any:
        orders, address = self.context.orders, packed(given["address"], "address")
        if orders is None:
            raise No(503, self._nobody("unblock"))
        await self._order(lambda: orders.unblock(address))
        return {"ok": True}

    async def world(self, given: Given) -> Any:
        played = self._world()
        context, world, sensor = self.context, self.context.config.world, self.context.config.sensor
        return {
            "kind": world.kind,
            "epoch": world.epoch,
            "per_source": world.per_source,
            "only": world.only,
            "personality": context.personality,
            "services": played.services,
            "address": written(context.address),
            "interfaces": sensor.interfaces,
            "addresses": sensor.addresses,
            "networks": sensor.networks,
        }

    async def sensors(self, given: Given) -> Any:
        fleet, now = self.context.fleet, self.context.now()
        if fleet is None:
            return {"items": [], "behind": 0, "troubles": []}
        return {"items": fleet.listed(now), "behind": fleet.behind, "troubles": fleet.troubles(now)}

    async def sinks(self, given: Given) -> Any:
        return {"items": self.context.sinks()}

    async def sink_test(self, given: Given) -> Any:
        name = given["body"]["name"]
        if name not in self.context.trials:
            raise No(404, f"{name!r}: no sink of this name that can be tested")
        return await self._try(self.context.trials[name])

    async def health(self, given: Given) -> Any:
        context = self.context
        return health.told(context, await self._elsewhere(lambda: health.store(context)))

    async def settings(self, given: Given) -> Any:
        return {"items": settings(self.context.config)}

    async def evidence(self, given: Given) -> Any:
        folder, scan = self.context.evidence, given["scan"]

        def read() -> bytes:
            names = [name for name, _ in listed(folder) if name.scan == scan] if folder and folder.is_dir() else []
            if not names:
                raise No(404, f"{scan}: no packets are kept of it")
            out = io.BytesIO()
            merge(folder or names[0], names, out, log.warning)  # type: ignore[arg-type]
            return out.getvalue()

        return await self._elsewhere(read)

    async def openapi(self, given: Given) -> Any:
        return document()

    async def metrics(self, given: Given) -> Any:
        context = self.context
        return metrics.text(
            self._pulse.stats(),
            context.counters(),
            context.queues(),
            context.sinks(),
            context.web,
            [] if context.fleet is None else context.fleet.listed(context.now()),
        ).encode()

    # How

    async def _read(self, ask: Callable[[Reader], Thing]) -> Thing:
        reader = self._reader
        if reader is None:
            raise No(503, "no events are kept: store.enabled is false")
        return await self._elsewhere(lambda: ask(reader))

    async def _order(self, give: Callable[[], str]) -> None:
        try:
            wrong = await self._elsewhere(give)
        except OSError as error:
            raise No(502, f"the supervisor does not answer: {error}") from None
        if wrong:
            raise No(409, wrong)

    async def _try(self, do: Callable[[], object]) -> dict[str, bool]:
        try:
            await self._elsewhere(do)
        except ValueError as error:
            raise No(409, str(error)) from None
        except OSError as error:
            raise No(502, str(error)) from None
        return {"ok": True}

    def _mail(self) -> Mail:
        if self.context.mail is None:
            raise No(503, "no mail here: each sensor sends its own" if self.context.fleet else "no mail here")
        return self.context.mail

    def _world(self) -> World:
        if self.context.world is None:
            raise No(503, "this is a hub, it plays no ports: ask the web admin of the sensor")
        return self.context.world

    def _nobody(self, what: str) -> str:
        if self.context.fleet:
            return f"this is a hub: {what} at a sensor, which has the others know"
        return f"nobody is there to {what}: rawspoof runs without its supervisor"


Operation = Callable[[Api, Given], Awaitable[Any]]

OPERATIONS: Final[dict[tuple[str, str], Operation]] = {
    ("get", "/api/stats"): Api.stats,
    ("get", "/api/connections"): Api.connections,
    ("get", "/api/banner"): Api.banner,
    ("get", "/api/email/config"): Api.email,
    ("post", "/api/email/config"): Api.email_set,
    ("post", "/api/email/test"): Api.email_test,
    ("get", "/api/rates"): Api.rates,
    ("get", "/api/sources"): Api.sources,
    ("get", "/api/sources/{address}"): Api.source,
    ("get", "/api/sources/{address}/ports"): Api.source_ports,
    ("get", "/api/ports"): Api.ports,
    ("get", "/api/events"): Api.events,
    ("get", "/api/blocks"): Api.blocks,
    ("post", "/api/blocks"): Api.block,
    ("delete", "/api/blocks/{address}"): Api.unblock,
    ("get", "/api/world"): Api.world,
    ("get", "/api/sensors"): Api.sensors,
    ("get", "/api/sinks"): Api.sinks,
    ("post", "/api/sinks/test"): Api.sink_test,
    ("get", "/api/health"): Api.health,
    ("get", "/api/settings"): Api.settings,
    ("get", "/api/evidence/{scan}"): Api.evidence,
    ("get", "/api/openapi.json"): Api.openapi,
    ("get", "/metrics"): Api.metrics,
}
"""All of PATHS but the stream, which does not end."""


def packed(text: str, name: str) -> bytes:
    """An address that somebody wrote, packed; IPv4 in IPv6's form as IPv4. Raises No."""
    try:
        address = ip_address(text)
    except ValueError:
        raise No(400, f"{name}: expected an IPv4 or IPv6 address, got {text[:80]!r}") from None
    mapped = None if address.version == 4 else address.ipv4_mapped
    return (mapped or address).packed
