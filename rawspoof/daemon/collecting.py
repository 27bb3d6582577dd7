"""The collector's process put together from what the supervisor gives it. Knows every part of it, and no packet."""

import socket
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from rawspoof.core.watch.blocklist import Blocked
from rawspoof.daemon.blueprint import Blueprint
from rawspoof.daemon.openings import Openings
from rawspoof.edges.block.outlets import EVENTS_MAX, BlocksOnly, outlets
from rawspoof.edges.block.petition import petition
from rawspoof.edges.evidence.keeper import keep
from rawspoof.edges.sinks.asked import dispatcher
from rawspoof.edges.sinks.collector import collect

if TYPE_CHECKING:
    from rawspoof.edges.fleet.member import Member
    from rawspoof.edges.web.door import Door
    from rawspoof.edges.web.web import Web


class Given(NamedTuple):
    """What it is born with."""

    drawn: Blueprint
    openings: Openings
    door: "Door | None"
    """The web admin's, where there is to be one."""
    control: socket.socket
    """Leads to the supervisor, as `orders` does for the web admin."""
    orders: socket.socket
    events: Sequence[socket.socket]
    evidence: Sequence[socket.socket]
    """The collector's ends, one of each for every worker."""
    blocked: Sequence[Blocked]
    """Who is blocked now."""
    started_at: float
    beat: Callable[[], None]


def run(given: Given) -> int:
    """The collector's exit status."""
    config, host = given.drawn.made.config, socket.gethostname()
    keeper = keep(given.evidence, config) if given.evidence else None
    web = _web(given)
    outer = outlets(config, host, given.blocked)
    member = _member(given, host)
    if member is not None:
        outer.append(BlocksOnly(member, EVENTS_MAX))
    spread = dispatcher(
        config, given.openings.sinks, given.openings.far, outer if web is None else [*outer, web.lane]
    )  # fmt: skip
    judge = petition(config, given.control)
    return collect(given.control, given.events, spread, keeper, judge, web, member, given.beat)


def _web(given: Given) -> "Web | None":
    if given.door is None:
        return None
    from rawspoof.edges.web.web import Web

    made = given.drawn.made
    personality = next(iter(made.faces.values())).name
    return Web(made.config, given.door, given.orders, made.world, personality, given.started_at, given.blocked)


def _member(given: Given, host: str) -> "Member | None":
    if given.openings.dial is None:
        return None
    from rawspoof.edges.fleet.join import join

    config = given.drawn.made.config
    return join(config, given.openings.dial, given.control, list(given.blocked), host, given.started_at)
