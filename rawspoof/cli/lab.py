"""`rawspoof lab`: a sensor and an attacker on this machine, in network namespaces, for as long as a command runs."""

import argparse
from typing import Final

EPILOG: Final = """\
The command finds the sensor at $RAWSPOOF_TARGET and $RAWSPOOF_TARGET6; its exit
status is the lab's. Without a command a shell is opened.
example:
  sudo rawspoof lab -- sh -c 'nmap -p 1-100 $RAWSPOOF_TARGET'
  sudo rawspoof lab --sensor-arg=--world=open
"""


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `lab` to the commands."""
    parser = subparsers.add_parser(
        "lab",
        help="try it on this machine, beside an attacker (root)",
        description="Run a sensor and a command against it, in network namespaces of their own.",
        usage="rawspoof lab [--sensor-arg=ARG ...] [-- COMMAND ...]",
        epilog=EPILOG,
    )
    parser.add_argument("--sensor-arg", action="append", default=[], metavar="ARG", help="for `run` (repeatable)")
    parser.add_argument("arguments", nargs="*", metavar="COMMAND", help="what to run (default: a shell)")


def run(args: argparse.Namespace) -> int:
    """The command's exit status. Raises LabError, and OSError where there is no root or no such command."""
    from rawspoof.edges.lab.lab import run_lab

    return run_lab(args.sensor_arg, args.arguments)
