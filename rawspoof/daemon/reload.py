"""Other settings for a sensor that runs: all of them, or none and one line that says why.

Everything is read, made, opened and tried first; only then rules, workers, blocks and collector go over, in this order.
"""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from rawspoof import change
from rawspoof.config.error import ConfigError
from rawspoof.config.model import Config
from rawspoof.config.reload import changed, needs_restart
from rawspoof.daemon.blueprint import Blueprint, draw
from rawspoof.daemon.crew import Crew
from rawspoof.daemon.openings import Openings, opened
from rawspoof.daemon.refusal import CannotStart
from rawspoof.edges.block.office import Office
from rawspoof.edges.block.outlets import prepare
from rawspoof.edges.sinks.base import SinkError

if TYPE_CHECKING:
    from rawspoof.edges.firewall.guard import Guard
    from rawspoof.edges.web.door import Door


class Refused(Exception):
    """One line that says why everything is as it was."""


def reload(crew: Crew, read: Callable[[], Config], guard: "Guard | None", office: Office) -> str:
    """A line that says what is new. Raises Refused; files of events are opened again even then (logrotate)."""
    try:
        drawn, news = _drawn(crew, read)
        if not news:
            crew.reopen()
            return "reloaded: nothing changed"
        door, openings = _opened(crew, drawn)
    except Refused:
        crew.reopen()
        raise
    try:
        _agreed(crew, drawn, guard)
    except Refused:
        openings.close()
        crew.reopen()
        raise
    crew.drawn, crew.door = drawn, door
    office.settle(drawn.config)
    crew.replace_collector(time.monotonic(), openings)
    return f"reloaded: {', '.join(news)}"


def _drawn(crew: Crew, read: Callable[[], Config]) -> tuple[Blueprint, list[str]]:
    """What to build, and what is new about it. Raises Refused."""
    before = crew.drawn
    try:
        config = read()
        keys = changed(before.config, config)
        if fixed := needs_restart(keys):
            raise Refused(f"{', '.join(fixed)}: needs a restart")
        drawn = draw(config, before, crew.leave_to_parent)
    except (ConfigError, CannotStart, OSError) as error:
        raise Refused(_line(error)) from None
    return drawn, keys or _files(drawn, before)


def _files(drawn: Blueprint, before: Blueprint) -> list[str]:
    """What is new though no key is."""
    one, other = drawn.made, before.made
    dealt = one.world is not other.world or one.payloads is not other.payloads or one.rules is not other.rules
    found = {"what is in signature files": dealt, "what is in files of secrets": drawn.papers != before.papers}
    return [name for name, new in found.items() if new]


def _opened(crew: Crew, drawn: Blueprint) -> "tuple[Door | None, Openings]":
    """What the collector needs of us. Raises Refused."""
    config = drawn.made.config
    try:
        prepare(config)
        door = crew.door and crew.door.renewed(config)
        return door, opened(config)
    except (CannotStart, SinkError, OSError) as error:
        raise Refused(_line(error)) from None


def _agreed(crew: Crew, drawn: Blueprint, guard: "Guard | None") -> None:
    """Have all workers and the kernel take it over, or none of them. Raises Refused."""
    made, same = drawn.made, drawn.made.world is crew.drawn.made.world
    new = change.Change(
        drawn.made.config, made.faces, None if same else made.world, made.payloads, made.rules, drawn.templates
    )  # fmt: skip
    why = change.prepare(crew.controls, new)
    if not why and guard is not None:
        why = _refusal(guard, drawn)
    if why:
        change.finish(crew.controls, change.FORGET)
        raise Refused(why)
    # One that does not answer now is ended by and by, and its successor is made after this blueprint.
    change.finish(crew.controls, change.COMMIT)


def _refusal(guard: "Guard", drawn: Blueprint) -> str:
    """Why the kernel does not take the rules; "" where it has them now."""
    from rawspoof.edges.firewall.guard import FirewallError

    try:
        guard.replace(drawn.plan)
    except (FirewallError, OSError) as error:
        return _line(error)
    return ""


def _line(error: Exception) -> str:
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}"
    return " ".join(str(error).split())
