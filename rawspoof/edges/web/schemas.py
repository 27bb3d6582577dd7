"""What the web admin's answers and requests look like, as JSON Schema 2020-12. A table; knows no server.

Moments are seconds since the epoch except where portspoof-py has texts, addresses are as people write them, and
whatever attackers said is escaped into printable ASCII. Nothing in an answer is HTML.
"""

from typing import Any, Final

from rawspoof.core.event import BLOCK_KINDS

Schema = dict[str, Any]

TEXT: Final[Schema] = {"type": "string"}
NUMBER: Final[Schema] = {"type": "number"}
COUNT: Final[Schema] = {"type": "integer", "minimum": 0}
TRUTH: Final[Schema] = {"type": "boolean"}
BITMAP: Final[Schema] = {"type": "string", "contentEncoding": "base64", "minLength": 10924, "maxLength": 10924}
"""8,192 bytes: port N is bit N & 7 (1 is the lowest) of byte N >> 3."""
ADDRESS: Final[Schema] = {
    "type": "string",
    "maxLength": 45,
    "anyOf": [{"format": "ipv4"}, {"format": "ipv6"}],
    "examples": ["192.0.2.7"],
}
_OCTET: Final = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
NETWORK: Final[Schema] = {
    "type": "string",
    "maxLength": 49,
    "anyOf": [{"format": "ipv6"}, {"pattern": rf"^({_OCTET}\.){{3}}{_OCTET}(/(3[0-2]|[12]?[0-9]))?$"}],
    "description": "an address, or a network of either family",
}
MOMENT: Final[Schema] = {"type": ["number", "null"], "description": "seconds since the epoch, null: never"}


def ref(name: str) -> Schema:
    """A schema of SCHEMAS."""
    return {"$ref": f"#/components/schemas/{name}"}


def some(item: Schema) -> Schema:
    """A list of these."""
    return {"type": "array", "items": item}


def thing(**fields: Schema) -> Schema:
    """An object with these fields, every one of them there."""
    return {"type": "object", "properties": fields, "required": list(fields)}


def asked(**fields: Schema) -> Schema:
    """An object of a request: nothing else may be in it, and only what `must` be there has to."""
    return {"type": "object", "properties": fields, "additionalProperties": False}


def page(item: Schema) -> Schema:
    """A part of a longer list."""
    return thing(total=COUNT, offset=COUNT, items=some(item))


_SCAN: Final[dict[str, Schema]] = {
    "packets": COUNT,
    "ports": COUNT,
    "targets": COUNT,
    "connections": COUNT,
    "requests": COUNT,
    "credentials": COUNT,
    "bytes_in": COUNT,
    "bytes_out": COUNT,
    "held_s": NUMBER,
    "techniques": some(TEXT),
    "tool": TEXT,
    "confidence": NUMBER,
    "system": TEXT,
    "risk": COUNT,
    "level": COUNT,
    "attack": some(TEXT),
    "signs": some(TEXT),
    "verified": TRUTH,
}
_SOURCE: Final[dict[str, Schema]] = {
    "address": TEXT,
    "country": {"type": "string", "description": "two letters, empty where nobody knows"},
    "first_at": NUMBER,
    "last_at": NUMBER,
    **_SCAN,
    "blocked": TRUTH,
    "sensors": {**some(TEXT), "description": "of a hub, those that saw it"},
}
EMAIL: Final[dict[str, Schema]] = {
    "enabled": TRUTH,
    "smtp_host": {"type": "string", "maxLength": 253},
    "smtp_port": {"type": "integer", "minimum": 1, "maximum": 65535},
    "smtp_starttls": TRUTH,
    "smtp_user": {"type": "string", "maxLength": 320},
    "smtp_password": {"type": "string", "maxLength": 1024, "description": "asterisks: the one that is set, unchanged"},
    "from_addr": {"type": "string", "maxLength": 320},
    "to_addr": {"type": "string", "maxLength": 320},
    "trigger_ports": {
        "type": "array",
        "maxItems": 65535,
        "items": {"type": "integer", "minimum": 1, "maximum": 65535},
        "description": "empty: all",
    },
    "batch_delay_seconds": {"type": "number", "minimum": 0, "maximum": 86400},
    "cooldown_seconds": {"type": "number", "minimum": 0, "maximum": 604800},
}

EMAIL_KEYS: Final = tuple(EMAIL)

SCHEMAS: Final[dict[str, Schema]] = {
    "Error": thing(error={"type": "string", "description": "one line: what was wrong, and what was expected"}),
    "Done": thing(ok=TRUTH),
    "Named": thing(name=TEXT, count=COUNT),
    "Stats": thing(
        # portspoof-py's keys, with its forms.
        uptime={"type": "string", "examples": ["2h 14m 37s"]},
        total_connections=COUNT,
        last_connection={"type": ["string", "null"], "description": "ISO 8601 in UTC"},
        connections_per_min=COUNT,
        ports_mapped=COUNT,
        top_ips=some(thing(ip=TEXT, count=COUNT, country=TEXT)),
        top_ports=some(thing(port=COUNT, count=COUNT)),
        # Ours, since the same start.
        version=TEXT,
        at=NUMBER,
        uptime_s=NUMBER,
        last_connection_at=MOMENT,
        sources={**COUNT, "description": "seen since the start"},
        held={**COUNT, "description": "sources with a connection open now"},
        wasted_s={**NUMBER, "description": "attackers' time on connections that are over"},
        events=COUNT,
        packets={**COUNT, "description": "that workers saw"},
        packets_per_s=NUMBER,
        connections_per_s=NUMBER,
        blocked=COUNT,
        top_tools=some(ref("Named")),
        top_techniques=some(ref("Named")),
        top_countries=some(ref("Named")),
        geoip={**TRUTH, "description": "whether there is a file of countries"},
        role={"enum": ["sensor", "hub"]},
        sensors={**COUNT, "description": "of a hub"},
    ),
    "Rates": thing(
        at=some(NUMBER), packets_per_s=some(NUMBER), connections_per_s=some(NUMBER)
    ),  # the last ten minutes, oldest first
    "Connection": thing(timestamp=TEXT, src_ip=TEXT, src_port=COUNT, dst_port=COUNT, banner_len=COUNT),
    "Banner": thing(
        port=COUNT,
        banner_hex=TEXT,
        banner_len=COUNT,
        banner_text={"type": "string", "description": "as latin-1"},
        to=TEXT,
        **{"from": TEXT},
        service=TEXT,
        protocol=TEXT,
        product=TEXT,
        version=TEXT,
        os=TEXT,
        mode=TEXT,
        delay_s=NUMBER,
        hold=TEXT,
        hold_s=NUMBER,
        door={"enum": ["open", "closed", "filtered"]},
    ),
    "Email": thing(**EMAIL),
    "EmailWish": asked(**EMAIL),
    "Source": thing(**_SOURCE),
    "SourcePage": page(ref("Source")),
    "SourceRecord": thing(
        **_SOURCE,
        kinds={"type": "object", "additionalProperties": COUNT, "description": "segments by kind"},
        addresses={
            **some(thing(address=TEXT, count=COUNT, ports=TEXT, sensor=TEXT)),
            "description": "of ours, ports as ranges",
        },
        timeline=some(thing(at=NUMBER, connections=COUNT, events=COUNT)),
        logins=some(thing(at=NUMBER, port=COUNT, service=TEXT, method=TEXT, user=TEXT, secret=TEXT, sensor=TEXT)),
        asked=some(thing(at=NUMBER, port=COUNT, service=TEXT, text=TEXT, size=COUNT, sensor=TEXT)),
        scans=some(thing(scan=TEXT, first_at=NUMBER, last_at=NUMBER, **_SCAN, sensor=TEXT)),
        evidence=some(thing(scan=TEXT, files=COUNT, bytes=COUNT, at=NUMBER)),
        block={"anyOf": [ref("Block"), {"type": "null"}]},
    ),
    "SourcePorts": thing(
        address=TEXT,
        targets=some(thing(address=TEXT, count=COUNT, touched=BITMAP, opened=BITMAP, asked=BITMAP, login=BITMAP)),
    ),
    "Ports": thing(
        host={"type": "string", "description": "empty: all addresses of ours together"},
        counts=thing(touched=COUNT, opened=COUNT, asked=COUNT, login=COUNT),
        touched=BITMAP,
        opened=BITMAP,
        asked=BITMAP,
        login=BITMAP,
        top=some(thing(port=COUNT, count=COUNT)),
        hosts=some(thing(address=TEXT, count=COUNT)),
    ),
    "Told": thing(
        number=COUNT,
        at=NUMBER,
        kind=TEXT,
        level=COUNT,
        source=TEXT,
        source_port=COUNT,
        target=TEXT,
        port=COUNT,
        country=TEXT,
        text={"type": "string", "description": "one line for people"},
        sensor={"type": "string", "description": "who told a hub of it; empty on a sensor"},
    ),
    "EventPage": thing(
        items=some({"allOf": [ref("Told"), thing(event={"type": "object", "description": "the event as ECS 9"})]}),
        next={"type": ["integer", "null"], "description": "`before` of the next page"},
    ),
    "Block": thing(
        address=TEXT,
        how={"enum": list(BLOCK_KINDS)},
        since=NUMBER,
        until=NUMBER,
        times=COUNT,
        reason=TEXT,
        port=COUNT,
        sensor={"type": "string", "description": "of several, the last that said so; empty: the sensor's own"},
    ),
    "Blocks": thing(enabled=TRUTH, total=COUNT, items=some(ref("Block"))),
    "BlockWish": asked(
        address=ADDRESS,
        seconds={"type": "number", "minimum": 1, "maximum": 31_536_000, "description": "left out: as configured"},
        how={"enum": list(BLOCK_KINDS)},
    )
    | {"required": ["address"]},
    "World": thing(
        kind=TEXT,
        epoch={"type": "integer"},
        per_source=TRUTH,
        only=TEXT,
        personality=TEXT,
        services=COUNT,
        address={"type": "string", "description": "ours, that a port is looked up at if none is named"},
        interfaces=some(TEXT),
        addresses=some(TEXT),
        networks=some(TEXT),
    ),
    "Sink": thing(name=TEXT, kind=TEXT, queued=COUNT, written=COUNT, failed=COUNT, dropped=COUNT, testable=TRUTH),
    "Sensor": thing(
        name=TEXT,
        status={"enum": ["silent", "ok", "gone"], "description": "gone: silent, and its key was taken away"},
        heard_at={**MOMENT, "description": "when anything of it came in, by the broker's clock"},
        event_at={**MOMENT, "description": "of the latest event, by the sensor's clock"},
        late_s={**NUMBER, "description": "how long that was on its way"},
        events={**COUNT, "description": "in the store"},
        refused={**COUNT, "description": "messages in its name that are no event"},
        version=TEXT,
        host=TEXT,
        started_at=MOMENT,
        waiting={**COUNT, "description": "events that it has not sent yet"},
        lost={**COUNT, "description": "events that it never will send"},
        workers=COUNT,
        counters={"type": "object", "additionalProperties": COUNT},
    ),
    "Sensors": thing(
        items=some(ref("Sensor")),
        behind={**COUNT, "description": "messages that wait at the broker"},
        troubles={**some(TEXT), "description": "what is not well, a line each"},
    ),
    "Sinks": thing(items=some(ref("Sink"))),
    "SinkWish": asked(name={"type": "string", "maxLength": 512}) | {"required": ["name"]},
    "Health": thing(
        status={"enum": ["ok", "degraded"]},
        reasons={**some(TEXT), "description": "why it is not ok, a line each"},
        version=TEXT,
        uptime_s=NUMBER,
        memory_bytes=COUNT,
        queues=some(thing(number=COUNT, waiting=COUNT, dropped=COUNT, packets=COUNT)),
        counters={"type": "object", "additionalProperties": COUNT, "description": "what workers and collector counted"},
        events=COUNT,
        sinks=some(ref("Sink")),
        store=thing(enabled=TRUTH, bytes=COUNT, days=COUNT),
        web=thing(watching=COUNT, skipped=COUNT, refused=COUNT, logins_failed=COUNT),
        forgotten={**COUNT, "description": "sources let go of for newer ones"},
    ),
    "Settings": thing(
        items=some(
            thing(
                key=TEXT,
                value={"description": "any; secrets are asterisks"},
                default={"description": "any"},
                origin={"enum": ["default", "set"]},
                help=TEXT,
            )
        )
    ),
}
