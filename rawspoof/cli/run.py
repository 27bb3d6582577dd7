"""`rawspoof run`: options become overrides of the configuration, and the daemon runs with it."""

import argparse
import os
from collections.abc import Collection
from pathlib import Path
from typing import Any, Final

from rawspoof.cli import old
from rawspoof.cli.checking import is_right
from rawspoof.config.load import ConfigError, load, look
from rawspoof.config.model import Config
from rawspoof.config.reading import read

WORKERS_MAX: Final = 64
"""The limit of sensor.workers; `auto` stays below it on a machine with more cores."""

EPILOG: Final = """\
A flag takes the place of the file's value, of a whole list too.
example:
  sudo rawspoof run --iface eth0 --allow 198.51.100.0/24 -l portspoof.jsonl
"""


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `run` to the commands."""
    parser = subparsers.add_parser(
        "run", help="answer on every port until stopped (root)", usage="rawspoof run [options]", epilog=EPILOG
    )
    add_options(parser)
    old.add(parser)
    parser.add_argument("--check", action="store_true", help="only say whether the configuration is right")


def run(args: argparse.Namespace) -> int:
    """The daemon's exit status. Raises ConfigError."""
    if args.check:
        return 0 if is_right(args.config, overrides(args)) else 2
    configured(args)
    import logging

    from rawspoof import daemon
    from rawspoof.preflight import absent, exposed

    logging.basicConfig(format="rawspoof: %(message)s", level=logging.INFO)
    for line in old.told(args):
        logging.info("%s", line)
    loaded = look(args.config, overrides(args), os.environ)
    for line in (*exposed(loaded), *absent(loaded)):
        logging.warning("%s", line)
    if not args.detach:
        return daemon.run(lambda: configured(args))
    home = Path.cwd()
    if args.config:
        args.config = str(home / args.config)
    return daemon.detached(lambda ready: daemon.run(lambda: daemon.rooted(configured(args), home), ready))


def add_options(parser: argparse.ArgumentParser, keys: Collection[str] | None = None) -> None:
    """Add `-c` and every option that stands for a key of the configuration, or for one of these keys."""
    parser.add_argument("-c", "--config", metavar="FILE", help="the configuration, or a portspoof.conf")
    for key, flags, how in (option for option in OPTIONS if keys is None or option[0] in keys):
        # A flag that is not given leaves no trace in the namespace, so it overrides nothing.
        parser.add_argument(*flags, dest=key, default=argparse.SUPPRESS, **how)
    if keys is None:
        parser.add_argument("-1", "--fuzz-random", action="store_true", help="fuzz scanners with random bytes")


def configured(args: argparse.Namespace) -> Config:
    """The configuration that file, environment and command line make, each over the one before. Raises ConfigError."""
    return load(args.config, overrides(args), os.environ)


def overrides(args: argparse.Namespace) -> dict[str, object]:
    """What the command line says about the configuration, by dotted key. Raises ConfigError for flags at odds."""
    said = {key: vars(args)[key] for key, _, _ in OPTIONS if key in vars(args)}
    makes = getattr(args, "fuzz_random", False)
    if makes and "world.fuzz_wordlist" in said:
        raise ConfigError("command line: -1 makes payloads and -f reads them from a file: choose one")
    if makes or "world.fuzz_wordlist" in said:
        said["world.kind"] = "fuzz"
    return said | (old.holds(said, read(args.config).values) if said.get("world.hold_max_s") else {})


def ports(text: str) -> list[int]:
    """The ports of `22` or `8000-8100`. Raises ArgumentTypeError."""
    first, dash, last = text.partition("-")
    try:
        named = range(int(first), int(last if dash else first) + 1)
    except ValueError:
        named = range(0)
    if not named or named[0] < 1 or named[-1] > 65535:
        raise argparse.ArgumentTypeError(f"expected a port or a range such as 8000-8100, got {text!r}")
    return list(named)


def workers(text: str) -> int:
    """The number said, or for `auto` the number of cores this process may use. Raises ArgumentTypeError."""
    try:
        return min(WORKERS_MAX, len(os.sched_getaffinity(0))) if text == "auto" else int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected a number or `auto`, got {text!r}") from None


def _some(metavar: str, text: str) -> dict[str, Any]:
    return {"action": "append", "metavar": metavar, "help": f"{text} (repeatable)"}


def _one(metavar: str, text: str, **how: Any) -> dict[str, Any]:
    return {"metavar": metavar, "help": text, **how}


OPTIONS: Final[tuple[tuple[str, tuple[str, ...], dict[str, Any]], ...]] = (
    ("sensor.interfaces", ("--iface",), _some("NAME", "cover this interface only")),
    ("sensor.addresses", ("-i", "--bind-ip"), _some("ADDR", "cover this address only")),
    (
        "sensor.exempt_ports",
        ("--exempt-port",),
        _one("N[-M]", "leave to the kernel (repeatable)", action="extend", type=ports),
    ),
    (
        "sensor.only_ports",
        ("--only-port",),
        _one("N[-M]", "cover this port only (repeatable)", action="extend", type=ports),
    ),
    ("sensor.allow", ("--allow",), _some("CIDR", "sources that see the real machine")),
    ("sensor.workers", ("--workers",), _one("N|auto", "packet processes; auto: one a core", type=workers)),
    ("sensor.queue", ("--queue",), _one("N", "the first NFQUEUE queue", type=int)),
    ("sensor.personality", ("--personality",), _one("NAME", "whose TCP to speak")),
    ("sensor.state_dir", ("--state-dir",), _one("DIR", "where the secret and the store are")),
    ("sensor.secret_file", ("--secret-file",), _one("FILE", "what the world is dealt from")),
    (
        "sensor.firewall",
        ("--no-firewall", "--no-iptables"),
        {"action": "store_false", "help": "install no rules (see `rawspoof rules`)"},
    ),
    ("world.kind", ("--world",), _one("KIND", "maze, plausible, open or fuzz: who lives here")),
    ("world.fuzz_wordlist", ("-f", "--fuzz-wordlist"), _one("FILE", "fuzz scanners with its lines")),
    ("world.fuzz_wrapper", ("-n", "--fuzz-wrapper"), _one("FILE", "lines around payloads, for -1 and -f")),
    ("world.only", ("--only",), _one("SERVICE", "this service on every port")),
    ("world.delivery", ("--delivery",), _one("human|prompt", "delays and silent ports, or at once")),
    ("world.hold_min_s", ("-t",), _one("SECONDS", "shortest time a connection is held", type=float)),
    ("world.hold_max_s", ("-T",), _one("SECONDS", "longest; 0: for ever", type=float)),
    ("signatures", ("-s", "--signatures"), _some("FILE", "TOML, portspoof's signatures or nmap-service-probes")),
    (
        "compat_expander",
        ("--compat-expander",),
        {"action": "store_true", "help": "say what portspoof's own generator would"},
    ),
    ("admin.port", ("--admin-port",), _one("PORT", "serve the web admin there", type=int)),
    ("admin.host", ("--admin-host",), _one("ADDR", "the address it listens at (default: 127.0.0.1)")),
    ("admin.passwd_file", ("--admin-passwd",), _one("FILE", "who may use it (see `rawspoof admin passwd`)")),
    (
        "admin.tls",
        ("--admin-ssl",),
        {"action": "store_const", "const": "on", "help": "HTTPS on loopback too; elsewhere it always is"},
    ),
    ("admin.cert_file", ("--admin-ssl-cert",), _one("FILE", "its certificate, made if there is none")),
    ("admin.key_file", ("--admin-ssl-key",), _one("FILE", "its key")),
    ("admin.geoip_file", ("--geoip",), _one("FILE", "countries of addresses, .mmdb")),
    ("mail.json_file", ("--email-config",), _one("FILE", "portspoof-py's email.json")),
    ("events.file", ("--events",), _one("FILE", "append events as JSON (ECS); -: stdout")),
    ("events.log_file", ("-l", "--log-file"), _one("FILE", "append portspoof-py's line a connection")),
    ("events.verbose", ("-v", "--verbose"), {"action": "store_true", "help": "print that line to stdout"}),
)
"""Each key that has a flag: its flags, and how argparse reads them. The values are checked with the configuration."""
