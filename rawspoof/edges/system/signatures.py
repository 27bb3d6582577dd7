"""The signature folders and files, read. Knows where they lie; what they mean is the catalogue's and `imports`'."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import rawspoof
from rawspoof.config.load import ConfigError
from rawspoof.core.signature.catalogue import Catalogue, Offer
from rawspoof.core.signature.problem import Problem
from rawspoof.edges.system import imports
from rawspoof.edges.system.imports import Kind, Wishes

VARIABLE: Final = "RAWSPOOF_SIGNATURES"
"""Environment variable that names the `signatures` folder in place of the one beside the package."""

TOLD_MAX: Final = 5
"""Lines of one foreign file that are named when they are left out; of more only the number is told."""

_PLAIN: Final = Wishes()


def folder() -> Path:
    """The `signatures` folder: what VARIABLE says, else the one beside the package, as in a checkout."""
    return Path(os.environ.get(VARIABLE) or Path(rawspoof.__file__).resolve().parent.parent / "signatures")


def load_catalogue(extra: Sequence[str], wish: Wishes = _PLAIN) -> tuple[Catalogue, list[str]]:
    """The catalogue of our own services and of those in the folders and files `extra`, and a line for each problem.

    A signature that does not parse is left out, and so is one whose id is taken. An unreadable folder is a problem
    too; a file that holds no signatures raises ConfigError.
    """
    services: dict[str, Offer] = {}
    problems: list[str] = []
    files = [Path(name) for name in extra if Path(name).is_file()]
    folders = [Path(name) for name in extra if not Path(name).is_file()]
    foreign: list[tuple[Path, Kind, str]] = []
    texts = list(_files([folder() / "services", *folders], problems))
    for path in files:
        kind, text = imports.read(path)
        if kind is Kind.OURS:
            texts += _utf8(path, problems)
        else:
            foreign.append((path, kind, text))
    for path, text in texts:
        found, wrong = Catalogue.parse(str(path), text)
        problems += map(str, wrong)
        for service in found:
            if services.setdefault(service.id, service) is not service:
                problems.append(f"{path}: there is a service `{service.id}` already; give this one another id")
    _import(foreign, wish, services, problems)
    pinned, doubts = imports.pins(wish) if wish.conf else ({}, [])
    return Catalogue(list(services.values()), pinned), [*problems, *map(str, doubts)]


def _import(
    foreign: Sequence[tuple[Path, Kind, str]], wish: Wishes, services: dict[str, Offer], problems: list[str]
) -> None:
    """Add the services of other tools' files, at home where our own of the same protocol are."""
    homes = imports.homes(services)
    for number, (path, kind, text) in enumerate(foreign, 1):
        if kind is Kind.CONF:
            raise ConfigError(f"{path}: is a portspoof.conf; it is given with -c")
        made, wrong = imports.load(path, kind, text, wish)
        services |= {service.id: service for service in imports.services_of(kind, made, number, homes)}
        problems += _summed(path, wrong)


def _summed(path: Path, wrong: Sequence[Problem]) -> list[str]:
    told = [str(problem) for problem in wrong[:TOLD_MAX]]
    if len(wrong) > TOLD_MAX:
        more = len(wrong) - TOLD_MAX
        told.append(f"{path}: {more} more lines left out; `rawspoof signatures check {path}` names them")
    return told


def _files(folders: Sequence[Path], problems: list[str]) -> Iterator[tuple[Path, str]]:
    """Every TOML file of the folders, in an order that is the same on every machine: the deal depends on it."""
    for place in folders:
        try:
            paths = sorted(p for p in place.iterdir() if p.suffix == ".toml")
        except OSError as e:
            problems.append(f"{place}: {e.strerror}: passed over; `signatures` (-s) and {VARIABLE} name such folders")
            continue
        for path in paths:
            yield from _utf8(path, problems)


def _utf8(path: Path, problems: list[str]) -> Iterator[tuple[Path, str]]:
    try:
        yield path, path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as e:
        problems.append(f"{path}: {e}")
