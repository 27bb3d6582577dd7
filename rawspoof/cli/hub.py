"""`rawspoof hub`: reads what the sensors of a fleet tell; makes their keys, and the settings of the broker between."""

import argparse
import os
import socket
import sys
from pathlib import Path
from typing import Final

from rawspoof.cli.run import add_options, overrides
from rawspoof.config.load import ConfigError, load
from rawspoof.config.model import Config
from rawspoof.edges.system import privileges

EPILOG: Final = """\
example:
  sudo rawspoof hub keys paris -o paris.seed
  sudo rawspoof hub broker --name broker.example -o /etc/nats-server.conf
  sudo rawspoof hub --url tls://broker.example --admin-port 8080
"""
KEYS: Final = (
    "sensor.state_dir",
    "admin.port",
    "admin.host",
    "admin.passwd_file",
    "admin.tls",
    "admin.cert_file",
    "admin.key_file",
    "admin.geoip_file",
)
LISTEN: Final = "0.0.0.0:4222"
STORE: Final = "/var/lib/nats"
SERVER: Final = "nats"
"""Whom Debian has run its nats-server."""


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `hub` to the commands."""
    parser = subparsers.add_parser("hub", help="several sensors, one view (no root)", epilog=EPILOG)
    add_options(parser, KEYS)
    parser.add_argument("--url", dest="hub.url", metavar="URL", default=argparse.SUPPRESS, help="the broker (hub.url)")
    actions = parser.add_subparsers(title="actions", dest="action", metavar="[ACTION]")
    keys = actions.add_parser("keys", help="make a sensor's key; without a name, show the hub's own and all others")
    keys.add_argument("name", metavar="NAME", nargs="?", help="what the sensor is called (fleet.name)")
    keys.add_argument("-o", "--output", metavar="FILE", type=Path, help="a new file for the seed (default: stdout)")
    keys.add_argument("--remove", action="store_true", help="it is no sensor any more")
    broker = actions.add_parser("broker", help="print a nats-server.conf for these keys")
    broker.add_argument("--name", metavar="HOST", action="append", default=[], help="how sensors call it (repeatable)")
    broker.add_argument("--listen", metavar="ADDR:PORT", default=LISTEN, help=f"(default: {LISTEN})")
    broker.add_argument("--store-dir", metavar="DIR", default=STORE, help=f"its streams (default: {STORE})")
    broker.add_argument("--cert", metavar="FILE", type=Path, help="its certificate (default: one is made)")
    broker.add_argument("--key", metavar="FILE", type=Path, help="the key of that")
    broker.add_argument("--user", metavar="NAME", help=f"who runs it (default: {SERVER}, if there is one)")
    broker.add_argument("-o", "--output", metavar="FILE", type=Path, help="write it there, not to stdout")


def run(args: argparse.Namespace) -> int:
    """0. Raises ConfigError, SinkError, OSError."""
    said = overrides(args)
    if "hub.url" in vars(args):
        said["hub.url"] = vars(args)["hub.url"]
    config = load(args.config, said, os.environ)
    if args.action == "keys":
        return _keys(args, config)
    return _broker(args, config) if args.action == "broker" else _hub(config)


def _hub(config: Config) -> int:
    if not config.hub.url:
        raise ConfigError("hub.url: expected the broker, such as tls://broker.example:4222 (--url)")
    import logging

    from rawspoof.edges.hub import hub

    logging.basicConfig(format="rawspoof: %(message)s", level=logging.INFO)
    return hub.run(config)


def _keys(args: argparse.Namespace, config: Config) -> int:
    from rawspoof.edges.hub import account, keys

    folder = account.folder(config) / "keys"
    own = keys.add_hub(folder, account.seed_file(config))
    if not args.name:
        if args.output or args.remove:
            raise ConfigError("command line: whose key? a sensor's NAME is needed")
        print(
            f"{'hub':<20} {own.public}", *(f"{name:<20} {key}" for name, key in keys.listed(folder).items()), sep="\n"
        )
        return 0
    if args.remove:
        keys.remove(folder, args.name)
        print(f"{args.name} has no key any more; `rawspoof hub broker`, and the broker knows", file=sys.stderr)
        return 0
    if args.output and args.output.exists():
        raise ConfigError(f"command line: {args.output} is there already, and is not written over")
    made = keys.add(folder, args.name)
    if args.output:
        keys.write(args.output, made)
    else:
        print(made)
    print(f"{args.name}: {keys.listed(folder)[args.name]}", file=sys.stderr)
    return 0


def _broker(args: argparse.Namespace, config: Config) -> int:
    from rawspoof.edges.hub import account, broker, keys
    from rawspoof.edges.web import tls

    folder = account.folder(config)
    own = keys.add_hub(folder / "keys", account.seed_file(config))
    if bool(args.cert) != bool(args.key):
        raise ConfigError("command line: --cert and --key go together")
    server, store = _server(args.user), Path(args.store_dir)
    cert, key = args.cert or account.certificate(config), args.key or folder / "broker.key"
    if not args.cert:
        if not cert.exists():
            tls.make(cert, key, tuple(dict.fromkeys((*args.name, socket.gethostname(), "localhost", "127.0.0.1"))))
            print(f"{cert} was made: sensors need a copy of it (fleet.ca_file)", file=sys.stderr)
        if server:
            os.chown(key, *server)
    if server and not store.exists():
        store.mkdir(mode=0o750, parents=True)
        os.chown(store, *server)
    where = broker.Where(args.listen, args.store_dir, str(cert.absolute()), str(key.absolute()))
    text = broker.settings(where, own.public, keys.listed(folder / "keys"))
    if args.output:
        args.output.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)
    return 0


def _server(user: str | None) -> tuple[int, int] | None:
    """Whose the broker's own key and folder are to be, None: ours. Raises ConfigError."""
    try:
        return privileges.owner(user or SERVER)
    except KeyError:
        if user:
            raise ConfigError(f"command line: --user: there is no user {user!r}") from None
        return None
