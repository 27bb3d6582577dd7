"""Builds a Sensor from a configuration: the one place that knows every room. Opens nothing but signature files."""

import logging
from collections.abc import Mapping
from ipaddress import ip_address, ip_network
from typing import NamedTuple

from rawspoof.config.load import ConfigError
from rawspoof.config.model import Config
from rawspoof.core.gate import Gate
from rawspoof.core.parlour import Limits
from rawspoof.core.personality.dress import Dress
from rawspoof.core.personality.looks import Offer
from rawspoof.core.personality.model import Personality
from rawspoof.core.sensor import Sensor
from rawspoof.core.world.world import World
from rawspoof.edges.system.signatures import load_catalogue

log = logging.getLogger(__name__)


class Parts(NamedTuple):
    """What is the same for every worker, read once and shared by forking."""

    config: Config
    secret: bytes
    personality: Personality
    world: World


def parts(config: Config, secret: bytes, personality: Personality) -> Parts:
    """Everything but the templates. Signatures that do not parse are logged, the others load. Raises ConfigError."""
    catalogue, problems = load_catalogue(config.signatures)
    for problem in problems:
        log.warning("%s", problem)
    try:
        world = World(catalogue, secret, config.world, personality.family)
    except ValueError as error:
        raise ConfigError(str(error)) from None
    return Parts(config, secret, personality, world)


def sensor(made: Parts, templates: Mapping[Offer, bytes], verify_checksums: bool = True) -> Sensor:
    """A sensor of its own flows and counters."""
    config = made.config
    dress = Dress(made.personality, templates, made.secret)
    return Sensor(
        made.secret,
        made.world,
        # One personality for every destination yet; decoy networks will give each address its own.
        lambda _: dress,
        _gate(config),
        closed_ports=config.sensor.closed_ports,
        flows_max=config.tcp.flows_max,
        holds_max=config.tcp.holds_max,
        half_open_max=config.tcp.half_open_max,
        limits=Limits(config.tcp.idle_s, config.tcp.retries_max),
        verify_checksums=verify_checksums,
    )


def _gate(config: Config) -> Gate:
    sensor = config.sensor
    return Gate(
        [ip_address(text).packed for text in sensor.addresses],
        [ip_network(text) for text in sensor.networks] if sensor.addresses else [],
        sensor.exempt_ports,
        [ip_network(text) for text in sensor.allow],
    )
