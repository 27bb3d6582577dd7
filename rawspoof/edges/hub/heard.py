"""A message of the stream as an event and who saw it, or a reason why it is none. Pure; trusts nothing it reads.

Who saw it is in the subject, which the broker lets only that sensor use. What the event says of itself is checked as
far as anything here relies on it.
"""

import re
from collections.abc import Iterator
from typing import Final

import msgspec

from rawspoof.core.event import AnyEvent
from rawspoof.edges.fleet.streams import EVENTS_SUBJECT, is_copy
from rawspoof.edges.hub.pull import Pulled
from rawspoof.edges.sinks.forms.lossless import decode
from rawspoof.edges.store.database import Heard

AHEAD_S: Final = 86_400.0
"""How much later than it came in an event may have been: clocks differ, but not by more."""
_SUBJECT: Final = re.compile(re.escape(EVENTS_SUBJECT) + r"\.(?P<sensor>[A-Za-z0-9_-]{1,64})\..+")
_ID: Final = re.compile(rb"\r\nNats-Msg-Id: *[^\r\n]*-(\d{1,18})-[0-9a-f]{16}\r\n")
_INTEGER: Final = range(-(2**63), 2**63)
"""What a store can keep."""


class NoEvent(ValueError):
    """What came is no event of a sensor's."""


def heard(message: Pulled, oldest: float) -> Heard:
    """The event of a message. Raises NoEvent. `oldest` is the moment before which events are not kept any more."""
    found = _SUBJECT.fullmatch(message.subject)
    if found is None or is_copy(message.headers):
        raise NoEvent(f"from nobody in particular, at {message.subject[:100]!r}")
    try:
        event = decode(message.data)
    except (ValueError, RecursionError) as error:
        raise NoEvent(f"{found['sensor']}: {error}") from None
    for wrong in _wrong(event, oldest, message.stamp / 1e9 + AHEAD_S):
        raise NoEvent(f"{found['sensor']}: {wrong}")
    return Heard(found["sensor"], theirs(message), event)


def theirs(message: Pulled) -> int:
    """The number that the event has at its sensor; of one without, its place in the stream, below 0."""
    found = _ID.search(message.headers)
    return int(found[1]) if found else -message.number


def sensor_of(subject: str) -> str:
    """Who was allowed to publish there, "" for nobody in particular."""
    found = _SUBJECT.fullmatch(subject)
    return found["sensor"] if found else ""


def _wrong(event: AnyEvent, oldest: float, latest: float) -> Iterator[str]:
    if not oldest <= event.at <= latest:
        yield f"of the moment {event.at}"
    if len(event.src) not in (4, 16) or len(event.dst) not in (4, 16):
        yield "with an address that is none"
    if not (0 <= event.sport <= 65535 and 0 <= event.dport <= 65535):
        yield "with a port that is none"
    # Anything larger would be a float in one place and an error in another.
    if any(isinstance(value, int) and value not in _INTEGER for value in msgspec.structs.astuple(event)):
        yield "with a number beyond all measure"
