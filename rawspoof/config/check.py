"""What types cannot say: whether addresses, networks and interfaces are any, and whether fields fit each other.

Knows nothing of this machine but the files that are named: an address that is well written may belong to nobody.
"""

import re
from collections.abc import Callable, Iterator
from ipaddress import ip_address, ip_network

from rawspoof.config import fleet, mail, sinks
from rawspoof.config.model import Config

INTERFACE_BYTES_MAX = 15
"""Linux: IFNAMSIZ with its closing zero is 16."""


ROTATE_MIN_S = 600
"""A scanner that takes its time should meet one port, not several."""


def problems(config: Config) -> Iterator[tuple[str, str]]:
    """Each thing that is wrong: the dotted key (with an index inside a list), and what was expected there."""
    sensor, world, events = config.sensor, config.world, config.events
    yield from _each("sensor.interfaces", sensor.interfaces, _interface)
    yield from _each("sensor.addresses", sensor.addresses, _address)
    yield from _each("sensor.networks", sensor.networks, _network)
    if sensor.only_ports and not set(sensor.only_ports) - set(sensor.exempt_ports):
        yield "sensor.only_ports", "expected a port that is not in sensor.exempt_ports"
    yield from _each("sensor.allow", sensor.allow, _network)
    yield from _each("watch.own_networks", config.watch.own_networks, _network)
    yield from _each("block.never", config.block.never, _network)
    if config.block.seconds_max < config.block.seconds:
        least = f"at least block.seconds ({config.block.seconds})"
        yield "block.seconds_max", f"expected {least}, got {config.block.seconds_max}"
    if 0 < world.rotate_s < ROTATE_MIN_S:
        yield "world.rotate_s", f"expected 0 or at least {ROTATE_MIN_S}, got {world.rotate_s}"
    if 0 < world.hold_max_s < world.hold_min_s:
        least = f"0 or at least world.hold_min_s ({world.hold_min_s})"
        yield "world.hold_max_s", f"expected {least}, got {world.hold_max_s}"
    if config.evidence.mb_max > config.evidence.total_mb_max:
        most = f"at most evidence.total_mb_max ({config.evidence.total_mb_max})"
        yield "evidence.mb_max", f"expected {most}, got {config.evidence.mb_max}"
    # Tools that read portspoof-py's log expect one line a connection and nothing else in it.
    if events.log_file and events.log_file == events.file:
        yield "events.log_file", f"expected another file than events.file, got {events.log_file!r}"
    if events.rotate_mb and not {events.file, events.log_file} - {"", "-"}:
        yield "events.rotate_mb", f"expected 0, or a file in events.file or events.log_file, got {events.rotate_mb}"
    if what := _listening(config.admin.host):
        yield "admin.host", f"expected {what}, got {config.admin.host!r}"
    yield from ((f"mail.{key}", what) for key, what in mail.problems(config.mail))
    yield from ((f"fleet.{key}", what) for key, what in fleet.problems(config.fleet))
    yield from ((f"hub.{key}", what) for key, what in fleet.problems(fleet.of_hub(config.hub)))
    if config.fleet.name == fleet.HUB:
        yield "fleet.name", f"expected another name than {fleet.HUB!r}, which is the hub's own"
    yield from sinks.problems(config.sink)


def _each(key: str, texts: tuple[str, ...], fault: Callable[[str], str | None]) -> Iterator[tuple[str, str]]:
    for index, text in enumerate(texts):
        if expected := fault(text):
            yield f"{key}[{index}]", f"expected {expected}, got {text!r}"


def _interface(text: str) -> str | None:
    if text == "lo":
        return "another interface, for loopback is never covered"
    # The kernel allows more than this; what it allows beyond would have to be quoted in every rule.
    if not re.fullmatch(r"[^\s/\"*:]+", text) or len(text.encode()) > INTERFACE_BYTES_MAX:
        return f"an interface name of 1 to {INTERFACE_BYTES_MAX} bytes"
    return None


def _address(text: str) -> str | None:
    try:
        address = ip_address(text)
    except ValueError:
        return "an IPv4 or IPv6 address"
    if address.is_loopback:
        return "another address, for loopback is never covered"
    if address.is_unspecified:
        return "an address of this machine (none listed: all of them)"
    return None


def _listening(text: str) -> str | None:
    try:
        ip_address(text)
    except ValueError:
        return "an IPv4 or IPv6 address"
    return None


def _network(text: str) -> str | None:
    try:
        near = ip_network(text, strict=False)
    except ValueError:
        return "a network such as 192.0.2.0/24"
    exact = ip_address(text.partition("/")[0]) == near.network_address
    return None if exact else f"{near} (no bits beyond the prefix)"
