"""The part of rawspoof(1) that tells of each command, made from the command line itself."""

import argparse
from collections.abc import Iterator

from scripts.pages.roff import bold, italic, item, plain, prose, sentence, verbatim
from scripts.pages.tree import RUN, Command, commands


def text(parser: argparse.ArgumentParser) -> str:
    """A subsection for each command, in roff."""
    return "\n".join(line for command in commands(parser) for line in _section(command))


def _section(command: Command) -> Iterator[str]:
    yield f".SS {_synopsis(command)}"
    yield prose(sentence(command.parser.description or command.about))
    yield from _arguments(command)
    for action in commands(command.parser, command.words):
        yield from item(_synopsis(action), prose(sentence(action.about)))
        inner = [*_arguments(action), *_epilog(action.parser.epilog or "")]
        yield from [".RS", *inner, ".RE"] if inner else []
    yield from _epilog(command.parser.epilog or "")


def _synopsis(command: Command) -> str:
    words = [bold(" ".join(("rawspoof", *command.words)))]
    if command.options or command.takes_all_of_run:
        words.append(f"[{italic('options')}]")
    if any(commands(command.parser)):
        words.append(italic("action"))
    return " ".join([*words, *map(_place, command.places)])


def _place(action: argparse.Action) -> str:
    name = italic(str(action.metavar or action.dest))
    if action.nargs == argparse.REMAINDER:
        return f"[{plain('--')} {name} ...]"
    return {"?": f"[{name}]", "*": f"[{name} ...]"}.get(str(action.nargs), name)


def _arguments(command: Command) -> Iterator[str]:
    for action in command.places:
        if action.help:
            yield from item(italic(str(action.metavar or action.dest)), prose(action.help))
    shared = command.takes_all_of_run and command.words != ("run",)
    for action in command.options:
        if not (shared and action.dest in {*RUN, "fuzz_random"}):
            yield from item(_flags(action), prose(_help(action)), _key(command, action))
    if shared:
        yield from (".PP", "The options of \\fBrawspoof run\\fR are understood here too.")


def _flags(action: argparse.Action) -> str:
    value = "" if action.nargs == 0 else f" {italic(_value(action))}"
    return ", ".join(bold(flag) for flag in action.option_strings) + value


def _value(action: argparse.Action) -> str:
    assert not isinstance(action.metavar, tuple)
    return action.metavar or "|".join(map(str, action.choices or ())) or action.dest.upper()


def _help(action: argparse.Action) -> str:
    assert action.help
    return action.help % {"default": action.default, "prog": "rawspoof"}


def _key(command: Command, action: argparse.Action) -> str:
    """Where more is said of an option of `run`."""
    return f"(key {italic(action.dest)})" if command.words == ("run",) and action.dest in RUN else ""


def _epilog(epilog: str) -> Iterator[str]:
    """What stands below the options: sentences, then examples, which are indented."""
    lines = epilog.splitlines()
    examples = [line.strip() for line in lines if line.startswith(" ")]
    words = [line for line in lines if line.strip() and not line.startswith(("  ", "example"))]
    if words:
        yield from (".PP", prose(" ".join(words)))
    if examples:
        yield from verbatim(examples)
