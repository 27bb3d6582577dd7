"""The part of rawspoof.toml(5) that tells of each key, made from the configuration's model.

A key's meaning is the sentence beneath it in the model; default, limits, flag and what a reload does are added.
"""

import ast
import inspect
import json
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, Final, get_args

import msgspec
from msgspec.inspect import FloatType, IntType, LiteralType, VarTupleType, type_info

from rawspoof.cli.run import OPTIONS
from rawspoof.config import sinks
from rawspoof.config.keys import KNOWN, SECTIONS
from rawspoof.config.reload import RESTART_KEYS
from rawspoof.config.show import descriptions, toml
from scripts.pages.roff import bold, italic, item, plain, prose, sentence

FLAGS: Final = {key: max(flags, key=lambda flag: flag.startswith("--")) for key, flags, _ in OPTIONS}
KINDS: Final[tuple[type[sinks.Far], ...]] = get_args(sinks.AnySink)
SHARED: Final = (sinks.Far, sinks.Keyed, sinks.Account)
"""What kinds of sink have in common; each is told of once."""


def text() -> str:
    """A subsection for each table, in roff; keys outside of any table come first, as they have to in the file."""
    return "\n".join([*_tables(), *_sinks()])


def _tables() -> Iterator[str]:
    about = descriptions()
    for section in ("", *SECTIONS):
        yield f".SS {plain(f'[{section}]' if section else 'Before the first table')}"
        yield prose(sentence(about[section] if section else "What belongs to no table stands above all of them"))
        for key, field in KNOWN.items():
            if key.rpartition(".")[0] == section and key != "sink":
                yield from _key(field, about[key], FLAGS.get(key, ""), key in RESTART_KEYS)


def _sinks() -> Iterator[str]:
    yield from (".SS [[sink]]", prose(descriptions()["sink"]))
    for part in SHARED:
        names = ", ".join(f"`{kind.__struct_config__.tag}`" for kind in KINDS if issubclass(kind, part))
        yield from (".PP", prose(f"{inspect.getdoc(part)} (kinds: {names})"))
        yield from _own(part)
    for kind in KINDS:
        yield f".SS [[sink]], kind {plain(json.dumps(kind.__struct_config__.tag))}"
        yield prose(inspect.getdoc(kind) or "")
        yield from _own(kind)


def _own(kind: type[sinks.Far]) -> Iterator[str]:
    """The keys that this class itself has."""
    fields = {field.name: field for field in msgspec.structs.fields(kind)}
    body = ast.parse(inspect.getsource(kind)).body[0]
    assert isinstance(body, ast.ClassDef)
    for node, after in pairwise([*body.body, ast.Pass()]):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            note = ast.literal_eval(after.value) if isinstance(after, ast.Expr) else ""
            yield from _key(fields[node.target.id], note)


def _key(field: msgspec.structs.FieldInfo, note: str, flag: str = "", restart: bool = False) -> list[str]:
    value = italic("needed") if field.required else plain(toml(msgspec.to_builtins(field.default)))
    more = [
        _limits(field.type, note),
        f"Flag: `{flag}`." if flag else "",
        "A change needs a restart." if restart else "",
    ]
    return item(f"{bold(field.name)} = {value}", prose(" ".join([note, *more])))


def _limits(annotated: Any, note: str) -> str:
    """What is acceptable, where neither the default nor the note says it."""
    kind = type_info(annotated)
    each = isinstance(kind, VarTupleType)
    kind = kind.item_type if isinstance(kind, VarTupleType) else kind
    if isinstance(kind, LiteralType):
        missing = [value for value in kind.values if f"`{value}`" not in note]
        return f"One of {', '.join(f'`{value}`' for value in kind.values if value)}." if any(missing) else ""
    if not isinstance(kind, IntType | FloatType):
        return ""
    low = f"more than {kind.gt:g}" if kind.ge is None and kind.gt is not None else f"{kind.ge or 0:g}"
    high = "" if kind.le is None else f" to {kind.le:g}"
    if (low, high) == ("0", ""):
        # Numbers below nothing are not what anybody would try.
        return ""
    return sentence(("each " if each else "") + low + (high or " or more" * low.isdigit()))
