"""Everything that a configuration asks for, read and made but not in force: at the start, and for a reload.

What is wrong with it is known here, before anything has been touched. Starts no process that stays.
"""

import os
import pickle
import pwd
from collections.abc import Callable
from hashlib import blake2b
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from msgspec import to_builtins
from msgspec.structs import replace

from rawspoof import assembly
from rawspoof.config.error import ConfigError
from rawspoof.config.model import Config
from rawspoof.config.reading import contents
from rawspoof.core.personality.model import Personality
from rawspoof.daemon.forging import Forging
from rawspoof.daemon.refusal import CannotEverStart, CannotStart
from rawspoof.edges.system import personalities, secret
from rawspoof.edges.web import passwords, place

if TYPE_CHECKING:
    from rawspoof.edges.firewall.plan import Plan

Thing = TypeVar("Thing")

WRITTEN: Final = frozenset({"log_file", "json_file"})
"""Keys of files that change by themselves, and whose change is seen by those who use them."""
PAPER_BYTES_MAX: Final = 1 << 20
"""Of each such file; what comes after tells nothing apart."""


class Blueprint(NamedTuple):
    """All of it."""

    config: Config
    """As it was read; `made.config` says besides what follows from it."""
    made: assembly.Parts
    templates: assembly.Templates
    plan: "Plan"
    papers: bytes
    """Changes with what is in secrets, certificates and passwords."""


def draw(config: Config, before: Blueprint | None = None, leave: Callable[[], None] = lambda: None) -> Blueprint:
    """What to build. Raises CannotStart, and ConfigError for files that a configuration names.

    Of the one `before` all is kept that is still the same, and what connections are known by. `leave` is Forging's.
    """
    try:
        faces = _faces(config, before)
    except personalities.UnknownPersonality as error:
        raise CannotEverStart(str(error)) from None
    templates = before.templates if before else {}
    # Both are slow to import, and there are two cores: scapy in a child that ends, pyroute2 here meanwhile.
    forging = Forging({family: face for family, face in faces.items() if family not in templates}, leave)
    from rawspoof.edges.firewall.guard import FirewallError, check_interfaces
    from rawspoof.edges.firewall.plan import plan_from

    try:
        plan = plan_from(config)
        check_interfaces(plan)
        key = before.made.secret if before else secret.load(config)
        made = assembly.parts(place.prepared(_own(config)), key, faces)
    except (FirewallError, secret.SecretError) as error:
        raise CannotStart(str(error)) from None
    finally:
        forged = forging.result()
    if before:
        made = _kept(made, before.made)
    return Blueprint(config, made, {**templates, **forged}, plan, _papers(config))


def _faces(config: Config, before: Blueprint | None) -> dict[str, Personality]:
    """Those of connections that are open stay; raises UnknownPersonality."""
    faces = personalities.faces(config)
    if before is None:
        return faces
    worn = before.made.faces
    return {**worn, **{family: face for family, face in faces.items() if family not in worn}}


def _papers(config: Config) -> bytes:
    """A digest of what is in files that are named and read as a whole: secrets, certificates, passwords."""
    found = blake2b(_content(str(passwords.path(config))) if config.admin.port else b"")

    def look(value: object, name: str = "") -> None:
        if isinstance(value, dict):
            for inner in value:
                look(value[inner], inner)
        elif isinstance(value, list | tuple):
            for one in value:
                look(one)
        elif isinstance(value, str) and name.endswith("_file") and name not in WRITTEN:
            found.update(name.encode() + _content(value))

    look(to_builtins(config))
    return found.digest()


def _content(path: str) -> bytes:
    try:
        return contents(path, PAPER_BYTES_MAX) if path else b""
    except ConfigError:
        # Whoever needs it says so.
        return b""


def _own(config: Config) -> Config:
    """Who is not root stays who they are, whatever sensor.user says."""
    uid = os.geteuid()
    if not uid:
        return config
    try:
        name = pwd.getpwuid(uid).pw_name
    except KeyError:
        name = str(uid)
    return replace(config, sensor=replace(config.sensor, user=name))


def _kept(made: assembly.Parts, before: assembly.Parts) -> assembly.Parts:
    """The parts, of which those that are as before are the same things."""
    return made._replace(
        engines=before.engines,
        world=_same(made.world, before.world),
        payloads=_same(made.payloads, before.payloads),
        rules=_same(made.rules, before.rules),
    )


def _same(new: Thing, old: Thing) -> Thing:
    """The old one where nothing tells them apart."""
    return old if pickle.dumps(new) == pickle.dumps(old) else new
