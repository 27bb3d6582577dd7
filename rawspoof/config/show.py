"""The configuration as text: the default file with its comments, and the effective values with where they came from.

Knows no key by name: fields, defaults and comments are read out of the model, which is their only place.
"""

import ast
import inspect
import json
from collections.abc import Mapping
from itertools import pairwise

import msgspec

from rawspoof.config import model
from rawspoof.config.load import KNOWN, SECTIONS, load, read

HEADER = """\
# The configuration of rawspoof. Each value below is the default: to change one, take away its # and write another.
# `rawspoof config check FILE` tells whether the file is right, `rawspoof config show -c FILE` what it comes to.
"""


def default_text() -> str:
    """A whole configuration file in TOML, every key commented out and explained."""
    comments = descriptions()
    blocks = [HEADER]
    for section, keys in _tables():
        if section:
            blocks.append(f"# {comments[section]}\n[{section}]\n")
        blocks += [f"# {comments[key]}\n#{_line(key, KNOWN[key].default)}\n" for key in keys]
    return "\n".join(blocks)


def effective_text(path: str | None, overrides: Mapping[str, object] = {}) -> str:
    """Every key with its value and, as a comment, its origin: default, file or flag. It is TOML and loads to the same.

    Raises ConfigError as `load` does.
    """
    config, in_file = load(path, overrides), read(path)
    blocks = []
    for section, keys in _tables():
        table = getattr(config, section) if section else config
        lines = [f"[{section}]"] if section else []
        for key in keys:
            origin = "flag" if key in overrides else "file" if key in in_file else "default"
            lines.append(f"{_line(key, getattr(table, _name(key)))}  # {origin}")
        blocks.append("\n".join(lines) + "\n")
    return "\n".join(blocks)


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
    return f"{_name(key)} = {_toml(msgspec.to_builtins(value))}"


def _toml(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name} = {_toml(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_toml, value)) + "]"
    # JSON's strings, numbers and booleans are TOML's too.
    return json.dumps(value, ensure_ascii=False)
