"""The command `rawspoof`: finds the subcommand, and turns whatever goes wrong into one line and an exit status.

Knows no option: each subcommand's module adds its own. They import what is heavy only when they run.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from typing import Any, Final, NoReturn

from rawspoof import __version__
from rawspoof.cli import (
    admin,
    banner,
    block,
    config,
    doctor,
    events,
    evidence,
    hub,
    lab,
    mail,
    rehearse,
    replay,
    report,
    rules,
    run,
    signatures,
    top,
)
from rawspoof.config.load import ConfigError

COMMANDS: Final = {
    "run": run,
    "top": top,
    "events": events,
    "report": report,
    "replay": replay,
    "try": rehearse,
    "banner": banner,
    "signatures": signatures,
    "rules": rules,
    "evidence": evidence,
    "block": block,
    "mail": mail,
    "admin": admin,
    "doctor": doctor,
    "config": config,
    "hub": hub,
    "lab": lab,
}

EPILOG: Final = """\
example:
  sudo rawspoof run -v          every port of this machine answers; see who asks

`rawspoof COMMAND --help` tells more about each.
"""


class Parser(argparse.ArgumentParser):
    """argparse's parser with room for our option names, an epilog left as it was written, and one line of complaint."""

    def __init__(self, **settings: Any) -> None:
        settings.setdefault("formatter_class", lambda prog: argparse.RawDescriptionHelpFormatter(prog, 2, 32))
        super().__init__(**settings)

    def error(self, message: str) -> NoReturn:
        """End with 2."""
        self.exit(2, f"{self.prog}: {message} (see `{self.prog} --help`)\n")

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Nothing is left over for the command above, which would complain in its own name."""
        known, more = super().parse_known_args(args, namespace)
        if more:
            self.error(f"unrecognized arguments: {' '.join(more)}")
        return known, more


def main(argv: Sequence[str] | None = None) -> int:
    """The exit status: 0 done, 1 failed, 2 asked for wrongly, 130 interrupted. Complaints go to stderr, in a line."""
    args = parser().parse_args(argv)
    try:
        status = int(COMMANDS[args.command].run(args))
        sys.stdout.flush()
    except ConfigError as error:
        return _complain(str(error), 2)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read our output has seen enough; without this, Python would complain of it once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        named = f"{error.filename}: {error.strerror}" if error.filename else error.strerror
        return _complain(named or str(error), 1)
    except _failures() as error:
        return _complain(str(error), 1)
    return status


def parser() -> Parser:
    """All that the command line may say (shell completion and the manual are made from it too)."""
    top = Parser(
        prog="rawspoof",
        description="Answers TCP on every port with a believable service, and tells who asked.",
        epilog=EPILOG,
    )
    top.add_argument("--version", action="version", version=f"rawspoof {__version__}")
    subparsers = top.add_subparsers(title="commands", dest="command", metavar="COMMAND", required=True)
    for module in COMMANDS.values():
        module.add(subparsers)
    return top


def _failures() -> tuple[type[Exception], ...]:
    """The exceptions whose text is a line for people. Imported only when something went wrong, for a quick start."""
    from rawspoof.edges.doctor.wire import ScanError
    from rawspoof.edges.firewall.guard import FirewallError
    from rawspoof.edges.lab.lab import LabError
    from rawspoof.edges.link.capture import CaptureError
    from rawspoof.edges.sinks.base import SinkError
    from rawspoof.edges.system.personalities import UnknownPersonality
    from rawspoof.edges.system.secret import SecretError

    return ScanError, FirewallError, LabError, CaptureError, SinkError, UnknownPersonality, SecretError


def _complain(what: str, status: int) -> int:
    print("rawspoof:", " ".join(what.split()), file=sys.stderr)
    return status
