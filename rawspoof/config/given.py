"""Everything that is said about the configuration, by a file, the environment and the command line, and by whom.

Decides who wins: command line, environment, file, default. Judges no value.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from rawspoof.config import environment
from rawspoof.config.keys import Fault
from rawspoof.config.lines import line_of
from rawspoof.config.reading import Said, read

COMMAND_LINE: Final = "command line"
"""Stands where a file's name would, in the error about a value that came from a flag."""

ENVIRONMENT: Final = "environment"


@dataclass(frozen=True)
class Given:
    """What was said. `environ` is heard like the others; whoever leaves it out does not look at it."""

    path: str | None
    flags: Mapping[str, object]
    said: Said
    variables: dict[str, str] = field(default_factory=dict)
    """The variable that set a key."""
    heard: dict[str, object] = field(default_factory=dict)
    """What it says."""
    deaf: list[Fault] = field(default_factory=list)
    """Variables of which nothing can be made, and why."""

    def each(self) -> Iterator[tuple[str, object, bool]]:
        """Each key that somebody spoke of: the value that counts, and whether numbers in it are text."""
        for key, value in (self.said.values | self.heard | dict(self.flags)).items():
            yield key, value, key in self.heard and key not in self.flags

    def origin(self, key: str) -> str:
        """Where a value comes from: `default`, `file, line 12`, `environment, RAWSPOOF_…` or `flag`."""
        if key in self.flags:
            return "flag"
        if key in self.variables:
            return f"{ENVIRONMENT}, {self.variables[key]}"
        line = line_of(self.said.lines, key)
        return "default" if key not in self.said.values else f"file, line {line}" if line else "file"

    def told(self, fault: Fault) -> str:
        """A fault as a line: who said it and where, the key, what was expected."""
        # TOML allows any character in a key.
        key, what = "".join(c if c.isprintable() else "?" for c in fault[0]), fault[1]
        whole = key.partition("[")[0]
        if whole in self.flags:
            return f"{COMMAND_LINE}: {key}: {what}"
        if whole in self.variables:
            return f"{ENVIRONMENT}: {self.variables[whole]}{key.removeprefix(whole)}: {what}"
        if self.path is None:
            return f"{ENVIRONMENT if self.variables else COMMAND_LINE}: {key}: {what}"
        line = line_of(self.said.lines, key)
        return f"{self.path}:{line}: {key}: {what}" if line else f"{self.path}: {key}: {what}"


def hear(path: str | None, flags: Mapping[str, object], environ: Mapping[str, str]) -> Given:
    """All three, the file read. Raises ConfigError where that is none."""
    given = Given(path, flags, read(path))
    for name, text in environment.said(environ):
        key = environment.VARIABLES.get(name)
        try:
            if key is None:
                raise ValueError(environment.unknown(name))
            given.heard[key] = environment.value(key, text)
            given.variables[key] = name
        except ValueError as wrong:
            given.deaf.append((name, str(wrong)))
    return given
