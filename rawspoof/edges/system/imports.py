"""Reads signature files of other tools, and keeps what was made of them for the next start.

Decides which format a file has and where its made form is kept; what a line means is `core.signature.foreign`'s.
"""

import gc
import multiprocessing
import os
import re
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from enum import Enum
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple

from rawspoof.config.keys import SECTIONS
from rawspoof.config.load import ConfigError
from rawspoof.config.model import Config
from rawspoof.config.reading import contents
from rawspoof.core.signature import imported
from rawspoof.core.signature.catalogue import Offer
from rawspoof.core.signature.foreign import lines, nmap, portspoof, probes, toml
from rawspoof.core.signature.foreign.press import Left, Outcome, gather
from rawspoof.core.signature.imported import Imported, Pressed
from rawspoof.core.signature.problem import Problem
from rawspoof.edges.system.kept import keep, name, recall

FILE_MAX: Final = 64 * 2**20
"""Bytes of a signature file; nmap's has 2.5 million."""

Homes = Mapping[str, Mapping[int, int]]
"""Ports with weights, by protocol."""

_CHUNK: Final = 1000
"""Patterns of portspoof's that are made ready at a time."""

PATIENCE_S: Final = 1.0
"""How long an import may take before it says how far it is."""

_EXPECTED: Final = "expected services in TOML, portspoof's signatures or an nmap-service-probes"
_CONFIGURATION: Final = re.compile(rf"^\[ *({'|'.join(SECTIONS)}) *\][ \t]*(#.*)?$", re.MULTILINE)
_PROBE: Final = ("Probe TCP ", "Probe UDP ")


class Kind(Enum):
    """Whose format a file has."""

    OURS = "our TOML"
    NMAP = "nmap-service-probes"
    PORTSPOOF = "portspoof's signatures"
    CONF = "a portspoof.conf"


class Wishes(NamedTuple):
    """How foreign files are to be read."""

    secret: bytes = b""
    """What the texts are drawn from."""
    conf: str = ""
    """A portspoof.conf, "" for none."""
    old: bool = False
    """Texts as portspoof's own generator makes them."""
    cache: Path | None = None
    """Folder for what was made; None: nothing is kept."""


def wishes(config: Config, secret: bytes) -> Wishes:
    """What a configuration wants; kept in the state directory, or in the user's cache where that is not ours."""
    state = Path(config.sensor.state_dir)
    home = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "rawspoof"
    ours = os.access(state if state.exists() else state.parent, os.W_OK)
    return Wishes(secret, config.portspoof_conf, config.compat_expander, state / "imports" if ours else home)


def read(path: Path) -> tuple[Kind, str]:
    """The format of a file and its text (latin-1). Raises ConfigError for what holds no signatures at all."""
    data = contents(str(path), FILE_MAX)
    if len(data) > FILE_MAX:
        raise ConfigError(f"{path}: is longer than {FILE_MAX} bytes; expected a signature file")
    if not data.strip():
        raise ConfigError(f"{path}: is empty; expected services in TOML, portspoof's signatures or nmap-service-probes")
    if b"\0" in data:
        raise ConfigError(
            f"{path}: is binary; expected services in TOML, portspoof's signatures or nmap-service-probes"
        )
    text = data.decode("latin-1")
    if _CONFIGURATION.search(text):
        raise ConfigError(f"{path}: is a configuration of rawspoof, which is given with -c; {_EXPECTED}")
    return _kind(path, text), text


def _kind(path: Path, text: str) -> Kind:
    if path.suffix == ".toml" or "\n[[service]]" in text or text.startswith("[[service]]"):
        return Kind.OURS
    if any(line.startswith(_PROBE) for line in text.split("\n")):
        return Kind.NMAP
    return Kind.CONF if portspoof.is_conf(text) else Kind.PORTSPOOF


def load(path: Path, kind: Kind, text: str, wish: Wishes) -> tuple[Pressed, list[Problem]]:
    """What a file of nmap or portspoof came to, made now or taken from where it is kept, and what was left out."""
    kept = wish.cache and wish.cache / name(text, wish.secret, kind.name, str(wish.old))
    made = recall(kept) if kept else None
    if made is None:
        made = gather(_outcomes(path, kind, text, wish))
        if kept:
            keep(kept, made)
    return made, [Problem(str(path), line, reason) for line, reason in made.problems]


def _outcomes(path: Path, kind: Kind, text: str, wish: Wishes) -> Iterator[Outcome]:
    """What each line comes to, in the order of the file, made by a process for each core.

    What they need for it, patterns read and made ready, is gone with them.
    """
    if kind is Kind.NMAP:
        found, wrong = probes.parse(str(path), text)
        yield from (Left(problem.line, problem.reason) for problem in wrong)
        jobs = [partial(nmap.outcomes, probe, wish.secret) for probe in found if not probe.udp]
    else:
        patterns = list(portspoof.signatures(text))
        chunks = [patterns[at : at + _CHUNK] for at in range(0, len(patterns), _CHUNK)]
        jobs = [partial(lines.outcomes, chunk, wish.secret, wish.old) for chunk in chunks]
    progress = _Progress(path)
    with _pool() as pool:
        for outcomes in pool.map(_do, jobs):
            progress.add(len(outcomes))
            yield from outcomes


def _pool() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(len(os.sched_getaffinity(0)), multiprocessing.get_context("fork"), _set_out)


def _set_out() -> None:
    """In the child: an interrupt is the parent's to handle, and what is made lives as long as the child."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()


def _do(job: Callable[[], list[Outcome]]) -> list[Outcome]:
    return job()


def pins(wish: Wishes) -> tuple[dict[int, Imported], list[Problem]]:
    """The services that a portspoof.conf puts at its ports, and what is wrong or doubtful in it. Raises ConfigError."""
    kind, text = read(Path(wish.conf))
    if kind is not Kind.CONF:
        raise ConfigError(f"{wish.conf}: expected a portspoof.conf, got {kind.value}")
    made, problems = _pinned(wish.conf, text, wish)
    return {port: service for service in imported.services("conf", made, {}) for port in service.ports}, problems


def _pinned(path: str, text: str, wish: Wishes) -> tuple[Pressed, list[Problem]]:
    payloads, problems = portspoof.conf(path, text)
    return gather(lines.pin(payloads, wish.secret, wish.old)), problems


def convert(path: Path, wish: Wishes, ours: Mapping[str, Offer]) -> tuple[dict[str, str], list[Problem]]:
    """A foreign file as TOML files by name, and what was left out. Raises ConfigError if it is ours already."""
    kind, text = read(path)
    if kind is Kind.OURS:
        raise ConfigError(f"{path}: is in our format already")
    if kind is Kind.CONF:
        made, problems = _pinned(str(path), text, wish)
    else:
        made, problems = load(path, kind, text, wish)
    return toml.files(kind.name.lower(), made, homes(ours), str(path)), problems


def services_of(kind: Kind, made: Pressed, number: int = 1, homes: Homes = MappingProxyType({})) -> list[Imported]:
    """The services of the so-manieth foreign file, with ids that tell of which kind it is."""
    return imported.services(kind.name.lower() + (f"-{number}" if number > 1 else ""), made, homes)


def homes(services: Mapping[str, Offer]) -> dict[str, dict[int, int]]:
    """The ports at which each protocol is at home: those where our own services of it are."""
    found: dict[str, dict[int, int]] = {}
    for service in services.values():
        weighty = {port: weight for port, weight in service.ports.items() if weight}
        found.setdefault(service.protocol, {}).update(weighty)
    return found


class _Progress:
    """Says on standard error how far an import is, once it takes longer than one likes to wait in silence."""

    def __init__(self, path: Path) -> None:
        self._path, self._done, self._due = path, 0, time.monotonic() + PATIENCE_S

    def add(self, count: int) -> None:
        """So many lines more are done."""
        self._done += count
        if time.monotonic() >= self._due:
            self._due = time.monotonic() + PATIENCE_S
            sys.stderr.write(f"rawspoof: {self._path}: {self._done} lines made ready (kept for the next start)\n")
