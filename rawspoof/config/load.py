"""A TOML file, the environment and the command line's values become one Config, or lines that say what is wrong.

Decides what is acceptable together with `keys` and `check`. Knows no key but `version`, and no default: they are the
model's.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from rawspoof.config import credentials
from rawspoof.config.check import problems
from rawspoof.config.error import ConfigError
from rawspoof.config.given import ENVIRONMENT, Given, hear
from rawspoof.config.keys import KNOWN, SECTIONS, Fault, accept, unknown
from rawspoof.config.model import VERSION, Config

__all__ = ["KNOWN", "SECTIONS", "ConfigError", "Loaded", "load", "look"]


class Loaded(NamedTuple):
    """A configuration and everything there is to say of it."""

    config: Config
    """With the default where what was said is wrong."""
    given: Given
    wrong: list[str]
    """A line each."""


def load(path: str | None, overrides: Mapping[str, object] = {}, environ: Mapping[str, str] = {}) -> Config:
    """The configuration of a file (None: defaults only), with `environ` and then `overrides`, by dotted key, over it.

    Raises ConfigError for anything that is not as the model says. Reads the file, the email.json that it names, and
    nothing else.
    """
    config, _, wrong = look(path, overrides, environ)
    if wrong:
        more = f" (and {len(wrong) - 1} more: `rawspoof config check` tells all)" if len(wrong) > 1 else ""
        raise ConfigError(wrong[0] + more)
    return config


def look(path: str | None, overrides: Mapping[str, object] = {}, environ: Mapping[str, str] = {}) -> Loaded:
    """The same with every complaint, not only the first. Raises ConfigError for a file that is no configuration."""
    given = hear(path, overrides, environ)
    tables: dict[str, dict[str, Any]] = {name: {} for name in ("", *SECTIONS)}
    faults: list[Fault] = []
    for key, said, text in given.each():
        if key not in KNOWN:
            faults.append((key, unknown(key)))
            continue
        value, wrong = accept(key, said, credentials.directory(environ), text)
        faults += wrong
        section, _, name = key.rpartition(".")
        if value is not None and not wrong:
            tables[section][name] = value
    fields = tables.pop("") | {name: SECTIONS[name](**table) for name, table in tables.items()}
    config = Config(**fields)
    faults += _together(config, faults)
    return Loaded(config, given, [*_told(config, given, faults), *_deaf(config, given)])


def _together(config: Config, faults: list[Fault]) -> list[Fault]:
    """What does not fit together, without what only follows from the faults there are."""
    wrong = {key.partition("[")[0] for key, _ in faults}
    return [
        (key, what)
        for key, what in problems(config)
        if key.partition("[")[0] not in wrong and not any(other in what for other in wrong)
    ]


def _told(config: Config, given: Given, faults: list[Fault]) -> list[str]:
    """A line each, in the order of what was said; of a newer version's file that comes first."""
    told = [given.told(fault) for fault in faults]
    if config.version > VERSION:
        cure = "upgrade rawspoof, or take out what this one does not know and write version = 1"
        what = f"written for a newer rawspoof ({config.version}): this one knows {VERSION}; {cure}"
        told.insert(0, given.told(("version", what)))
    return told


def _deaf(config: Config, given: Given) -> list[str]:
    """A line for each variable that sets nothing; those that the configuration names are secrets, not settings."""
    named = {config.mail.smtp_password_env}
    for sink in config.sink:
        named |= {str(text) for name, text in msgspec.structs.asdict(sink).items() if name.endswith("_env")}
    return [f"{ENVIRONMENT}: {name}: {what}" for name, what in given.deaf if name not in named]
