"""Services of a foreign file, written as our own signature files have them. Decides how, writes no file.

Lines that answer the same request, in as many pieces between the host's names, share a service; each is a row of a set.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from rawspoof.core.signature.imported import Bundle, Entry, Pressed, Request, identifier, unpack

_CONTROLS: Final = {9: r"\t", 10: r"\n", 13: r"\r"}
# Quotes end a TOML string, braces begin a field, backslashes an escape.
_PLAIN: Final = frozenset(range(32, 127)) - frozenset(b"'{\\")

Alike = dict[tuple[int | None, str], dict[str, list[Entry]]]
"""Entries by the request and the template that they share, and then by operating system."""


def files(prefix: str, pressed: Pressed, homes: Mapping[str, Mapping[int, int]], source: str) -> dict[str, str]:
    """The text of a file for each protocol, by its name. `homes` as in `imported.services`; `source` is told."""
    head = f"# Made of {' '.join(source.split())} by `rawspoof signatures import`.\nformat = 1\n"
    texts: dict[str, str] = {}
    for bundle in pressed.bundles:
        home = homes.get(bundle.protocol, {})
        name = f"{identifier(prefix, bundle.protocol)}.toml"
        texts[name] = texts.get(name, head) + "".join(_services(prefix, bundle, pressed.requests, home))
    return texts


def _services(prefix: str, bundle: Bundle, requests: Sequence[Request], home: Mapping[int, int]) -> Iterator[str]:
    """A `[[service]]` for each request and each template."""
    alike: Alike = {}
    for os, packed in bundle.entries.items():
        for entry in map(unpack, packed):
            shared = alike.setdefault((entry.request, _template(entry.said)), {})
            shared.setdefault(os, []).append(entry)
    name = identifier(prefix, bundle.protocol, bundle.place)
    for number, ((request, template), sets) in enumerate(alike.items()):
        weight = sum(map(len, sets.values()))
        ports = {str(port): weight for port in (bundle.ports if bundle.place else home)}
        lines = [
            "\n[[service]]",
            f'id = "{name}-{number}"' if number else f'id = "{name}"',
            f'expect = {{ service = {json.dumps(bundle.protocol)}, product = "{{product}}", version = "{{version}}" }}',
            _table("ports", ports if bundle.place else {**ports, "any": weight}),
            *(_answer(requests[request], template) if request is not None else [f"greet = '{template}'"]),
        ]
        yield "\n".join(lines) + "\n" + "".join(_set(os, entries) for os, entries in sets.items())


def _answer(request: Request, template: str) -> list[str]:
    close = "true" if request.close else "false"
    when = request.when.decode("latin-1")
    return ['frame = "match"', f"answers = [{{ when = '{when}', say = '{template}', close = {close} }}]"]


def _set(os: str, entries: Sequence[Entry]) -> str:
    """Each entry a row: the pieces of what is said, product and version."""
    pieces = [f"t{at}" for at, part in enumerate(entries[0].said) if isinstance(part, bytes)]
    rows = (
        [
            *(part for part in e.said if isinstance(part, bytes)),
            e.product.encode("latin-1"),
            e.version.encode("latin-1"),
        ]
        for e in entries
    )
    lines = (f"    [{', '.join(_literal(value) for value in row)}]," for row in rows)
    head = [f"\n  [[service.set]]\n  os = {json.dumps(os)}\n  weight = {len(entries)}"]
    return "\n".join([*head, f'  "{" ".join([*pieces, "product", "version"])}" = [', *lines, "  ]"]) + "\n"


def _template(said: Sequence[Any]) -> str:
    """What is said, with a field for each piece of text; facts of the host are named as they are."""
    return "".join(f"{{t{at}}}" if isinstance(part, bytes) else f"{{{part}}}" for at, part in enumerate(said))


def _literal(data: bytes) -> str:
    """A TOML string whose value our templates read as these bytes."""
    return "'" + "".join(chr(c) if c in _PLAIN else _CONTROLS.get(c, f"\\x{c:02x}") for c in data) + "'"


def _table(name: str, values: Mapping[str, int]) -> str:
    return f"{name} = {{ {', '.join(f'{key} = {value}' for key, value in values.items())} }}"
