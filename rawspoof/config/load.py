"""A TOML file and the command line's values become one Config, or one line that says what is wrong with them.

Decides which value wins (command line, file, default) and what is acceptable. Knows no key and no default: they are
the model's.
"""

import math
import tomllib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any, Final, Literal, get_args, get_origin

import msgspec
from msgspec.structs import FieldInfo

from rawspoof.config.check import problems
from rawspoof.config.model import Config, Section
from rawspoof.config.sinks import explain
from rawspoof.core.signature.foreign.portspoof import is_conf

PORTSPOOF_CONF: Final = "portspoof_conf"
"""The key that a portspoof.conf in place of our own file sets."""

COMMAND_LINE: Final = "command line"
"""Stands where a file's name would, in the error about a value that came from a flag."""


class ConfigError(Exception):
    """One line for people: the file or the command line, the dotted key, what was expected."""


class _Fault(Exception):
    """A key and what was expected of it, by whoever gave it."""

    def __init__(self, key: str, what: str) -> None:
        super().__init__(key, what)
        self.key, self.what = key, what


def _sections() -> dict[str, type[Section]]:
    """The tables of the file, by name."""
    return {field.name: field.type for field in msgspec.structs.fields(Config) if isinstance(field.default, Section)}


def _known() -> dict[str, FieldInfo]:
    """Every key there is, dotted, in the model's order."""
    inner = {f"{name}.{f.name}": f for name, kind in SECTIONS.items() for f in msgspec.structs.fields(kind)}
    return inner | {f.name: f for f in msgspec.structs.fields(Config) if f.name not in SECTIONS}


SECTIONS: Final = _sections()
KNOWN: Final = _known()


def load(path: str | None, overrides: Mapping[str, object] = {}) -> Config:
    """The configuration of a file (None: defaults only) with `overrides`, by dotted key, put over it.

    Raises ConfigError for anything that is not as the model says. Reads the file and nothing else.
    """
    try:
        return _build(read(path) | dict(overrides))
    except _Fault as fault:
        flagged = path is None or fault.key.partition("[")[0] in overrides
        raise ConfigError(f"{COMMAND_LINE if flagged else path}: {fault.key}: {fault.what}") from None


def read(path: str | None) -> dict[str, object]:
    """What a file says, by dotted key, unchecked; nothing for None. Raises ConfigError where it is not TOML.

    A portspoof.conf says one thing: that it is one.
    """
    if path is None:
        return {}
    try:
        with open(path, "rb") as file:
            data = file.read()
        if is_conf(data.decode("latin-1")):
            return {PORTSPOOF_CONF: path}
        return dict(_flat(tomllib.loads(data.decode())))
    except OSError as wrong:
        raise ConfigError(f"{path}: cannot be read: {wrong.strerror}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: expected UTF-8 text") from None
    except tomllib.TOMLDecodeError as wrong:
        raise ConfigError(f"{path}: not TOML: {wrong}") from None


def _flat(table: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    for name, value in table.items():
        if name in SECTIONS and isinstance(value, dict):
            yield from ((f"{name}.{key}", inner) for key, inner in value.items())
        else:
            yield name, value


def _build(given: Mapping[str, object]) -> Config:
    tables: dict[str, dict[str, Any]] = {name: {} for name in ("", *SECTIONS)}
    for key, value in given.items():
        if key not in KNOWN:
            raise _Fault(key, _unknown(key))
        section, _, name = key.rpartition(".")
        tables[section][name] = _convert(key, value)
    fields = tables.pop("") | {name: SECTIONS[name](**table) for name, table in tables.items()}
    config = Config(**fields)
    for key, what in problems(config):
        raise _Fault(key, what)
    return config


def _convert(key: str, value: object) -> object:
    try:
        converted = msgspec.convert(value, KNOWN[key].type)
    except msgspec.ValidationError as wrong:
        index, what = _explain(key, value, str(wrong))
        raise _Fault(key + index, what) from None
    if isinstance(converted, float) and not math.isfinite(converted):
        raise _Fault(key, f"expected a finite number, got {value!r}")
    return converted


def _unknown(key: str) -> str:
    if key in SECTIONS:
        return f"expected a table, [{key}]"
    name = key.rpartition(".")[2]
    # The right name in the wrong table is the commonest slip, and not always the closest spelling.
    near = [known for known in KNOWN if known.endswith(f".{name}")] or get_close_matches(key, [*KNOWN, *SECTIONS], 1, 0)
    return f"unknown key; the nearest is {near[0]}"


def _explain(key: str, value: object, wrong: str) -> tuple[str, str]:
    """The place inside the value, as `[1]` or "", and msgspec's complaint in our form."""
    what, _, place = wrong.partition(" - at `$")
    kind = KNOWN[key].type
    if key == "sink" and place:
        place, what = explain(place.rstrip("`"), what)
    if get_origin(kind) is Literal:
        what = "expected " + " or ".join(f"`{choice}`" for choice in get_args(kind))
    if not place and "got" not in what:
        what += f", got {value!r}"
    return place.rstrip("`"), what[0].lower() + what[1:]
