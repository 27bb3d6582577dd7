"""nmap's `p/…/ v/…/` and so on: what they come to for a text, and what they tell of the groups they name.

A service that answers so is printed so. Source: what nmap 7.93 does with them, and its limits.
"""

import re
from collections.abc import Mapping
from typing import Final

from rawspoof.core.signature.pattern.make import Groups
from rawspoof.core.signature.pattern.plausible import Kind

_LIMITS: Final = {"p": 80, "v": 80, "i": 256, "h": 80, "o": 32, "d": 32}
"""Bytes of nmap's buffers, by template; what does not fit is not printed."""

_VARIABLE = re.compile(r'\$(?:(\d)|P\((\d)\)|SUBST\((\d),"((?:[^"\\]|\\.)*)","((?:[^"\\]|\\.)*)"\)|I\((\d),"([<>])"\))')
_HINTS: Final = {"p": Kind.MODEL, "o": Kind.SYSTEM, "h": Kind.HOST, "v": Kind.VERSION}
"""The stronger later: a group may be named by several templates."""


def hints(templates: Mapping[str, str]) -> dict[int, Kind]:
    """What the groups of a pattern hold, by number, as far as the templates tell; all that have to be there."""
    told: dict[int, Kind] = {}
    for text in templates.values():
        told.update((int(v[1] or v[2] or v[3]), Kind.ANY) for v in _VARIABLE.finditer(text) if not v[6])
    for key, kind in _HINTS.items():
        text = templates.get(key, "")
        told.update((int(v[1] or v[2] or v[3]), kind) for v in _VARIABLE.finditer(text) if not v[6])
    return told


def fill(key: str, template: str, groups: Groups) -> str | None:
    """What nmap prints for a template, or None where it prints nothing: a group is not there, or too much is."""
    try:
        filled = _VARIABLE.sub(lambda found: _value(found, groups), template)
    except LookupError:
        return None
    return filled.rstrip(" \t\n\v\f\r,") if len(filled) < _LIMITS[key] - 1 else None


def _value(found: re.Match[str], groups: Groups) -> str:
    """Raises LookupError for a group that took no part."""
    plain, printable, replaced, old, new, number, order = found.groups()
    data = groups[int(plain or printable or replaced or number)]
    if data is None:
        raise LookupError
    text = data.decode("latin-1")
    if number:
        return str(int.from_bytes(data, "big" if order == ">" else "little"))
    if printable:
        return "".join(c for c in text if " " <= c <= "~")
    if replaced:
        text = text.replace(old.replace("\\", ""), new.replace("\\", ""))
    # nmap's strings end at a zero byte.
    return text.partition("\0")[0]
