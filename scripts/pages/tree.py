"""The command line as its readers want it: what each command is called, takes and says, and what completes a value.

Knows argparse's insides, so that nothing else here has to. Changes nothing.
"""

import argparse
from collections.abc import Iterator
from typing import Final, Literal, NamedTuple, get_args, get_origin

from rawspoof.cli.run import OPTIONS
from rawspoof.config.keys import KNOWN
from rawspoof.edges.system.signatures import folder

RUN: Final = {key: how for key, _, how in OPTIONS}
"""What argparse is told of each option of `run`, by dotted key."""


class Command(NamedTuple):
    """One command or one of its actions."""

    words: tuple[str, ...]
    """Such as `config` and `init`."""
    parser: argparse.ArgumentParser
    about: str
    """Its one line of help."""

    @property
    def options(self) -> list[argparse.Action]:
        """What begins with a dash, hidden options and --help left out."""
        return [a for a in self.parser._actions if a.option_strings and a.dest != "help" and not hidden(a)]

    @property
    def places(self) -> list[argparse.Action]:
        """What is told by its place, further commands left out."""
        return [a for a in self.parser._actions if not a.option_strings and not _leads(a)]

    @property
    def takes_all_of_run(self) -> bool:
        """Whether the options of `run` belong to it too."""
        return RUN.keys() <= {action.dest for action in self.parser._actions}


def commands(parser: argparse.ArgumentParser, words: tuple[str, ...] = ()) -> Iterator[Command]:
    """The commands of a tree, or the actions of a command, in their order."""
    for group in filter(_leads, parser._actions):
        assert isinstance(group, argparse._SubParsersAction)
        about = {choice.dest: choice.help or "" for choice in group._choices_actions}
        for name, inner in group.choices.items():
            yield Command((*words, name), inner, about[name])


def all_commands(parser: argparse.ArgumentParser) -> Iterator[Command]:
    """The commands and their actions, each command before its actions."""
    for command in commands(parser):
        yield command
        yield from commands(command.parser, command.words)


def hidden(action: argparse.Action) -> bool:
    """Whether --help passes it by."""
    return action.help == argparse.SUPPRESS


def choices(action: argparse.Action) -> list[str]:
    """All that an option or argument may be told, or nothing where that cannot be listed."""
    if action.choices is not None:
        return [str(choice) for choice in action.choices]
    if action.nargs == 0 or action.dest not in KNOWN:
        return []
    if action.dest == "sensor.personality":
        return ["host", *sorted(path.stem for path in (folder() / "personalities").glob("*.toml"))]
    kind = KNOWN[action.dest].type
    return list(get_args(kind)) if get_origin(kind) is Literal else []


def _leads(action: argparse.Action) -> bool:
    return isinstance(action, argparse._SubParsersAction)
