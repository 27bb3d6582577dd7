"""What the web admin needs of root: its port, its password file, its key. Opened before privileges are dropped.

Whatever is wrong is one line with the key or the file, and the sensor does not start. Answers nothing.
"""

import logging
import os
import socket
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from rawspoof.config.model import Admin, Config
from rawspoof.edges.sinks.base import SinkError
from rawspoof.edges.system import clock
from rawspoof.edges.web import geoip, passwords, queues, tls
from rawspoof.edges.web.mail import MailFile
from rawspoof.edges.web.trials import trials

BACKLOG: Final = 128

Trials = Mapping[str, Callable[[], None]]
"""Each sink's, by its name."""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Door:
    """All that was opened."""

    listener: socket.socket
    context: ssl.SSLContext | None
    known: passwords.Credentials
    country: geoip.Country
    mail: MailFile
    trials: Trials
    queues: int
    """Descriptor, -1 for none."""

    def renewed(self, config: Config) -> "Door":
        """The same listener and key, and what else another configuration says. Raises SinkError."""
        known, country, mail, tests = _contents(config)
        return replace(self, known=known, country=country, mail=mail, trials=tests)

    def close(self) -> None:
        """Let go of it, in a forked child that is not the collector too."""
        self.listener.close()
        if self.queues >= 0:
            os.close(self.queues)


def open_door(config: Config, hub: bool = False) -> Door:
    """Everything; a hub has no queues. Raises SinkError."""
    admin, state = config.admin, Path(config.sensor.state_dir)
    known, country, mail, tests = _contents(config)
    context, marks = None, ""
    if secured(admin):
        cert = Path(admin.cert_file) if admin.cert_file else state / "admin.crt"
        key = Path(admin.key_file) if admin.key_file else state / "admin.key"
        context, marks = tls.context(cert, key, tuple(dict.fromkeys((admin.host, "localhost", *names(admin)))))
    listener = _listen(admin)
    where = f"[{admin.host}]" if ":" in admin.host else admin.host
    log.info("web admin: http%s://%s:%d/%s", "s" if context else "", where, admin.port, marks and f", SHA-256 {marks}")
    return Door(listener, context, known, country, mail, tests, -1 if hub else _queues())


def _contents(config: Config) -> tuple[passwords.Credentials, geoip.Country, MailFile, Trials]:
    """What is read from files and may be read again. Raises SinkError."""
    known = passwords.read(passwords.path(config))
    country = geoip.countries(config.admin.geoip_file) if config.admin.geoip_file else geoip.nobody
    mail = MailFile(config.mail, config.sensor.user, clock.steady())
    return known, country, mail, trials(config, socket.gethostname(), clock.steady())


def secured(admin: Admin) -> bool:
    """Whether TLS is spoken."""
    return admin.tls == "on" or (admin.tls == "auto" and not ip_address(admin.host).is_loopback)


def names(admin: Admin) -> tuple[str, ...]:
    """This machine's own name, and those in the configuration."""
    return (socket.gethostname(), *admin.names)


def _listen(admin: Admin) -> socket.socket:
    address = ip_address(admin.host)
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    listener = socket.socket(family, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((admin.host, admin.port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise SinkError(f"admin.port: {admin.host} port {admin.port}: {error.strerror}: name another") from None
    return listener


def _queues() -> int:
    try:
        return queues.open_queues()
    except PermissionError:
        # The file is root's: who is not root does without.
        return -1
    except OSError as error:
        log.info("web admin: no packet rates: %s: %s", queues.PATH, error.strerror)
        return -1
