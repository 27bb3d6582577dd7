"""The sinks of the configuration's `[[sink]]` tables, made but not yet connected. Reads their secrets, as root.

Knows every kind of sink and how none of them works.
"""

import base64
import os
import re
import ssl
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from rawspoof.config import fleet
from rawspoof.config.error import ConfigError
from rawspoof.config.model import Config
from rawspoof.config.reading import FILE_BYTES_MAX, contents
from rawspoof.config.sinks import (
    Account,
    AnySink,
    Clickhouse,
    Elasticsearch,
    Far,
    Keyed,
    Nats,
    Otlp,
    Redis,
    Splunk,
    Syslog,
    Webhook,
    place,
    title,
)
from rawspoof.edges.sinks import dialects, forms, message, nats, nkey, otlp, redis, syslog, webhook
from rawspoof.edges.sinks.base import Sink, SinkError, Tally
from rawspoof.edges.sinks.bulk import Bulk
from rawspoof.edges.sinks.post import Poster
from rawspoof.edges.sinks.stream import tls


class _Fault(Exception):
    def __init__(self, key: str, what: object) -> None:
        super().__init__(key, what)
        self.key, self.what = key, what


def open_far(config: Config, observer: str) -> list[Sink]:
    """The sinks of all `[[sink]]` tables, and the fleet's; `observer` is this host's name. Raises SinkError."""
    made = []
    for index, settings in enumerate(config.sink):
        try:
            made.append(open_sink(settings, observer))
        except _Fault as fault:
            raise SinkError(f"sink[{index}].{fault.key}: {fault.what}") from None
    if config.fleet.url:
        sensor = config.fleet.name or observer
        events = fleet.events(config.fleet)
        form = forms.named(events.form, sensor)
        made.append(nats.Nats(events, sensor, form, open_fleet(config, observer)))
    return made


def open_fleet(config: Config, observer: str) -> nats.Dial:
    """The way to the fleet's broker; there must be one. Raises SinkError."""
    try:
        return _dial(fleet.events(config.fleet), config.fleet.name or observer)
    except _Fault as fault:
        raise SinkError(f"fleet.{fault.key}: {fault.what}") from None


def problems(config: Config) -> Iterator[tuple[str, str]]:
    """What keeps each of the sinks from being made: the dotted key, and what is wrong there."""
    for index, settings in enumerate(config.sink):
        try:
            open_sink(settings, "").close()
        except _Fault as fault:
            yield f"sink[{index}].{fault.key}", str(fault.what)


def open_sink(settings: AnySink, observer: str) -> Sink:
    """One of them. Raises an exception that names the key, which open_far completes."""
    secret = _secret(settings)
    match settings:
        case Syslog():
            return syslog.Syslog(settings, observer, forms.named(settings.form, observer), _context(settings))
        case Nats():
            return nats.Nats(settings, observer, forms.named(settings.form, observer), _dial(settings, observer))
        case Redis():
            return redis.Redis(settings, observer, forms.named(settings.form, observer), secret, _context(settings))
        case Webhook():
            return _webhook(settings, observer, secret)
        case Elasticsearch():
            basic = base64.b64encode(f"{settings.user}:{secret}".encode()).decode()
            word = f"Basic {basic}" if settings.user else f"ApiKey {secret}" if secret else ""
            poster = _poster(settings, settings.url, {"Authorization": word})
            return Bulk(settings, observer, poster, dialects.Elasticsearch(settings, observer))
        case Clickhouse():
            poster = _poster(settings, settings.url, {"X-ClickHouse-User": settings.user, "X-ClickHouse-Key": secret})
            return Bulk(settings, observer, poster, dialects.Clickhouse(settings, observer))
        case Splunk():
            poster = _poster(settings, settings.url, {"Authorization": f"Splunk {secret}"})
            return Bulk(settings, observer, poster, dialects.Splunk(settings, observer))
        case Otlp():
            thrown = Tally(f"{title(settings)}: events thrown away there").add
            poster = _poster(settings, settings.url, {"Authorization": secret})
            return Bulk(settings, observer, poster, otlp.Otlp(poster.path, observer, thrown))


def _webhook(settings: Webhook, observer: str, secret: str) -> webhook.Webhook:
    url = settings.url or _read("url", settings.url_file, settings.url_env)
    if isinstance(what := place(Webhook, url), str):
        raise _Fault("url" if settings.url else "url_file" if settings.url_file else "url_env", what)
    template = message.TEMPLATES[settings.preset] if not settings.body else message.parsed(settings.body)
    if names := message.unknown(template):
        raise _Fault("body", f"expected of {', '.join(sorted(message.NAMES))}, got {', '.join(names)}")
    form = forms.named(settings.form, observer) if settings.form else None
    return webhook.Webhook(settings, observer, _poster(settings, url, {"Authorization": secret}), form)


def _poster(settings: Far, url: str, headers: Mapping[str, str]) -> Poster:
    """A poster to this URL, with the scheme's usual port where it names none, and those headers that say something."""
    found = place(type(settings), url)
    assert not isinstance(found, str)
    parts, host, port = found
    if not all(text.isascii() for text in headers.values()):
        raise _Fault("secret_file", "expected ASCII there (or in secret_env)")
    netloc = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    whole = urlsplit(url)._replace(netloc=netloc).geturl()
    context = _context(settings) if parts.scheme == "https" else None
    return Poster(whole, settings.timeout_s, context, {name: text for name, text in headers.items() if text})


def _context(settings: Far) -> ssl.SSLContext:
    for key in ("ca_file", "cert_file"):
        path = getattr(settings, key)
        try:
            tls(**{key: path}) if path else None
        except (OSError, ValueError) as error:
            raise _Fault(key, f"{path}: expected certificates in PEM ({error})") from None
    return tls(settings.ca_file, settings.cert_file, settings.verify)


def _secret(settings: AnySink) -> str:
    """What the file or variable says, "" if there is none. A sink that names a user has one."""
    if not isinstance(settings, Keyed):
        return ""
    secret = _read("secret", settings.secret_file, settings.secret_env)
    if isinstance(settings, Account) and settings.user and not secret:
        raise _Fault("user", "expected secret_file or secret_env beside it")
    if isinstance(settings, Splunk) and not secret:
        raise _Fault("secret_file", "expected the collector's token there (or in secret_env)")
    return secret


def _read(what: str, path: str, variable: str) -> str:
    key, text = f"{what}_file" if path else f"{what}_env", ""
    if path:
        try:
            text = contents(path, FILE_BYTES_MAX).decode()
        except ConfigError as wrong:
            raise _Fault(key, str(wrong)) from None
        except UnicodeDecodeError as wrong:
            raise _Fault(key, f"{path} cannot be read: {wrong}") from None
    elif variable:
        if variable not in os.environ:
            raise _Fault(key, f"there is no environment variable {variable}")
        text = os.environ[variable]
    first = text.partition("\n")[0].strip()
    if (path or variable) and not re.fullmatch(r"[^\x00-\x1f\x7f]+", first):
        raise _Fault(key, "expected a line of printable characters there")
    return first


def _dial(settings: Nats, sensor: str) -> nats.Dial:
    secret = _secret(settings)
    if secret and not settings.user and nkey.is_seed(secret):
        try:
            nkey.NKey(secret)
        except nkey.WrongSeed as error:
            raise _Fault("secret_file" if settings.secret_file else "secret_env", error) from None
    return nats.Dial(settings, sensor, secret, _context(settings))
