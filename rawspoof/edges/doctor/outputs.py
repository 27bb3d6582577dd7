"""Where the news go: whether anybody hears them, in whose hearing, and how loud; and the web admin's door.

Reads files that the configuration names; sends nothing (see `reach` for that).
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from rawspoof.config.model import Config
from rawspoof.config.sinks import AnySink, Keyed, Syslog, Webhook, title
from rawspoof.edges.doctor.finding import Finding, advice, good, trouble
from rawspoof.edges.sinks.base import SinkError
from rawspoof.edges.web import passwords
from rawspoof.edges.web.door import secured

COOLDOWN_MIN_S: Final = 60.0
"""Digests oftener than this are deleted unread."""
PER_MINUTE_MAX: Final = 60
CERTIFICATE_SOON: Final = timedelta(days=21)
GEOIP_OLD: Final = timedelta(days=365)
_CLEAR: Final = ("tcp://", "udp://", "nats://", "redis://", "http://")
_LOCAL: Final = ("127.", "[::1]", "localhost")


def outputs(config: Config, now: datetime) -> Iterator[Finding]:
    """Everything about sinks, mail and the web admin. `now` with a time zone."""
    yield from _heard(config)
    for sink in config.sink:
        yield from _sink(sink)
    yield from _mail(config)
    if config.admin.port:
        yield from _admin(config, now)
        yield from _geoip(config, now)


def _heard(config: Config) -> Iterator[Finding]:
    kept = {
        "the store": config.store.enabled,
        "a file": bool(config.events.file or config.events.log_file),
        f"{len(config.sink)} sinks": bool(config.sink),
        "mail": config.mail.enabled or bool(config.mail.json_file),
    }
    if named := [what for what, is_so in kept.items() if is_so]:
        yield good("outputs.heard", f"events go to {', '.join(named)}")
    else:
        cure = "set store.enabled = true, or name a place in events.file"
        yield advice("outputs.nowhere", "nobody will know what happened: events go nowhere", cure)


def _sink(sink: AnySink) -> Iterator[Finding]:
    name = title(sink)
    files = [getattr(sink, key, "") for key in ("secret_file", "url_file", "ca_file", "cert_file")]
    for file in filter(None, files):
        if not Path(file).is_file():
            yield trouble("outputs.file", f"{name}: there is no file {file}", "name one that is there")
    if not sink.verify:
        yield advice("outputs.unverified", f"{name}: anybody could be the far end", "set verify = true, and ca_file")
    host = sink.url.partition("//")[2]
    if sink.url.startswith(_CLEAR) and not host.startswith(_LOCAL):
        secret = isinstance(sink, Keyed) and bool(sink.secret_file or sink.secret_env)
        # Syslog in clear is an old custom of inner networks; a secret in clear is nobody's.
        if secret or not isinstance(sink, Syslog):
            what = f"{name}: {'its secret and the events go' if secret else 'events go'} over the network in clear"
            yield advice("outputs.clear", what, "use its TLS form (https://, tls://, rediss://)")
    if isinstance(sink, Webhook) and sink.per_minute > PER_MINUTE_MAX:
        what = f"{name}: up to {sink.per_minute} messages a minute while somebody scans"
        yield advice("outputs.flood", what, "lower per_minute, or raise level")


def _mail(config: Config) -> Iterator[Finding]:
    mail = config.mail
    if mail.enabled and mail.cooldown_seconds < COOLDOWN_MIN_S:
        what = f"a scan brings a mail every {max(mail.cooldown_seconds, 1):.0f} s"
        yield advice("outputs.mail-flood", what, f"set mail.cooldown_seconds to {COOLDOWN_MIN_S:.0f} or more")
    file = mail.smtp_password_file
    if mail.enabled and file and not Path(file).is_file():
        yield advice("outputs.file", f"mail: there is no file {file}", "name one that is there")
    if mail.enabled and mail.smtp_user and not (mail.smtp_starttls or mail.smtp_tls):
        yield advice("outputs.mail-clear", "the mail server is told its password in clear", "set mail.smtp_tls = true")


def _admin(config: Config, now: datetime) -> Iterator[Finding]:
    admin = config.admin
    try:
        passwords.read(passwords.path(config))
        yield good("outputs.admin-password", "the web admin has a password")
    except SinkError as wrong:
        yield trouble("outputs.admin-password", f"web admin: {wrong}", "rawspoof admin passwd")
    if not secured(admin) and not ip_address(admin.host).is_loopback:
        what = f"the web admin at {admin.host} takes its password in clear"
        yield advice("outputs.admin-clear", what, 'set admin.tls = "auto"')
    if secured(admin):
        yield from _certificate(Path(admin.cert_file or f"{config.sensor.state_dir}/admin.crt"), now)


def _certificate(file: Path, now: datetime) -> Iterator[Finding]:
    from cryptography import x509

    try:
        ends = x509.load_pem_x509_certificate(file.read_bytes()).not_valid_after_utc
    except FileNotFoundError:
        # It is made at the start, unless it was named.
        return
    except ValueError:
        yield trouble("outputs.certificate", f"{file} is no certificate", "correct admin.cert_file")
        return
    if ends < now + CERTIFICATE_SOON:
        tense = "ended" if ends < now else "ends"
        what = f"the web admin's certificate {tense} on {ends:%Y-%m-%d} ({file})"
        yield advice("outputs.certificate", what, "renew it; one that rawspoof made is made anew once it is removed")
    else:
        yield good("outputs.certificate", f"the web admin's certificate is good until {ends:%Y-%m-%d}")


def _geoip(config: Config, now: datetime) -> Iterator[Finding]:
    if not config.admin.geoip_file:
        return
    from maxminddb import InvalidDatabaseError, open_database

    try:
        with open_database(config.admin.geoip_file) as database:
            made = datetime.fromtimestamp(database.metadata().build_epoch, UTC)
    except (OSError, InvalidDatabaseError, ValueError) as wrong:
        what = (
            f"admin.geoip_file: {config.admin.geoip_file}: {getattr(wrong, 'strerror', None) or 'no MaxMind DB file'}"
        )
        yield trouble("outputs.geoip", what, "name a .mmdb file, or none")
        return
    if now - made > GEOIP_OLD:
        yield advice("outputs.geoip", f"{config.admin.geoip_file} is of {made:%Y-%m-%d}", "fetch a newer one")
