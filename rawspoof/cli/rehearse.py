"""`rawspoof try`: one port's conversation on a loopback socket, without root; events go to standard output."""

import argparse
import errno
import ipaddress
import os
import secrets
import sys
from typing import Final

from rawspoof.cli.banner import port_number
from rawspoof.cli.run import add_options, configured
from rawspoof.config.model import Config
from rawspoof.edges.system import secret

PORT: Final = 4444
"""Where it listens if nothing is said: portspoof's and portspoof-py's own port."""

EPILOG: Final = """\
The secret decides who lives where. Where it cannot be read, others live there.
example:
  rawspoof try --as 22          then: ssh -p 4444 127.0.0.1
  rawspoof try --only vsftpd    then: ftp 127.0.0.1 4444
"""


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `try` to the commands."""
    parser = subparsers.add_parser(
        "try",
        help="talk to a port's service on 127.0.0.1, without root",
        usage="rawspoof try [options]",
        epilog=EPILOG,
    )
    parser.add_argument("-p", "--port", metavar="N", type=port_number, default=PORT, help=f"listen here ({PORT})")
    parser.add_argument(
        "--as", dest="speak_as", metavar="PORT", type=port_number, help="whose part to play (as --port)"
    )
    keys = ("sensor.secret_file", "signatures", "world.kind", "world.only", "world.delivery")
    add_options(parser, keys)


def run(args: argparse.Namespace) -> int:
    """0 once it was told to end. Raises ConfigError, UnknownPersonality and OSError."""
    import asyncio
    import socket

    from rawspoof import assembly
    from rawspoof.core.talk import Props
    from rawspoof.edges.lab.rehearsal import Part, Rehearsal
    from rawspoof.edges.sinks import ecs
    from rawspoof.edges.system import clock, personalities
    from rawspoof.edges.system.own_address import ANYBODY, own_address

    config = configured(args)
    made = assembly.parts(config, _secret(config), personalities.faces(config, look=False))
    src, dst = ipaddress.ip_address(ANYBODY), own_address(config)
    now = clock.steady()
    made.world.pass_time(now())
    profile = made.world.profile(src.packed, dst.packed, args.speak_as or args.port)
    line = ecs.lines(socket.gethostname())
    part = Part(
        profile,
        Props(made.payloads, made.engines),
        config.tcp.idle_s,
        now,
        lambda event: print(line(event).decode(), end="", flush=True),
    )
    identity = profile.identity
    who = f"{identity.product} {identity.version}".strip() if identity else "a port that accepts and stays silent"

    def ready(port: int) -> None:
        print(f"rawspoof: 127.0.0.1 port {port} is {who}; Ctrl-C ends it", file=sys.stderr, flush=True)

    try:
        asyncio.run(Rehearsal(part).serve("127.0.0.1", args.port, ready))
    except OSError as error:
        if error.errno not in (errno.EADDRINUSE, errno.EACCES):
            raise
        why = os.strerror(error.errno)
        raise OSError(error.errno, f"127.0.0.1 port {args.port}: {why}: name another with -p") from None
    return 0


def _secret(config: Config) -> bytes:
    """The sensor's, or, where only root may read that, one for this time. Raises SecretError for a named file."""
    try:
        return secret.load(config)
    except secret.SecretError:
        if config.sensor.secret_file:
            raise
        return secrets.token_bytes(secret.SECRET_BYTES)
