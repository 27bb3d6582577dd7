"""From a configuration to a sensor that answers, or to one line that says why not."""

import logging
import os
import pwd
from collections.abc import Callable
from typing import Final

from rawspoof.config.model import Config
from rawspoof.daemon.blueprint import draw
from rawspoof.daemon.refusal import CannotEverStart, CannotStart
from rawspoof.daemon.supervisor import Supervisor
from rawspoof.edges.system import privileges
from rawspoof.edges.system.notify import Notifier

NO_RIGHT: Final = (
    "no right to take packets from the kernel: start as root (sudo rawspoof run …), "
    "or with CAP_NET_ADMIN and CAP_NET_RAW"
)

log = logging.getLogger(__name__)


def run(read: Callable[[], Config], ready: Callable[[], None] = lambda: None) -> int:
    """The daemon's exit status: 0 after SIGTERM or Ctrl-C, 1 or 2 if it cannot start. Raises ConfigError.

    `read` gives the configuration, now and at each SIGHUP; `ready` is called once the sensor answers.
    """
    tell = Notifier.of(os.environ)
    try:
        supervisor = _start(read, tell)
    except CannotStart as why:
        tell.status(str(why))
        log.error("%s", why)
        return why.status
    try:
        ready()
        supervisor.watch()
    finally:
        supervisor.stop()
    return 0


def _start(read: Callable[[], Config], tell: Notifier) -> Supervisor:
    """Everything up and answering. Raises CannotStart, ConfigError."""
    config = read()
    _check_rights(config)
    drawn = draw(config)
    from rawspoof.edges.firewall.guard import FirewallError, Guard

    guard = Guard(drawn.plan) if config.sensor.firewall else None
    try:
        supervisor = Supervisor(drawn, guard, read, tell)
    except OSError as error:
        raise CannotStart(str(error)) from None
    try:
        supervisor.start()
    except CannotStart:
        supervisor.stop()
        raise
    except (FirewallError, OSError) as error:
        supervisor.stop()
        raise CannotStart(str(error)) from None
    return supervisor


def _check_rights(config: Config) -> None:
    """Nothing, if we may do what we must. Raises CannotStart."""
    if not all(map(privileges.held, privileges.PACKETS)):
        raise CannotEverStart(NO_RIGHT)
    if privileges.is_root():
        try:
            pwd.getpwnam(config.sensor.user)
        except KeyError:
            raise CannotEverStart(f"there is no user {config.sensor.user!r}: name one in sensor.user") from None
