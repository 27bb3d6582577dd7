"""What an event says beyond when and between whom, as plain values by field name. Knows no format.

Every form that is made of names and values is made of these: a new kind of event is in all of them at once, and
attacker's bytes are escaped in one place.
"""

from typing import Final

from rawspoof.core.event import AnyEvent, Block, Event, Scan, ServiceCredential, Target, TripwireTouched
from rawspoof.edges.sinks.ecs import address, escaped

Fact = str | int | float

FACT_MAX: Final = 4000
"""Characters of a fact; what ArcSight keeps of a custom string. Sixteen targets with their ports may be more."""

_SHARED: Final = len(Event.__struct_fields__)
_LEVELS: Final = (3, 5, 8, 10)
"""Severity of a scan by its level."""


def kind(event: AnyEvent) -> str:
    """The event's name in the catalogue."""
    return str(type(event).__struct_config__.tag)


def title(event: AnyEvent) -> str:
    """The same in words: `Scan detected`."""
    return kind(event).replace(".", " ").replace("_", " ").capitalize()


def severity(event: AnyEvent) -> int:
    """1 to 10, as CEF and LEEF count."""
    match event:
        case Scan():
            return _LEVELS[min(max(event.level, 0), 3)]
        case ServiceCredential():
            return 6
        case TripwireTouched():
            return 8
        case Block():
            return 5
    return 3


def facts(event: AnyEvent) -> dict[str, Fact]:
    """Values by field name, without those that are empty or, like a negative duration, unknown.

    Text is printable ASCII of at most FACT_MAX characters, escaped as in Python; lists are joined by commas.
    """
    told = {name: _told(getattr(event, name)) for name in event.__struct_fields__[_SHARED:]}
    return {name: value for name, value in told.items() if value != "" and not (type(value) is float and value < 0)}


def plain(text: str) -> str:
    """Text as printable ASCII."""
    return text.encode("unicode_escape").decode("ascii")[:FACT_MAX]


def text(fact: Fact) -> str:
    """A fact in a form that knows only text."""
    return str(fact).lower() if isinstance(fact, bool) else str(fact)


def _told(value: object) -> Fact:
    if isinstance(value, bytes):
        return escaped(value)
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, Target):
        # The ellipsis that ends a long list is not ASCII.
        return f"{address(value.address)} {plain(value.ports.replace('…', '...'))}"
    if isinstance(value, tuple):
        between = "; " if value and isinstance(value[0], Target) else ","
        return between.join([text(_told(part)) for part in value])[:FACT_MAX]
    if isinstance(value, dict):
        return ",".join([f"{plain(name)}={count}" for name, count in value.items()])[:FACT_MAX]
    assert isinstance(value, bool | int | float)
    return value
