"""An entry that a service's file has written down, and as much of it as a search wants. Knows no directory.

RFC 4511 §4.5.1.8 (which attributes), RFC 3673 (`+`), RFC 2849 §2 (the text: `name: value` lines).
"""

from collections.abc import Sequence

Attributes = list[tuple[bytes, list[bytes]]]


def chosen(text: bytes, wanted: Sequence[bytes], types_only: bool) -> Attributes:
    """The attributes that a search for these gets, in the order of the text.

    `name: value` lines; those behind an empty line are operational: shown to who asks for `+` or for them by name.
    """
    user, _, operational = text.partition(b"\n\n")
    names = {name.lower() for name in wanted}
    everything = not names or b"*" in names
    shown = _of(user, names, everything) + _of(operational, names, b"+" in names)
    return [(name, []) for name, _ in shown] if types_only else shown


def _of(text: bytes, names: set[bytes], everything: bool) -> Attributes:
    found: dict[bytes, list[bytes]] = {}
    for line in text.splitlines():
        name, _, value = line.partition(b": ")
        if everything or name.lower() in names:
            found.setdefault(name, []).append(value)
    return list(found.items())
