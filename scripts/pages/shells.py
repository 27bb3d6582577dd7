"""Completions for bash, zsh and fish, which shtab makes from the command line.

Adds to its tree what each value may be; files are completed by what they are called in the usage.
"""

import argparse
from typing import Any, Final

import shtab

from rawspoof.cli import main
from rawspoof.config.sinks import KINDS
from scripts.pages.tree import RUN, all_commands, choices, hidden

FILES: Final = {"FILE": shtab.FILE, "IN.pcap": shtab.FILE, "OUT.pcap": shtab.FILE, "PATH": shtab.FILE}
FOLDERS: Final = {"DIR": shtab.DIRECTORY}

SERVICES: Final = "rawspoof signatures list 2>/dev/null | cut -d ' ' -f 1"
"""Half a second for whoever asks; a list written down here would be out of date with each new service."""
INTERFACES: Final = "ls /sys/class/net 2>/dev/null"


def completions(shell: str) -> str:
    """The file that a shell reads, for `bash`, `zsh` or `fish`."""
    parser = main.parser()
    for command in all_commands(parser):
        for action in command.parser._actions:
            _fill(action)
    return shtab.complete(parser, shell).rstrip("\n") + "\n"


def _fill(action: argparse.Action) -> None:
    if hidden(action) and action.dest in RUN:
        action.help = RUN[action.dest]["help"]
    known = choices(action) or (sorted(KINDS) if action.dest == "kind" else [])
    if known and not isinstance(action, argparse._SubParsersAction):
        action.choices = known
    found = _complete(action)
    if found is not None:
        action.complete = found  # type: ignore[attr-defined]


def _complete(action: argparse.Action) -> Any:
    """What shtab is to complete a value with; None: with its choices, or nothing."""
    if action.dest in ("world.only", "id"):
        return _asked("services", SERVICES)
    if action.dest == "sensor.interfaces":
        return _asked("interfaces", INTERFACES)
    return (FILES | FOLDERS).get(str(action.metavar))


def _asked(name: str, command: str) -> dict[str, Any]:
    """Words that a command prints, one a line."""
    bash = f'_rawspoof_{name}() {{ compgen -W "$({command})" -- "$1"; }}'
    zsh = f'_rawspoof_{name}() {{ compadd -- ${{(f)"$({command})"}}; }}'
    return {
        "bash": f"_rawspoof_{name}",
        "zsh": f"_rawspoof_{name}",
        "fish": f"({command})",
        "preamble": {"bash": bash, "zsh": zsh},
    }
