"""What differs between two configurations, and which of it a running sensor takes over without being started again.

The one list of keys that need a restart; knows nothing of how a reload is done.
"""

from collections.abc import Iterable
from typing import Final

from rawspoof.config.keys import KNOWN, value
from rawspoof.config.model import Config

RESTART_KEYS: Final = frozenset(
    {
        # Queues, sockets and processes are counted out once.
        "sensor.workers",
        "sensor.queue",
        "sensor.queue_max",
        "sensor.firewall",
        # Connections are known again by the secret; another one would strand all that are open.
        "sensor.secret_file",
        # Templates are forged before privileges are dropped; another TCP in the middle of a scan would tell.
        "sensor.personality",
        # Folders are given to the user while that right is still there.
        "sensor.user",
        "sensor.state_dir",
        "store.enabled",
        "store.folder",
        "evidence.enabled",
        # The web admin's port, key and password file are opened while that right is still there.
        "admin.port",
        "admin.host",
        "admin.tls",
        "admin.cert_file",
        "admin.key_file",
    }
)
"""Keys whose change counts from the next start on."""


def changed(old: Config, new: Config) -> list[str]:
    """The dotted keys that differ, in the model's order; of `[[sink]]` tables only `sink`."""
    return [key for key in KNOWN if value(old, key) != value(new, key)]


def needs_restart(keys: Iterable[str]) -> list[str]:
    """Those of the keys that a reload cannot take over, in the order they come in."""
    return [key for key in keys if key in RESTART_KEYS]
