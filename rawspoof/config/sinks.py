"""Settings of the places far away to which events are sent: a `[[sink]]` table each, told apart by its `kind`.

Decides what is acceptable there. Reads no file: a secret is named here by its file or variable, never written down.
"""

import json
import re
from collections.abc import Iterator
from typing import Annotated, Final, Literal, get_args
from urllib.parse import SplitResult, urlsplit

import msgspec
from msgspec import Meta

from rawspoof.config.forms import Form
from rawspoof.core.event import AnyEvent

Preset = Literal["generic", "slack", "teams", "discord"]
KINDS: Final = frozenset(str(kind.__struct_config__.tag) for kind in get_args(AnyEvent))


class Far(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="kind"):
    """What every such table may say."""

    name: str = ""
    """What the log calls it, and where it went on after a restart; empty: its kind, host and port."""
    kinds: tuple[str, ...] = ()
    """Events sent: `scan.ended`, or `scan.` for all that begin so; empty: every one."""
    level: Annotated[int, Meta(ge=0, le=3)] = 0
    """Least level of an event that is sent: 1 leaves out mere connections, 2 all but credentials and attacks."""
    ca_file: str = ""
    """Certificates to trust, PEM; empty: the system's."""
    cert_file: str = ""
    """Our own certificate and its key, PEM, where the far end asks for one."""
    verify: bool = True
    """Whether the far end's certificate and name are checked; false only for a test."""
    timeout_s: Annotated[float, Meta(gt=0, le=300)] = 10.0
    """Longest wait for a connection, and for an answer."""


class Keyed(Far, frozen=True, kw_only=True):
    """One that wants a secret."""

    secret_file: str = ""
    """File whose first line it is; read once, as root."""
    secret_env: str = ""
    """Or the environment variable that holds it."""


class Account(Keyed, frozen=True, kw_only=True):
    """One that knows users."""

    user: str = ""
    """Whose password the secret is; empty: the secret stands for itself (a token, a key)."""


class Syslog(Far, frozen=True, kw_only=True, tag="syslog"):
    """RFC 5424, one message an event."""

    url: str
    """`udp://`, `tcp://` (octet counting) or `tls://`, host and port."""
    form: Form = "ecs"
    """What the message says."""
    facility: Annotated[int, Meta(ge=0, le=23)] = 1
    """1: user; 16 to 23: local0 to local7."""
    app: str = "rawspoof"
    """APP-NAME."""
    sd_id: str = "rawspoof@32473"
    """Name of the structured data, with one's own enterprise number; 32473 is nobody's (RFC 5612)."""
    message_bytes_max: Annotated[int, Meta(ge=480, le=65000)] = 8192
    """Longer ones are cut; rsyslog takes this much."""


class Webhook(Keyed, frozen=True, kw_only=True, tag="webhook"):
    """A POST an event, for people."""

    url: str = ""
    """`https://` …; where it is a secret itself: `url_file` or `url_env`."""
    url_file: str = ""
    url_env: str = ""
    kinds: tuple[str, ...] = ("scan.detected", "scan.ended", "service.credential")
    level: Annotated[int, Meta(ge=0, le=3)] = 1
    preset: Preset = "generic"
    """Who listens there."""
    body: str = ""
    """JSON in which `{text}`, `{kind}`, `{source}` … stand for the event's; empty: the preset's own."""
    form: Form | Literal[""] = ""
    """Send this form of the event instead of JSON for people."""
    per_minute: Annotated[int, Meta(ge=1, le=6000)] = 10
    """Messages a minute; the events beyond are told by their number."""


class Nats(Account, frozen=True, kw_only=True, tag="nats"):
    """NATS JetStream, each event once."""

    url: str
    """`nats://` or `tls://`, host and port."""
    stream: str = "RAWSPOOF"
    subject: str = "rawspoof"
    """Events go to `subject.<sensor>.<kind>`."""
    create: bool = True
    """Make the stream if it is missing, and ask it what it has after a restart; false where that is forbidden: an
    outage longer than its duplicate window may then repeat a few events."""
    keep_days: Annotated[int, Meta(ge=1)] = 7
    """Of a stream that is made: how long events stay."""
    mb_max: Annotated[int, Meta(ge=1)] = 1024
    """Of a stream that is made: MiB of all events; the oldest go for more."""
    form: Form = "ecs"


class Redis(Account, frozen=True, kw_only=True, tag="redis"):
    """A Redis stream, each event once."""

    url: str
    """`redis://` or `rediss://`, host and port, `/1` for another database than 0."""
    key: str = ""
    """Of the stream, which no other sensor may write to; empty: `rawspoof:` and the host's name."""
    length_max: Annotated[int, Meta(ge=1)] = 100_000
    """About how many events it keeps."""
    form: Form = "ecs"


class Elasticsearch(Account, frozen=True, kw_only=True, tag="elasticsearch"):
    """Elasticsearch or OpenSearch, `_bulk`, each event once."""

    url: str
    """`https://` …; the secret is the user's password or, without a user, an API key."""
    index: str = "rawspoof-events"


class Clickhouse(Account, frozen=True, kw_only=True, tag="clickhouse"):
    """ClickHouse over HTTP."""

    url: str
    table: str = "rawspoof.events"


class Splunk(Keyed, frozen=True, kw_only=True, tag="splunk"):
    """Splunk's HTTP event collector; the secret is its token."""

    url: str
    index: str = ""
    """Empty: the token's own."""
    sourcetype: str = "rawspoof"


class Otlp(Keyed, frozen=True, kw_only=True, tag="otlp"):
    """OpenTelemetry logs over HTTP, as JSON; the secret is what the Authorization header says."""

    url: str
    """A path other than `/v1/logs` is taken as it is."""


AnySink = Syslog | Webhook | Nats | Redis | Elasticsearch | Clickhouse | Splunk | Otlp

PORTS: Final[dict[type[Far], dict[str, int]]] = {
    Syslog: {"udp": 514, "tcp": 514, "tls": 6514},
    Nats: {"nats": 4222, "tls": 4222},
    Redis: {"redis": 6379, "rediss": 6379},
    Clickhouse: {"http": 8123, "https": 8443},
    Splunk: {"http": 8088, "https": 8088},
    Elasticsearch: {"http": 9200, "https": 9200},
    Otlp: {"http": 4318, "https": 4318},
    Webhook: {"http": 80, "https": 443},
}
"""The schemes each kind understands, with their usual ports."""

_ATOM: Final = r"[!-~]"
_WORDS: Final[tuple[tuple[str, str, str], ...]] = (
    ("name", r"[^\x00-\x1f\x7f-\x9f]{0,64}", "at most 64 printable characters"),
    ("app", rf"{_ATOM}{{1,48}}", "1 to 48 printable characters without blanks"),
    ("sd_id", r"[^\s=\]\"]{1,32}(?<!@)", "a name such as rawspoof@32473"),
    ("stream", r"[A-Za-z0-9_-]{1,64}", "letters, digits, _ and -"),
    ("subject", r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*", "words with dots between them"),
    ("index", r"[^\s/\\?*\"<>|,#]{0,255}", "an index's name"),
    ("table", r"\w+(\.\w+)?", "a table, or database.table"),
    ("key", r"[!-~]{0,512}", "printable characters without blanks"),
)


def problems(sinks: tuple[AnySink, ...]) -> Iterator[tuple[str, str]]:
    """Each thing that is wrong: the dotted key, `sink[2].url`, and what was expected there."""
    names: dict[str, int] = {}
    for index, sink in enumerate(sinks):
        for key, what in _wrong(sink):
            yield f"sink[{index}].{key}", what
        known = names.setdefault(title(sink), index)
        if known != index:
            yield f"sink[{index}].name", f"expected another name than sink[{known}]'s"


def title(sink: AnySink) -> str:
    """What a sink is called; never a webhook's address, which may be a secret."""
    kind = str(sink.__struct_config__.tag)
    found = "" if isinstance(sink, Webhook) else place(type(sink), sink.url)
    where = sink.preset if isinstance(sink, Webhook) else "" if isinstance(found, str) else f"{found[1]}:{found[2]}"
    return sink.name or f"{kind} {where}"


def place(kind: type[Far], url: str) -> tuple[SplitResult, str, int] | str:
    """A URL's parts, its host and its port; or what was expected instead."""
    schemes = PORTS[kind]
    example = f"a URL such as {next(reversed(schemes))}://host:{next(reversed(schemes.values()))}"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return f"expected {example}"
    if parts.username is not None or parts.password is not None:
        return "expected no password in it: name secret_file or secret_env"
    if parts.scheme not in schemes or not parts.hostname or not url.isascii() or not url.isprintable() or " " in url:
        return f"expected {example}"
    return parts, parts.hostname, schemes[parts.scheme] if port is None else port


def explain(where: str, wrong: str) -> tuple[str, str]:
    """msgspec's complaint about a table as the key in it that is meant, and the complaint."""
    field = re.fullmatch(r"Object (missing required|contains unknown) field `(.*)`", wrong)
    if field:
        return f"{where}.{field[2]}", "needed" if field[1].startswith("missing") else "unknown key"
    choices = {
        "kind": [str(kind.__struct_config__.tag) for kind in get_args(AnySink)],
        "form": get_args(Form),
        "preset": get_args(Preset),
    }.get(where.rpartition(".")[2])
    if choices:
        return where, "expected " + " or ".join(f"`{choice}`" for choice in choices)
    return where, wrong


def _wrong(sink: AnySink) -> Iterator[tuple[str, str]]:
    if isinstance(sink, Webhook):
        yield from _webhook(sink)
    if not isinstance(sink, Webhook) or sink.url:
        found = place(type(sink), sink.url)
        if isinstance(found, str):
            # What stands there may be half a secret; it is not shown.
            yield "url", found
        elif isinstance(sink, Redis) and not re.fullmatch(r"(/\d{0,5})?", found[0].path):
            yield "url", "expected a database's number at its end, such as /1"
    for number, kind in enumerate(sink.kinds):
        if not any(known == kind or (kind.endswith(".") and known.startswith(kind)) for known in KINDS):
            yield f"kinds[{number}]", f"expected one of {', '.join(sorted(KINDS))}, got {kind!r}"
    if isinstance(sink, Keyed) and sink.secret_file and sink.secret_env:
        yield "secret_env", "expected secret_file or secret_env, not both"
    for key, pattern, expected in _WORDS:
        value = getattr(sink, key, None)
        if value is not None and not re.fullmatch(pattern, value):
            yield key, f"expected {expected}, got {value!r}"


def _webhook(sink: Webhook) -> Iterator[tuple[str, str]]:
    if sum(map(bool, (sink.url, sink.url_file, sink.url_env))) != 1:
        yield "url", "expected one of url, url_file and url_env"
    if sink.body and sink.form:
        yield "form", "expected body or form, not both"
    try:
        json.loads(sink.body or "0")
    except ValueError as error:
        yield "body", f"expected JSON: {error}"
