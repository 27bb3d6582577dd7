"""The description of the web admin's API (OpenAPI 3.1): paths, parameters, answers. The one place that lists them.

The server answers what stands here and nothing else; tests hold the two against each other.

Beyond what a schema can say:
- Every request needs `Authorization`: Basic, or Bearer with a token. There are no cookies.
- A request that changes something needs the header `X-Rawspoof: 1` (any value) and JSON as its content type; a page of
  another site can send neither.
- `/api/stream` is `text/event-stream`: `stats` once a second (a Stats), `feed` at most STREAM_PER_S times a second
  (`{"items": [Told …], "skipped": 3}`, newest last) and `source` once a second (`{"items": [Source …]}`, those that
  changed, at most 50). A comment comes every 15 s.
- Pages: `/` is static/index.html, `/NAME` is static/NAME.html, and static/index.html where there is no such file and
  NAME is one of PAGES; `/static/NAME` are the files there.
"""

from typing import Any, Final

from rawspoof import __version__
from rawspoof.edges.web.schemas import ADDRESS, NETWORK, NUMBER, SCHEMAS, TEXT, Schema, ref, some

STREAM_PER_S: Final = 20
"""Updates a second that one browser is sent at most."""

PAGES: Final = (
    "config",
    "source",
    "sources",
    "port",
    "ports",
    "events",
    "blocks",
    "alerts",
    "settings",
    "health",
    "sensors",
)
"""Names of pages beside `/`."""

ORDERS: Final = ("last_at", "first_at", "risk", "packets", "connections", "ports", "held_s")
"""What sources are sorted by, the most first."""

PORT: Final[Schema] = {"type": "integer", "minimum": 0, "maximum": 65535}
HEADER: Final = "X-Rawspoof"


def _upto(most: int, default: int) -> Schema:
    return {"type": "integer", "minimum": 1, "maximum": most, "default": default}


SENSOR: Final[Schema] = {"type": "string", "maxLength": 64, "description": "of one sensor of a hub; empty: of all"}
OFFSET: Final[Schema] = {"type": "integer", "minimum": 0, "maximum": 1_000_000, "default": 0}


def _given(where: str, name: str, schema: Schema, needed: bool = False) -> dict[str, Any]:
    return {"name": name, "in": where, "required": needed or where == "path", "schema": schema}


def _asks(**named: Schema) -> list[dict[str, Any]]:
    return [_given("query", name, schema) for name, schema in named.items()]


def _answer(schema: Schema, kind: str = "application/json") -> dict[str, Any]:
    return {"description": "what was asked for", "content": {kind: {"schema": schema}}}


def _get(
    says: str, schema: Schema, *given: dict[str, Any], kind: str = "application/json", nobody: str = ""
) -> dict[str, Any]:
    responses = {"200": _answer(schema, kind), **_errors(*given), **({"503": _error(nobody)} if nobody else {})}
    return {"summary": says, "parameters": list(given), "responses": responses}


def _write(says: str, schema: Schema, *given: dict[str, Any], body: str = "") -> dict[str, Any]:
    """A request that changes something; `body` is the schema of what is sent with it."""
    given = (*given, _given("header", HEADER, {"type": "string", "minLength": 1, "pattern": "^[!-~]+$"}, needed=True))
    made = _get(says, schema, *given)
    made["responses"] |= {"403": _error("the header is missing"), "502": _error("it was tried, and failed")}
    made["responses"] |= {"503": _error("nobody is there to do it"), "409": _error("it may not be done")}
    if body:
        made["requestBody"] = {"required": True, "content": {"application/json": {"schema": ref(body)}}}
        made["responses"] |= {"413": _error("the body is too long"), "415": _error("the body is no JSON by its type")}
        made["responses"] |= {"400": _error("the body is not as it should be"), "404": _error("there is none")}
        made["responses"] |= {"408": _error("the body came too slowly")}
    return made


def _error(says: str) -> dict[str, Any]:
    return {"description": says, "content": {"application/json": {"schema": ref("Error")}}}


def _errors(*given: dict[str, Any]) -> dict[str, Any]:
    found = {"401": _error("no right password or token"), "429": _error("too many wrong ones: wait")}
    if any(one["in"] != "header" for one in given):
        found |= {"400": _error("a parameter is not as it should be"), "404": _error("there is none")}
    return found


_EVENTS: Final = _asks(
    kind={"type": "string", "maxLength": 200, "description": "`session.open,scan.`: these, and all that begin so"},
    source=NETWORK,
    since=NUMBER,
    until=NUMBER,
    before={"type": "integer", "minimum": 1, "maximum": 2**62, "description": "only older ones than this number"},
    port={"type": "integer", "minimum": 1, "maximum": 65535},
    limit=_upto(500, 100),
    sensor=SENSOR,
)

PATHS: Final[dict[str, dict[str, Any]]] = {
    "/api/stats": {"get": _get("How much, since the start", ref("Stats"))},
    "/api/connections": {
        "get": _get("Connections, newest first", some(ref("Connection")), *_asks(limit=_upto(500, 100)))
    },
    "/api/banner": {
        "get": _get(
            "Who lives at a port",
            ref("Banner"),
            _given("query", "port", PORT, needed=True),
            *_asks(host=ADDRESS, source=ADDRESS),
            nobody="a hub plays no ports",
        )
    },
    "/api/email/config": {
        "get": _get("The settings of mail", ref("Email")),
        "post": _write("Set those that are given", ref("Email"), body="EmailWish"),
    },
    "/api/email/test": {"post": _write("Send a mail now", ref("Done"))},
    "/api/rates": {"get": _get("Rates of the last ten minutes, a value a second", ref("Rates"))},
    "/api/sources": {
        "get": _get(
            "Sources",
            ref("SourcePage"),
            *_asks(
                limit=_upto(500, 50), offset=OFFSET, order={"enum": list(ORDERS), "default": ORDERS[0]}, sensor=SENSOR
            ),
        )
    },
    "/api/sources/{address}": {
        "get": _get("All that is known of a source", ref("SourceRecord"), _given("path", "address", ADDRESS))
    },
    "/api/sources/{address}/ports": {
        "get": _get("The ports it touched", ref("SourcePorts"), _given("path", "address", ADDRESS))
    },
    "/api/ports": {"get": _get("The ports that anybody touched", ref("Ports"), *_asks(host=ADDRESS))},
    "/api/events": {"get": _get("Events, newest first", ref("EventPage"), *_EVENTS)},
    "/api/blocks": {
        "get": _get("Who is blocked", ref("Blocks"), *_asks(limit=_upto(5000, 500))),
        "post": _write("Block somebody", ref("Block"), body="BlockWish"),
    },
    "/api/blocks/{address}": {
        "delete": _write("Block somebody no longer", ref("Done"), _given("path", "address", ADDRESS))
    },
    "/api/world": {"get": _get("What is played here", ref("World"), nobody="a hub plays nothing")},
    "/api/sensors": {"get": _get("The sensors of a hub; of a sensor, none", ref("Sensors"))},
    "/api/sinks": {"get": _get("Where events go", ref("Sinks"))},
    "/api/sinks/test": {"post": _write("Send an event of a test there", ref("Done"), body="SinkWish")},
    "/api/health": {"get": _get("Whether all is well", ref("Health"))},
    "/api/settings": {"get": _get("The configuration in effect", ref("Settings"))},
    "/api/evidence/{scan}": {
        "get": _get(
            "The packets of a scan",
            {"type": "string", "contentMediaType": "application/vnd.tcpdump.pcap"},
            _given("path", "scan", {"type": "string", "pattern": "^[0-9a-f]{16}$"}),
            kind="application/vnd.tcpdump.pcap",
        )
    },
    "/api/stream": {"get": _get("What happens, as it does", TEXT, kind="text/event-stream")},
    "/api/openapi.json": {"get": _get("This description", {"type": "object"})},
    "/metrics": {"get": _get("Counters for Prometheus", TEXT, kind="text/plain")},
}


def document() -> dict[str, Any]:
    """The whole description."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "rawspoof web admin",
            "version": __version__,
            "description": "Moments are seconds since the epoch. What attackers said is escaped, and never markup.",
        },
        "security": [{"password": []}, {"token": []}],
        "paths": PATHS,
        "components": {
            "schemas": SCHEMAS,
            "securitySchemes": {
                "password": {"type": "http", "scheme": "basic"},
                "token": {"type": "http", "scheme": "bearer"},
            },
        },
    }
