"""The way to the broker, and where a hub keeps what is its own. Reads the secret; connects to nobody yet."""

from pathlib import Path

import msgspec

from rawspoof.config import fleet
from rawspoof.config.model import Config
from rawspoof.edges.sinks.base import SinkError
from rawspoof.edges.sinks.named import open_fleet
from rawspoof.edges.sinks.nats import Dial


def folder(config: Config) -> Path:
    """Keys, and the broker's certificate."""
    return Path(config.sensor.state_dir, "hub")


def seed_file(config: Config) -> Path:
    """The hub's own key."""
    return folder(config) / "seed"


def certificate(config: Config) -> Path:
    """The broker's, where we made it."""
    return folder(config) / "broker.crt"


def dial(config: Config) -> Dial:
    """Makes connections to the broker. Raises SinkError, a line that names the key."""
    hub = config.hub
    if not hub.secret_file and not hub.secret_env and not hub.user and seed_file(config).exists():
        hub = msgspec.structs.replace(hub, secret_file=str(seed_file(config)))
    if not hub.ca_file and certificate(config).exists():
        hub = msgspec.structs.replace(hub, ca_file=str(certificate(config)))
    try:
        return open_fleet(msgspec.structs.replace(config, fleet=fleet.of_hub(hub)), fleet.HUB)
    except SinkError as error:
        raise SinkError(f"hub.{str(error).removeprefix('fleet.')}") from None
