"""Builds a Sensor from a configuration: the one place that knows every room. Opens nothing but data files."""

import logging
from collections.abc import Mapping
from ipaddress import ip_address, ip_network
from types import MappingProxyType
from typing import Final, NamedTuple

from rawspoof.config.load import ConfigError
from rawspoof.config.model import Config
from rawspoof.core.conversation.fuzz import Payloads
from rawspoof.core.gate import Gate, prefixes, within
from rawspoof.core.parlour import Limits
from rawspoof.core.personality.dress import Dress, DressOf
from rawspoof.core.personality.looks import Offer
from rawspoof.core.personality.model import Personality
from rawspoof.core.sensor import Fittings, Sensor
from rawspoof.core.talk import Props
from rawspoof.core.watch.judge import Judge
from rawspoof.core.watch.report import reporter
from rawspoof.core.watch.rule import Rules
from rawspoof.core.watch.watch import Hear, Report, Watch
from rawspoof.core.watch.watch import Settings as WatchSettings
from rawspoof.core.world.eras import AnyWorld, followed
from rawspoof.core.world.world import World
from rawspoof.edges.crypto.engines import CryptoEngines
from rawspoof.edges.firewall.plan import left_to_kernel
from rawspoof.edges.system import imports
from rawspoof.edges.system.kinds import load_kinds
from rawspoof.edges.system.payloads import load_payloads
from rawspoof.edges.system.scanners import load_rules
from rawspoof.edges.system.signatures import load_catalogue

FRESH_MAX: Final = 16384
"""Newly touched ports that wait to be drawn: a fifth of a second at 80,000 packets a second."""

log = logging.getLogger(__name__)

Templates = Mapping[str, Mapping[Offer, bytes]]
"""Forged SYN-ACKs by operating system family."""


class Parts(NamedTuple):
    """What is the same for every worker, read once and shared by forking."""

    config: Config
    secret: bytes
    faces: Mapping[str, Personality]
    """Personality of each operating system family that a host may have; the first is the default."""
    world: World
    payloads: Payloads | None
    """For a fuzz world."""
    engines: CryptoEngines
    rules: Rules
    """Who a source is, by its packets and words."""


def parts(config: Config, secret: bytes, faces: Mapping[str, Personality]) -> Parts:
    """Everything but the templates. Signatures that do not parse are logged, the others load. Raises ConfigError."""
    catalogue, problems = load_catalogue(config.signatures, imports.wishes(config, secret))
    for problem in problems:
        log.warning("%s", problem)
    family = next(iter(faces.values())).family
    try:
        kinds = load_kinds(faces) if config.world.kind == "plausible" else ()
        payloads = load_payloads(config.world) if config.world.kind == "fuzz" else None
        world = World(catalogue, secret, config.world, family, kinds)
    except ValueError as error:
        raise ConfigError(str(error)) from None
    return Parts(config, secret, faces, world, payloads, CryptoEngines(secret), load_rules())


def sensor(made: Parts, templates: Templates, verify_checksums: bool = True) -> Sensor:
    """A sensor of its own flows and counters."""
    fit = _fittings(made, made.world, templates)
    return Sensor(made.secret, fit, Watch(*_watch(made)), verify_checksums)


def refitted(mind: Sensor, made: Parts, templates: Templates) -> Fittings:
    """What a sensor is to go on with under other parts; takes no effect by itself.

    The world is another one where it is another object: whoever is connected then stays with the one before.
    """
    return _fittings(made, followed(mind.fit.world, made.world), templates, mind.fit.dresses)


def _fittings(
    made: Parts, world: AnyWorld, templates: Templates, worn: Mapping[str, Dress] = MappingProxyType({})
) -> Fittings:
    """`worn` are dresses that go on: some count their packets."""
    config, tcp = made.config, made.config.tcp
    faces = {family: face for family, face in made.faces.items() if family not in worn}
    dresses = {**worn, **{family: Dress(face, templates[family], made.secret) for family, face in faces.items()}}
    return Fittings(
        world=world,
        dress_of=_dress_of(world, dresses),
        gate=_gate(config),
        closed_ports=frozenset(config.sensor.closed_ports),
        doors=config.world.kind == "plausible",
        flows_max=tcp.flows_max,
        holds_max=tcp.holds_max,
        half_open_max=tcp.half_open_max,
        answers_per_s_max=tcp.answers_per_s_max,
        limits=Limits(tcp.idle_s, tcp.retries_max),
        props=Props(made.payloads, made.engines),
        watch=_watch(made),
        dresses=dresses,
    )


def _dress_of(world: AnyWorld, dresses: Mapping[str, Dress]) -> DressOf:
    """One personality for every destination, or, where each address is a host of its own, that host's."""
    default = next(iter(dresses.values()))
    if len(dresses) == 1:
        return lambda key, turn: default

    def of_host(key: bytes, turn: int | None) -> Dress:
        half = (len(key) - 4) // 2
        return dresses[world.family(key[:half], key[half:-4], turn)]

    return of_host


def _watch(made: Parts) -> tuple[Report, WatchSettings, Hear]:
    settings = made.config.watch
    own = prefixes([ip_network(text) for text in settings.own_networks])
    judge = Judge(made.rules, lambda address: within(address, own))
    # Only the web admin's map wants to know of every port at once; reports tell of them in time.
    fresh = FRESH_MAX if made.config.admin.port else 0
    limits = WatchSettings(settings.sources_max, idle_s=settings.idle_s, update_s=settings.update_s, fresh_max=fresh)
    return reporter(judge), limits, judge.hear


def _gate(config: Config) -> Gate:
    sensor = config.sensor
    return Gate(
        [ip_address(text).packed for text in sensor.addresses],
        [ip_network(text) for text in sensor.networks] if sensor.addresses else [],
        left_to_kernel(config),
        [ip_network(text) for text in sensor.allow],
    )
