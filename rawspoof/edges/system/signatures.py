"""The signature folders, read. Knows where they lie; what their files mean is the catalogue's."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import rawspoof
from rawspoof.core.signature.catalogue import Catalogue
from rawspoof.core.signature.service import Service

VARIABLE: Final = "RAWSPOOF_SIGNATURES"
"""Environment variable that names the `signatures` folder in place of the one beside the package."""


def folder() -> Path:
    """The `signatures` folder: what VARIABLE says, else the one beside the package, as in a checkout."""
    return Path(os.environ.get(VARIABLE) or Path(rawspoof.__file__).resolve().parent.parent / "signatures")


def load_catalogue(extra: Sequence[str]) -> tuple[Catalogue, list[str]]:
    """The catalogue of our own services and of those in the folders `extra`, and a line for each problem.

    A signature that does not parse is left out, and so is one whose id is taken. An unreadable folder is a problem too.
    """
    services: dict[str, Service] = {}
    problems: list[str] = []
    for path, text in _files([folder() / "services", *map(Path, extra)], problems):
        found, wrong = Catalogue.parse(str(path), text)
        problems += map(str, wrong)
        for service in found:
            if services.setdefault(service.id, service) is not service:
                problems.append(f"{path}: there is a service `{service.id}` already; give this one another id")
    return Catalogue(list(services.values())), problems


def _files(folders: Sequence[Path], problems: list[str]) -> Iterator[tuple[Path, str]]:
    """Every TOML file of the folders, in an order that is the same on every machine: the deal depends on it."""
    for place in folders:
        try:
            paths = sorted(p for p in place.iterdir() if p.suffix == ".toml")
        except OSError as e:
            problems.append(f"{place}: {e.strerror}; name the signature folder in `signatures` or {VARIABLE}")
            continue
        for path in paths:
            try:
                yield path, path.read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError) as e:
                problems.append(f"{path}: {e}")
