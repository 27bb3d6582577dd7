"""Reads the kinds of host of a plausible world from `signatures/profiles`. What they mean is `core.world.kind`'s."""

from collections.abc import Collection

from rawspoof.core.world.kind import Kind, parse
from rawspoof.edges.system.signatures import folder


def load_kinds(families: Collection[str]) -> list[Kind]:
    """All kinds, in an order that is the same on every machine: the deal depends on it.

    `families` are those whose TCP can be spoken. Raises ValueError, in one line, for a file that is not right, an id
    taken twice, or a kind of another family.
    """
    kinds: dict[str, Kind] = {}
    for file in sorted((folder() / "profiles").glob("*.toml")):
        try:
            found = parse(file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise ValueError(f"{file}: {error}") from None
        for kind in found:
            if kind.family not in families:
                raise ValueError(f"{file}: {kind.id}: no personality speaks for family {kind.family!r}")
            if kinds.setdefault(kind.id, kind) is not kind:
                raise ValueError(f"{file}: there is a host {kind.id!r} already; give this one another id")
    return list(kinds.values())
