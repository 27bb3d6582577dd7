"""Every key there is, by dotted name, and what a value of it becomes. Decides what one key accepts on its own.

Knows no key by name but the table of sinks: fields, types and limits are the model's.
"""

import math
import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Final, Literal, get_args, get_origin

import msgspec
from msgspec.structs import FieldInfo

from rawspoof.config.credentials import resolved
from rawspoof.config.model import Config, Port, Section
from rawspoof.config.sinks import explain

Fault = tuple[str, str]
"""A key, with an index inside a list, and what was expected there."""

GONE: Final = {"events.batch_max": "events.queue_max"}
"""Keys of earlier versions, and what stands in for each."""

PORT_MAX: Final = 65535
BITS_MAX: Final = 64
_RANGE: Final = re.compile(r"([0-9]{1,5})-([0-9]{1,5})")


def _sections() -> dict[str, type[Section]]:
    """The tables of the file, by name."""
    return {field.name: field.type for field in msgspec.structs.fields(Config) if isinstance(field.default, Section)}


def _known() -> dict[str, FieldInfo]:
    """Every key there is, dotted, in the model's order."""
    inner = {f"{name}.{f.name}": f for name, kind in SECTIONS.items() for f in msgspec.structs.fields(kind)}
    return inner | {f.name: f for f in msgspec.structs.fields(Config) if f.name not in SECTIONS}


SECTIONS: Final = _sections()
KNOWN: Final = _known()


def unknown(key: str) -> str:
    """What to say of a key that there is not."""
    if key in SECTIONS:
        return f"expected a table, [{key}]"
    if key in GONE:
        return f"is gone; {GONE[key]} stands in for it"
    name = key.rpartition(".")[2]
    # The right name in the wrong table is the commonest slip, and not always the closest spelling.
    near = [known for known in KNOWN if known.endswith(f".{name}")] or get_close_matches(key, [*KNOWN, *SECTIONS], 1, 0)
    return f"unknown key; the nearest is {near[0]}"


def accept(key: str, value: object, directory: str, text: bool = False) -> tuple[object | None, list[Fault]]:
    """What a value of a key is, and everything wrong with it; None where it is not to be had.

    `directory` is where `credential:NAME` is looked for. `text` says that numbers and truths come as text.
    """
    kind = KNOWN[key].type
    if get_origin(kind) is not tuple or not isinstance(value, list | tuple):
        return _one(key, kind, value, directory, text)
    # Each element of a list has its own fault to tell.
    each: Iterable[object] = _spread(value) if get_args(kind)[0] == Port else value
    made = [_one(f"{key}[{index}]", get_args(kind)[0], one, directory, text) for index, one in enumerate(each)]
    return tuple(one for one, _ in made), [fault for _, faults in made for fault in faults]


def _spread(ports: Iterable[object]) -> Iterator[object]:
    """The ports with `8000-8100` in full; a range that is none stays, for its fault to be told."""
    for port in ports:
        found = _RANGE.fullmatch(port) if isinstance(port, str) else None
        if found and 1 <= int(found[1]) <= int(found[2]) <= PORT_MAX:
            yield from range(int(found[1]), int(found[2]) + 1)
        else:
            yield port


def _one(key: str, kind: object, value: object, directory: str, text: bool) -> tuple[object | None, list[Fault]]:
    if isinstance(value, int) and value.bit_length() > BITS_MAX:
        # It could not even be shown: Python writes no number of more than 4300 digits.
        return None, [(key, f"expected a number of at most {BITS_MAX} bits")]
    try:
        made: object = msgspec.convert(value, kind, strict=not text)
    except msgspec.ValidationError as wrong:
        field, what = _explained(key, kind, value, str(wrong))
        name = field.removeprefix(".").partition("[")[0]
        if not isinstance(value, dict) or name not in value or name == "kind":
            return None, [(key + field, what)]
        # msgspec stops at the first; without it, the others of the same table are found.
        rest = {other: inner for other, inner in value.items() if other != name}
        _, others = _one(key, kind, rest, directory, text)
        return None, [(key + field, what), *(fault for fault in others if fault[0] != f"{key}.{name}")]
    if _has_nul(value):
        return None, [(key, "expected text without NUL characters")]
    if isinstance(made, float) and not math.isfinite(made):
        return None, [(key, f"expected a finite number, got {value!r}")]
    return resolved(key, made, directory), []


def _has_nul(value: object) -> bool:
    """Whether there is one in it, which no path, name or address may have."""
    if isinstance(value, str):
        return "\0" in value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return any(map(_has_nul, inner))


def _explained(key: str, kind: object, value: object, wrong: str) -> Fault:
    """The place inside the value, as `.url` or "", and msgspec's complaint in our form."""
    what, _, place = wrong.partition(" - at `$")
    place = place.rstrip("`")
    if key.startswith("sink["):
        place, what = explain(place, what)
    if get_origin(kind) is Literal:
        what = "expected " + " or ".join(f"`{choice}`" for choice in get_args(kind))
    if not place and isinstance(value, str):
        what = what.removesuffix(", got `str`")
    if not place and "got" not in what:
        what += f", got {value!r}"
    return place, what[0].lower() + what[1:]


def value(config: Config, key: str) -> object:
    """What a configuration says of a dotted key."""
    section, _, name = key.rpartition(".")
    return getattr(getattr(config, section) if section else config, name)
