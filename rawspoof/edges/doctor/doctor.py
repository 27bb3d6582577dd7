"""Everything there is to say about this machine and its sensor: which questions are asked, in which order.

Each question has so many seconds, so that a dead file system or a slow command holds up nothing else. Changes nothing,
and installs nothing outside a namespace that is thrown away.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

from rawspoof.config.model import Config
from rawspoof.edges.doctor import foundations, moving, services
from rawspoof.edges.doctor.blocking import blocking
from rawspoof.edges.doctor.decoys import decoys, routes
from rawspoof.edges.doctor.finding import GROUPS, Finding, Level, advice
from rawspoof.edges.doctor.firewall import Running, conntrack, queues, running, table
from rawspoof.edges.doctor.network import network
from rawspoof.edges.doctor.outputs import outputs
from rawspoof.edges.doctor.patience import Asked
from rawspoof.edges.doctor.reach import reach
from rawspoof.edges.doctor.rules import rules
from rawspoof.edges.doctor.storage import storage
from rawspoof.edges.doctor.unit import unit
from rawspoof.edges.firewall.plan import plan_from
from rawspoof.edges.system.links import links

PATIENCE_S: Final = 8.0
"""For one question. Most take milliseconds, the kernel's features a fifth of a second, places far away six seconds."""


class Question(NamedTuple):
    """One thing to find out."""

    group: str
    what: str
    """What is not examined where it is not answered."""
    ask: Callable[[], Iterable[Finding]]

    def answer(self) -> list[Finding]:
        """All of it."""
        return list(self.ask())


def examine(config: Config, path: str = "", connect: bool = False, root: Path = Path("/")) -> list[Finding]:
    """Everything there is to say, the foundations first. Takes half a second, a few with `connect`.

    `path` is the configuration's file, `root` the folder in which /etc, /run and the like are. Without root what only
    root may see is left out, and that is said too.
    """
    found: list[Finding] = []
    unseen: list[str] = []
    for question in _questions(config, path, connect, root):
        try:
            found += Asked(question.answer).answer(PATIENCE_S)
        except PermissionError:
            unseen.append(question.what)
        except TimeoutError:
            what = f"{question.what}: no answer within {PATIENCE_S:.0f} s"
            found.append(advice(f"{question.group}.late", what, "see what holds this machine up, and ask again"))
        except OSError as wrong:
            what = f"{question.what}: {wrong.filename or 'not to be read'}: {wrong.strerror}"
            found.append(advice(f"{question.group}.unreadable", what, "see what is wrong there, and ask again"))
    if unseen:
        what = f"not examined, for only root may: {', '.join(unseen)}"
        found.append(advice("foundations.unseen", what, "run `rawspoof doctor` as root"))
    order = list(GROUPS)
    return sorted(found, key=lambda finding: order.index(finding.group))


def is_fit(findings: Iterable[Finding]) -> bool:
    """Whether the sensor would work."""
    return not any(finding.level is Level.TROUBLE for finding in findings)


def _questions(config: Config, path: str, connect: bool, root: Path) -> Iterator[Question]:
    plan, cards = plan_from(config), links()
    yield Question("foundations", "rights", lambda: [foundations.rights()])
    yield Question("foundations", "the system", lambda: [foundations.distribution(root)])
    yield Question("foundations", "libraries", foundations.libraries)
    yield Question("foundations", "the user", lambda: [foundations.user(config)])
    yield Question("foundations", "kernel features", foundations.features)
    yield Question("foundations", "the clock", lambda: [foundations.clock()])
    yield Question("foundations", "a container", lambda: foundations.surrounded(root, cards))
    yield Question("foundations", "the unit", lambda: unit(root))
    yield Question("network", "interfaces", lambda: network(config, plan, cards))
    yield Question("network", "decoy networks", lambda: decoys(plan, cards, routes()))
    now = _running()
    yield Question("firewall", "our table", lambda: table(config, running()))
    yield Question("firewall", "queues", lambda: queues(plan, now))
    yield Question("firewall", "rules of others", lambda: rules(plan))
    yield Question("firewall", "conntrack", conntrack)
    admins = services.sessions()
    yield Question("firewall", "blocking", lambda: blocking(config, admins))
    yield Question("services", "services", lambda: services.services(config, plan, now))
    yield Question("services", "SSH sessions", lambda: services.safe(admins))
    yield Question("storage", "files", partial(storage, config, path, root))
    yield Question("outputs", "outputs", lambda: outputs(config, datetime.now(UTC)))
    yield Question("outputs", "places far away", lambda: reach(config, connect))
    yield Question("moving", "what portspoof left", lambda: moving.moving(root))


def _running() -> Running:
    """Whether a sensor runs; no, where we may not know."""
    try:
        return running()
    except PermissionError:
        return Running(False, None)
