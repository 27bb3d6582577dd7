"""The configuration as text: the default file with its comments, and the effective values with where they came from.

Knows no key by name: fields, defaults and comments are read out of the model, which is their only place.
"""

import ast
import inspect
import json
from collections.abc import Mapping, Sequence
from itertools import pairwise
from textwrap import wrap
from typing import Any, Final

import msgspec

from rawspoof.config import model
from rawspoof.config.error import ConfigError
from rawspoof.config.keys import KNOWN, SECTIONS, value
from rawspoof.config.load import look

HEADER = """\
# The configuration of rawspoof. What has a # before it is the default: to change it, take that away and write another.
# `rawspoof config check FILE` tells whether the file is right, `rawspoof config show -c FILE` what it comes to.
# Variables (RAWSPOOF_WORLD_KIND for world.kind) go over the file, flags over both. A *_file that is read may be
# `credential:NAME`, one that systemd hands to the unit (LoadCredential=NAME:PATH).
"""

WIDTH: Final = 110
"""Of what is said of a key, that it can be read in a terminal."""
HIDDEN: Final = "(hidden)"
"""Stands where a secret would."""


def default_text(notes: Mapping[str, Sequence[str]] = {}, settings: Mapping[str, object] = {}) -> str:
    """A whole configuration file in TOML, every key commented out and explained, but for `version` and `settings`.

    `notes` are lines of comment to say beside a key; the same notes, the same text.
    """
    comments, settings = descriptions(), {"version": model.VERSION, **settings}
    blocks = [HEADER]
    for section, keys in _tables():
        if section:
            blocks.append(f"# {comments[section]}\n[{section}]\n")
        for key in keys:
            about = "".join(f"# {line}\n" for line in (*wrap(comments[key], WIDTH), *notes.get(key, ())))
            set_here = _line(key, settings[key]) if key in settings else f"#{_line(key, KNOWN[key].default)}"
            blocks.append(f"{about}{set_here}\n")
    return "\n".join(blocks)


def effective_text(
    path: str | None, overrides: Mapping[str, object] = {}, environ: Mapping[str, str] = {}, secrets: bool = False
) -> str:
    """Every key with its value and, as a comment, its origin. It is TOML and, with `secrets`, loads to the same.

    Without, what is secret reads `(hidden)`. Raises ConfigError as `load` does.
    """
    config, given, wrong = look(path, overrides, environ)
    for line in wrong:
        raise ConfigError(line)
    blocks = []
    for section, keys in _tables():
        lines = [f"[{section}]"] if section else []
        for key in keys:
            shown = value(config, key) if secrets else hidden(key, value(config, key))
            lines.append(f"{_line(key, shown)}  # {given.origin(key)}")
        blocks.append("\n".join(lines) + "\n")
    return "\n".join(blocks)


def hidden(key: str, value: object) -> Any:
    """The value of a key as TOML can say it, without secrets: a password, and a webhook's address."""
    said = msgspec.to_builtins(value)
    if key == "sink":
        return [{**table, "url": HIDDEN} if table["kind"] == "webhook" and table["url"] else table for table in said]
    return HIDDEN if key == "mail.smtp_password" and said else said


def descriptions() -> dict[str, str]:
    """What the model says beneath each field, by dotted key, and of each section, by its name."""
    tree = ast.parse(inspect.getsource(model))
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    texts = {}
    for section, name in {"": "Config", **{section: kind.__name__ for section, kind in SECTIONS.items()}}.items():
        body = classes[name].body
        texts[section] = _text(body[0])
        for field, note in pairwise(body):
            if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(note, ast.Expr):
                texts[f"{section}.{field.target.id}".lstrip(".")] = _text(note)
    return texts


def _text(node: ast.stmt) -> str:
    assert isinstance(node, ast.Expr)
    return " ".join(str(ast.literal_eval(node.value)).split())


def _tables() -> list[tuple[str, list[str]]]:
    """Keys by section; those of none come first, for TOML has no way back out of a table."""
    return [(section, [key for key in KNOWN if key.rpartition(".")[0] == section]) for section in ("", *SECTIONS)]


def _name(key: str) -> str:
    return key.rpartition(".")[2]


def _line(key: str, value: object) -> str:
    return f"{_name(key)} = {toml(msgspec.to_builtins(value))}"


def toml(value: object) -> str:
    """A value of lists, tables, text, numbers and truths in TOML, on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name} = {toml(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(toml, value)) + "]"
    # JSON's strings, numbers and booleans are TOML's too.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
