"""Everything that is given to an import becomes one draft: command lines, scripts, rules, and files that are named.

Opens no file itself: whoever calls hands in what was read, and a way to look at files that flags name.
"""

import re
import shlex
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from rawspoof.config.load import ConfigError, load
from rawspoof.config.migrate import files, firewall, flags, initd, rules, script
from rawspoof.config.migrate.draft import Draft
from rawspoof.config.migrate.kinds import Input, Kind, kind_of

Look = Callable[[str], Input | str]
"""What is in a file, or why it cannot be read."""

_DIRECTIVE: Final = re.compile(r"(Exec\w+|WorkingDirectory|User|[A-Z]\w+)\s*=\s*(.*)")
_NAMED: Final = {key: kind for kind, key in files.KEYS.items()}
_UNIT: Final = "rawspoof's own unit takes the place of this one"


class _Found:
    """What lines come to before they can be judged together."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.rules: list[rules.Rule] = []
        self.commands: list[flags.Command] = []
        self.custom: list[rules.Rule] = []
        self.fallback: dict[str, tuple[str, str]] = {}
        self.chosen: dict[str, tuple[str, str]] = {}


def migrated(inputs: Sequence[Input], commands: Sequence[str], look: Look, base: Path) -> Draft:
    """The draft of all these together. Raises ConfigError for a file or command line that is none of portspoof's.

    Relative files in `commands` are relative to `base`.
    """
    draft = Draft()
    found = _Found(draft)
    for text in commands:
        _typed(text, base, found)
    kinds = [(kind_of(given), given) for given in inputs]
    for kind, given in kinds:
        if kind in files.KEYS:
            files.take(kind, given, str(base / given.name), draft)
        else:
            _READERS[kind](given, found)
    known = found.fallback | found.chosen
    if known:
        _initd(known, found)
    for command in found.commands:
        flags.take(command, draft)
    listeners = frozenset(command.listener for command in found.commands) or frozenset({flags.LISTENER})
    firewall.take(found.rules, listeners, draft)
    _look_at_named({str(base / given.name) for _, given in kinds}, look, draft)
    _prove(draft)
    return draft


def _typed(text: str, base: Path, found: _Found) -> None:
    try:
        words = shlex.split(text)
    except ValueError:
        raise ConfigError(
            f"--command: expected a command line as a shell takes it, got {text!r}: a quote is open"
        ) from None
    at = flags.find(words)
    if at is None:
        raise ConfigError(f"--command: expected portspoof or portspoof-py and its flags, got {text!r}")
    _started(words[at:], "--command", base, found)


def _started(words: Sequence[str], where: str, base: Path, found: _Found) -> None:
    try:
        found.commands.append(flags.parse(words, where, base))
    except ValueError as wrong:
        found.draft.ask(where, " ".join(words), str(wrong))


def _script(given: Input, found: _Found) -> None:
    """A shell script, an init script or the defaults of one."""
    text, name = given.text, given.name
    assigned = script.variables(text)
    known = {key: value for key, (_, value) in assigned.items()} | {key: v for key, (_, v) in found.chosen.items()}
    settings = {key: (f"{name}:{at}", value) for key, (at, value) in assigned.items() if key.startswith("PS_")}
    improved = bool(settings) or initd.PORTS in text
    defaults = bool(settings) and not text.startswith("#!")
    (found.chosen if defaults else found.fallback).update(settings)
    others = 0
    for line in script.commands(text, known):
        where = f"{name}:{line.number}"
        if rules.is_command(line.words):
            # What the init script does with its variables is made from these.
            if not improved or defaults:
                _iptables(line, where, found.custom if defaults else found.rules, found.draft)
        elif why := firewall.kernel_setting(line.words):
            found.draft.none(where, " ".join(line.words), why)
        elif not improved and (at := flags.find(line.words)) is not None and line.words[at + 1 :]:
            _command(line, line.words[at:], where, Path("/"), found)
        else:
            others += 1
    if improved and not defaults:
        found.draft.none(name, "its rules", "are made from the variables that it and its defaults file set")
    if others:
        found.draft.none(name, f"{others} further commands", "neither portspoof nor a firewall")


def _iptables(line: script.Line, where: str, into: list[rules.Rule], draft: Draft) -> None:
    if line.unknown:
        why = "only a shell could fill that in: run it, and import the output of iptables-save"
        draft.ask(where, " ".join(line.words), why)
        return
    try:
        into.append(rules.command(line.words, where))
    except ValueError as wrong:
        draft.ask(where, " ".join(line.words), f"{wrong}; write its key by hand if it matters")


def _command(line: script.Line, words: Sequence[str], where: str, base: Path, found: _Found) -> None:
    if line.unknown:
        found.draft.ask(where, " ".join(words), "only a shell could fill that in: give it as it runs with --command")
    else:
        _started(words, where, base, found)


def _saved(given: Input, found: _Found) -> None:
    for each in rules.saved(given.text, given.name):
        if isinstance(each, rules.Rule):
            found.rules.append(each)
        else:
            found.draft.ask(*each)


def _unit(given: Input, found: _Found) -> None:
    """A systemd unit: what it starts, and that rawspoof has one of its own."""
    directives = []
    for number, line in script.joined(given.text):
        if directive := _DIRECTIVE.fullmatch(line.strip()):
            directives.append((number, directive[1], directive[2]))
    base = next((Path(value) for _, name, value in directives if name == "WorkingDirectory"), Path("/"))
    for number, name, value in directives:
        where, what = f"{given.name}:{number}", f"{name}={value}"
        words = [word.lstrip("-@+!:") if at == 0 else word for at, word in enumerate(_words(value))]
        at = flags.find(words)
        if name == "ExecStart" and at is not None:
            _started(words[at:], where, base, found)
        elif name.startswith("Exec") and rules.is_command(words):
            found.draft.none(where, what, "rawspoof's rules vanish with it, however it ends")
        else:
            found.draft.none(where, what, _UNIT)


def _words(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:
        return text.split()


_READERS: Final = {Kind.SCRIPT: _script, Kind.RULES: _saved, Kind.UNIT: _unit}


def _initd(known: dict[str, tuple[str, str]], found: _Found) -> None:
    found.rules += initd.rules(known, found.custom, found.draft)
    where, arguments = known.get("PS_ARGUMENTS", ("", ""))
    if arguments:
        _started(["portspoof", *_words(arguments)], where, Path("/"), found)


def _look_at_named(seen: set[str], look: Look, draft: Draft) -> None:
    """Look into files that only a flag named."""
    for key, kind in _NAMED.items():
        said = draft.values.get(key)
        for path in said if isinstance(said, list) else [said] if said else []:
            if str(path) in seen:
                continue
            given = look(str(path))
            if isinstance(given, str):
                # The web admin makes this one when settings are first saved.
                if kind is not Kind.EMAIL:
                    draft.ask(str(path), key, f"{given}: put it there before the start")
            else:
                files.look(kind, given, draft)


def _prove(draft: Draft) -> None:
    """Take out what rawspoof would not take, until it takes the rest."""
    for _ in range(len(draft.values) + 1):
        try:
            load(None, draft.values)
        except ConfigError as wrong:
            _, key, why = str(wrong).split(": ", 2)
            draft.refuse(key.partition("[")[0], why)
        else:
            return
