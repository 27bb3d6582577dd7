"""A draft as a file in our TOML: each key with the lines that it came from above it, the others in lists at the top."""

import json
from collections.abc import Iterator
from typing import Final

from rawspoof.config.load import KNOWN
from rawspoof.config.migrate.draft import Draft, Fate, Finding

WHAT_MAX: Final = 120
"""Characters of a line that are repeated."""
_WIDE: Final = 110
_HEAD: Final = """\
# Written by `rawspoof config import`. Above each key stand the lines that it came from, and what became of them.
# `rawspoof config check FILE` tells whether it is right; `rawspoof config init` explains every key there is.
"""


def toml(draft: Draft) -> str:
    """The file. It has only keys that the draft has values for."""
    told = len(draft.findings) - sum(draft.counts.values())
    blocks = [_HEAD]
    blocks += _listed("Needs you", Fate.ASK, draft)
    blocks += _listed("Has no key, and why", Fate.NONE, draft)
    if told:
        blocks.append(f"# {-told} further lines are not told of.\n")
    # Keys of no table come first, for TOML has no way back out of one.
    for section in dict.fromkeys(["", *(key.rpartition(".")[0] for key in KNOWN)]):
        keys = [key for key in KNOWN if key in draft.values and key.rpartition(".")[0] == section]
        if keys and section:
            blocks.append(f"[{section}]\n")
        blocks += ["".join(_key(key, draft)) for key in keys]
    return "\n".join(blocks)


def _listed(title: str, fate: Fate, draft: Draft) -> list[str]:
    lines = [f"#   {_line(finding)}\n" for finding in draft.findings if finding.fate is fate]
    return ["".join([f"# {title}:\n", *dict.fromkeys(lines)])] if lines else []


def _key(key: str, draft: Draft) -> Iterator[str]:
    lines = [f"# {_line(finding)}\n" for finding in draft.findings if finding.key == key and finding.fate is Fate.KEPT]
    yield from dict.fromkeys(lines)
    yield f"{key.rpartition('.')[2]} = {_value(draft.values[key])}\n"


def _line(finding: Finding) -> str:
    cut = finding.what if len(finding.what) <= WHAT_MAX else finding.what[: WHAT_MAX - 1] + "…"
    return str(finding._replace(what=cut))


def _value(value: object) -> str:
    if not isinstance(value, list):
        return _one(value)
    line = f"[{', '.join(map(_one, value))}]"
    if len(line) <= _WIDE:
        return line
    rows: list[str] = []
    for each in map(_one, value):
        if not rows or len(rows[-1]) + len(each) > _WIDE:
            rows.append("    ")
        rows[-1] += f"{each}, "
    return "[\n" + "\n".join(row.rstrip() for row in rows) + "\n]"


def _one(value: object) -> str:
    """A number, a truth or a string; what JSON writes of these is TOML too, once DEL is escaped."""
    text = json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return text.encode("utf-8", "replace").decode()
