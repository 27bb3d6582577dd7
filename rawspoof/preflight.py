"""What a start would stumble over: everything that a configuration names is looked at, and nothing is made or changed.

`rawspoof config check` and `run --check` are this one. Knows which key names what; how a file is read is its reader's.
"""

import os
import pwd
import re
import shutil
import stat
from collections.abc import Iterator, Mapping
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path
from typing import Final, NamedTuple

from rawspoof.config import credentials
from rawspoof.config.error import ConfigError
from rawspoof.config.keys import KNOWN, Fault, value
from rawspoof.config.load import Loaded, look
from rawspoof.config.model import Config
from rawspoof.core.signature.catalogue import Catalogue
from rawspoof.core.world.world import World
from rawspoof.edges.block.hook import ENVIRONMENT
from rawspoof.edges.firewall.guard import FirewallError, check_interfaces
from rawspoof.edges.firewall.plan import plan_from
from rawspoof.edges.sinks.base import SinkError
from rawspoof.edges.system import imports, personalities, secret
from rawspoof.edges.system.kinds import load_kinds
from rawspoof.edges.system.payloads import load_payloads
from rawspoof.edges.system.signatures import load_catalogue

MADE: Final = frozenset(
    {
        "sensor.secret_file",
        "admin.passwd_file",
        "admin.cert_file",
        "admin.key_file",
        "admin.geoip_file",
        "mail.json_file",
    }
)
"""Files that are made where they are not there, or have a reader of their own here."""

_SECRET: Final = re.compile(r"(password|secret|url|key|passwd)_file$|^(sink\[\d+\]|fleet)\.cert_file$")
"""Keys of files that nobody else should read; with a client's certificate lies its key."""


class Found(NamedTuple):
    """What there is to say, a line each."""

    wrong: list[str]
    """A start would fail over it, or leave out what its owner meant."""
    doubts: list[str]
    """It would not."""


def examine(path: str | None, overrides: Mapping[str, object], environ: Mapping[str, str]) -> Found:
    """Everything. Where the configuration itself is wrong, defaults stand in to look at the rest."""
    try:
        loaded = look(path, overrides, environ)
    except ConfigError as wrong:
        return Found([str(wrong)], [])
    config, given, wrong_lines = loaded
    found = Found(list(wrong_lines), [])
    for fault in (*_signatures(config, found), *_files(config), *_sinks(config), *_machine(config)):
        if given.told(fault) not in found.wrong:
            _elsewhere(fault, environ, loaded, found)
    found.doubts.extend((*exposed(loaded), *absent(loaded)))
    return found


def exposed(loaded: Loaded) -> list[str]:
    """A line for each file with a secret in it that everybody on this machine may read."""
    config, given, _ = loaded
    named = [*_named(config), ("sensor.secret_file", str(secret.path(config)))]
    if config.mail.smtp_password and given.path:
        named.append(("mail.smtp_password", given.path))
    return [
        given.told((key, f"warning: everybody may read {path}: chmod o= {path}"))
        for key, path in dict.fromkeys(named)
        if (_SECRET.search(key) or key == "mail.smtp_password") and _open_to_all(path)
    ]


def absent(loaded: Loaded) -> list[str]:
    """A line for each address to cover that this machine does not have, or not yet."""
    named = loaded.config.sensor.addresses
    if not named:
        return []
    # Netlink takes a while to import, and few name addresses.
    from rawspoof.edges.system.links import links

    here = {one.interface.ip for link in links() for one in link.addresses}
    return [
        loaded.given.told((f"sensor.addresses[{number}]", f"warning: {text} is no address of this machine now"))
        for number, text in enumerate(named)
        if ip_address(text) not in here
    ]


def _elsewhere(fault: Fault, environ: Mapping[str, str], loaded: Loaded, found: Found) -> None:
    """Put a fault where it belongs: variables and credentials may be the unit's, and not ours who look."""
    key, what = fault
    units = key.endswith("_env") or (credentials.DIRECTORY in what and credentials.VARIABLE not in environ)
    if units:
        what = f"warning: {what}; the unit may have it"
    (found.doubts if units else found.wrong).append(loaded.given.told((key, what)))


def _named(config: Config) -> Iterator[tuple[str, str]]:
    """Every file that is named to be read, by the key that names it."""
    for key in KNOWN:
        if key.endswith("_file") and key not in credentials.WRITTEN and value(config, key):
            yield key, str(value(config, key))
    for index, sink in enumerate(config.sink):
        for name in sink.__struct_fields__:
            if name.endswith("_file") and getattr(sink, name):
                yield f"sink[{index}].{name}", getattr(sink, name)


def _open_to_all(path: str) -> bool:
    with suppress(OSError):
        return bool(os.stat(path).st_mode & stat.S_IROTH)
    return False


def _signatures(config: Config, found: Found) -> Iterator[Fault]:
    """Signatures, a portspoof.conf, and the world made of them. What is left out of others' files is a doubt."""
    key, good, foreign = _key(config), [], [config.portspoof_conf]
    wishes = imports.wishes(config, key)
    for index, name in enumerate(config.signatures):
        try:
            if not Path(name).is_dir() and imports.read(Path(name))[0] is not imports.Kind.OURS:
                foreign.append(name)
            good.append(name)
        except ConfigError as wrong:
            yield f"signatures[{index}]", str(wrong)
    try:
        imports.pins(wishes) if wishes.conf else None
    except ConfigError as wrong:
        yield "portspoof_conf", str(wrong)
        wishes = wishes._replace(conf="")
    try:
        catalogue, problems = load_catalogue(good, wishes)
    except ConfigError as wrong:
        yield "signatures", str(wrong)
        return
    for problem in problems:
        theirs = any(problem.startswith(f"{name}:") for name in foreign if name)
        (found.doubts if theirs else found.wrong).append(problem)
    yield from _world(config, key, catalogue)


def _world(config: Config, key: bytes, catalogue: Catalogue) -> Iterator[Fault]:
    """What is dealt of the signatures, and a fuzz world's word lists."""
    try:
        faces = personalities.faces(config, look=False)
        kinds = load_kinds(faces) if config.world.kind == "plausible" else ()
        World(catalogue, key, config.world, next(iter(faces.values())).family, kinds)
    except ValueError as wrong:
        yield _split(str(wrong))
    try:
        if config.world.kind == "fuzz":
            load_payloads(config.world)
    except ValueError as wrong:
        yield _split(str(wrong))


def _key(config: Config) -> bytes:
    """The secret, or what does as well for looking."""
    with suppress(secret.SecretError):
        if secret.path(config).exists():
            return secret.load(config)
    return bytes(secret.SECRET_BYTES)


def _split(told: str) -> Fault:
    """A line that begins with a key as that and the rest."""
    key, _, what = told.partition(": ")
    return (key, what) if key in KNOWN or key.startswith("sink[") else ("world.kind", told)


def _files(config: Config) -> Iterator[Fault]:
    """Files that have to be there, and folders of those that are written."""
    for key, name in _named(config):
        if key.startswith("sink[") or key in MADE or (key.startswith("mail.") and not config.mail.enabled):
            continue
        try:
            with open(name, "rb", opener=lambda path, flags: os.open(path, flags | os.O_NONBLOCK)) as file:
                file.read(1)
        except OSError as error:
            yield key, f"{name} cannot be read: {error.strerror}"
    for key in ("events.file", "events.log_file"):
        name = str(value(config, key))
        if name not in ("", "-") and not Path(name).absolute().parent.is_dir():
            yield key, f"there is no folder {Path(name).parent}; make it, for rawspoof does not"
    yield from _secret(config)
    yield from _admin(config)
    if config.block.hook and not shutil.which(config.block.hook[0], path=ENVIRONMENT["PATH"]):
        yield "block.hook", f"{config.block.hook[0]} is no command that can be run"


def _secret(config: Config) -> Iterator[Fault]:
    where = secret.path(config)
    try:
        size = where.stat().st_size
    except FileNotFoundError:
        if str(where).startswith(credentials.DIRECTORY):
            yield "sensor.secret_file", f"{where}: No such file or directory"
        return
    except OSError as error:
        yield "sensor.secret_file", f"{where}: {error.strerror}"
        return
    if size < secret.SECRET_BYTES:
        yield "sensor.secret_file", f"{where}: {size} bytes, {secret.SECRET_BYTES} expected"


def _admin(config: Config) -> Iterator[Fault]:
    """The web admin's files, where there is to be one."""
    admin, state = config.admin, Path(config.sensor.state_dir)
    if not admin.port:
        return
    from rawspoof.edges.web import door, geoip, passwords, tls

    try:
        passwords.read(passwords.path(config))
    except SinkError as wrong:
        yield "admin.passwd_file", str(wrong)
    try:
        if admin.geoip_file:
            geoip.countries(admin.geoip_file)
    except SinkError as wrong:
        yield _split(str(wrong))
    cert, key = Path(admin.cert_file or state / "admin.crt"), Path(admin.key_file or state / "admin.key")
    try:
        # Where neither is there, both are made at the start.
        if door.secured(admin) and (cert.exists() or key.exists()):
            tls.context(cert, key, ())
    except SinkError as wrong:
        yield "admin.cert_file", str(wrong)


def _sinks(config: Config) -> Iterator[Fault]:
    """Far places, made and not connected: it reads their secrets and certificates."""
    if config.sink:
        from rawspoof.edges.sinks import named

        yield from named.problems(config)
    if config.mail.enabled and config.mail.smtp_ca_file:
        from rawspoof.edges.sinks.stream import tls

        try:
            tls(config.mail.smtp_ca_file)
        except (OSError, ValueError) as error:
            yield "mail.smtp_ca_file", f"{config.mail.smtp_ca_file}: expected certificates in PEM ({error})"
    variable = config.mail.smtp_password_env
    if config.mail.enabled and variable and variable not in os.environ:
        yield "mail.smtp_password_env", f"there is no environment variable {variable}"


def _machine(config: Config) -> Iterator[Fault]:
    """What has to be on this machine."""
    try:
        pwd.getpwnam(config.sensor.user)
    except KeyError:
        yield "sensor.user", f"there is no user {config.sensor.user!r}; name one that there is"
    try:
        check_interfaces(plan_from(config))
    except FirewallError as wrong:
        yield "sensor.interfaces", str(wrong)
