"""`rawspoof banner`: tells who lives at a port, as the sensor with this configuration deals it. Sends nothing."""

import argparse
import ipaddress
import json
import sys
from typing import Any, Final

from rawspoof.cli.run import add_options, configured
from rawspoof.config.load import ConfigError
from rawspoof.config.model import Config

EPILOG: Final = """\
The secret decides who lives where: ask with the sensor's own.
example:
  sudo rawspoof banner 22 --to 192.0.2.7
"""

ANYBODY: Final = "192.0.2.1"
"""The source that asks if none is named (RFC 5737); it matters in worlds that differ by source only."""


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `banner` to the commands."""
    parser = subparsers.add_parser("banner", help="who lives at a port, and what it greets with", epilog=EPILOG)
    parser.add_argument("port", metavar="PORT", type=port_number)
    parser.add_argument("--to", metavar="ADDR", type=ipaddress.ip_address, help="the address asked (default: our own)")
    parser.add_argument(
        "--from",
        dest="source",
        metavar="ADDR",
        type=ipaddress.ip_address,
        default=ipaddress.ip_address(ANYBODY),
        help="who asks (see world.per_source)",
    )
    parser.add_argument("--json", action="store_true", help="as one JSON object")
    add_options(parser, ("sensor.secret_file", "signatures", "compat_expander"))


def run(args: argparse.Namespace) -> int:
    """0. Raises ConfigError, UnknownPersonality and SecretError."""
    config = configured(args)
    from rawspoof.edges.system.own_address import own_address

    facts = describe(config, args.source, args.to or own_address(config), args.port)
    if args.json:
        print(json.dumps(facts))
    else:
        print("\n".join(f"{name:<10}{value}" for name, value in _lines(facts)))
    return 0


def describe(config: Config, source: Any, to: Any, port: int) -> dict[str, Any]:
    """All that is to be told of a port; addresses as `ipaddress` has them. Raises what `run` raises."""
    from rawspoof.core.world import told
    from rawspoof.core.world.world import World
    from rawspoof.edges.system import clock, imports, personalities, secret
    from rawspoof.edges.system.signatures import load_catalogue

    key = secret.load(config)
    catalogue, problems = load_catalogue(config.signatures, imports.wishes(config, key))
    for problem in problems:
        print(f"rawspoof: {problem}", file=sys.stderr)
    family = personalities.load(config.sensor.personality).family
    try:
        world = World(catalogue, key, config.world, family)
    except ValueError as error:
        raise ConfigError(str(error)) from None
    now = clock.steady()()
    world.pass_time(now)
    profile = world.profile(source.packed, to.packed, port)
    return {"port": port, "to": str(to), "from": str(source), **told.facts(profile, now)}


def _lines(facts: dict[str, Any]) -> list[tuple[str, str]]:
    seen = " ".join(filter(None, (facts["protocol"], facts["product"], facts["version"])))
    shown = str(facts["banner_text"].encode("latin-1"))[2:-1]
    return [
        ("port", f"{facts['port']} of {facts['to']}"),
        ("service", facts["service"] or "none: it accepts and stays silent"),
        ("nmap", seen or "-"),
        ("mode", f"{facts['mode']}, after {facts['delay_s']} s"),
        ("hold", f"{facts['hold']}, {facts['hold_s']} s" if facts["hold"] == "timed" else facts["hold"]),
        ("greeting", shown or "-"),
    ]


def port_number(text: str) -> int:
    """A port of the command line. Raises ArgumentTypeError."""
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"expected a port, 1 to 65535, got {text!r}")
    return int(text)
