"""Whether the places that events go to can be reached: a look-up of their names, and a connection that says nothing.

Only done where it is asked for: the doctor sends nothing else. All at once, for a few seconds at most.
"""

import socket
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from time import monotonic
from typing import Final, NamedTuple

from rawspoof.config.model import Config
from rawspoof.config.sinks import place, title
from rawspoof.edges.doctor.finding import Finding, advice, good
from rawspoof.edges.doctor.patience import Asked

CONNECT_S: Final = 2.0
PATIENCE_S: Final = 6.0
"""For all places together, looking up their names included."""
PLACES_MAX: Final = 32
"""Places that are tried."""


class Place(NamedTuple):
    """Where something goes."""

    name: str
    host: str
    port: int
    datagrams: bool
    """Nobody can say whether those arrive."""


def places(config: Config) -> list[Place]:
    """Every one in the configuration; those named in a file or a variable are not known."""
    found = []
    for sink in config.sink:
        where = place(type(sink), sink.url)
        if not isinstance(where, str):
            found.append(Place(title(sink), where[1], where[2], where[0].scheme == "udp"))
    if config.mail.enabled and config.mail.smtp_host:
        found.append(Place("mail", config.mail.smtp_host, config.mail.smtp_port, datagrams=False))
    return found[:PLACES_MAX]


def reach(config: Config, connect: bool) -> Iterator[Finding]:
    """A finding for each place."""
    wanted = places(config)
    if wanted and not connect:
        named = ", ".join(one.name for one in wanted)
        yield good("outputs.untried", f"not tried: {named} (--connect does)")
    elif wanted:
        until = monotonic() + PATIENCE_S
        for one, asked in [(one, Asked(partial(_tried, one))) for one in wanted]:
            try:
                yield asked.answer(until - monotonic())
            except TimeoutError:
                what = f"{one.name}: nobody says in time what the address of {one.host} is"
                yield advice("outputs.unresolved", what, "see to this machine's resolver")


def _tried(one: Place) -> Finding:
    try:
        found = socket.getaddrinfo(one.host, one.port, type=socket.SOCK_STREAM)
    except OSError as wrong:
        what = f"{one.name}: {one.host} has no address: {wrong.strerror}"
        return advice("outputs.unresolved", what, "correct the name, or see to this machine's resolver")
    if one.datagrams:
        return good("outputs.resolved", f"{one.name}: {one.host} has an address; datagrams cannot be tried")
    for *_, (address, *_rest) in found[:2]:
        with suppress(OSError):
            socket.create_connection((str(address), one.port), CONNECT_S).close()
            return good("outputs.reached", f"{one.name}: {one.host} port {one.port} answers")
    what = f"{one.name}: nobody answers at {one.host} port {one.port}"
    return advice("outputs.unreachable", what, "see that it runs and that no firewall is in between")
