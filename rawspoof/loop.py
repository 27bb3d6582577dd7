"""The only loop that moves packets. What goes wrong inside is counted, shown (rate-capped) and survived."""

from collections.abc import Callable, Sequence
from typing import Protocol

from rawspoof.core.event import AnyEvent
from rawspoof.core.outcome import Outcome, nothing
from rawspoof.core.tally import Tally
from rawspoof.edges.link.base import Link


class Mind(Protocol):
    """What the loop needs of a Sensor."""

    tally: Tally

    def on_packet(self, at: float, raw: bytes) -> Outcome:
        """What one packet causes."""

    def on_time(self, at: float) -> Outcome:
        """What is due."""

    def next_deadline(self) -> float | None:
        """When something is due next."""


def serve(
    link: Link,
    sensor: Mind,
    publish: Callable[[Sequence[AnyEvent]], None],
    complain: Callable[[Exception, bytes | None], None],
) -> None:
    """Until the link ends: an arrival in, its outcome out."""
    for at, raw in link.arrivals(sensor.next_deadline):
        outcome = nothing()
        try:
            outcome = sensor.on_time(at) if raw is None else sensor.on_packet(at, raw)
        except Exception as error:  # the one catch-all: our mistake must not become the attacker's tool
            sensor.tally.errors += 1
            complain(error, raw)
        link.leave(outcome)
        if outcome.events:
            publish(outcome.events)
