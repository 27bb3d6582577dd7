"""A capture walks through a sensor: no root, no kernel, the same bytes and events on every run."""

import logging
from collections.abc import Sequence
from contextlib import ExitStack

from rawspoof import assembly
from rawspoof.config.model import Config, Events
from rawspoof.core.event import AnyEvent
from rawspoof.edges.link.base import Link
from rawspoof.edges.link.capture import CaptureError
from rawspoof.edges.link.pcap import PcapLink
from rawspoof.edges.link.recorder import RecorderLink
from rawspoof.edges.sinks.asked import open_sinks
from rawspoof.edges.sinks.base import Sink
from rawspoof.edges.system import personalities, secret
from rawspoof.loop import serve

OBSERVER = "replay"
"""Name of the observer in a replay's events: not this machine's, for a capture may be from anywhere."""

log = logging.getLogger(__name__)


def run(config: Config, source: str, output: str | None, events: str | None) -> int:
    """Exit status 0, or 1 for a capture that breaks off: what came before has been played and written.

    `output` gets everything that came in and went out. Raises SecretError, UnknownPersonality, ConfigError, OSError.
    """
    faces = personalities.faces(config, look=False)
    made = assembly.parts(config, secret.load(config), faces)
    sensor = assembly.sensor(made, {family: personalities.forge(face) for family, face in faces.items()})
    with ExitStack() as stack:
        link: Link = PcapLink(source)
        if output is not None:
            link = stack.enter_context(RecorderLink(link, open(output, "wb")))  # noqa: SIM115  the recorder closes it
        sinks = open_sinks(Config(events=Events(file=events or "", form=config.events.form)), OBSERVER)
        for sink in sinks:
            stack.callback(sink.close)
        try:
            serve(link, sensor, lambda events: _publish(sinks, events), _complain)
        except CaptureError as error:
            log.error("%s", error)
            return 1
    return 0


def _publish(sinks: Sequence[Sink], events: Sequence[AnyEvent]) -> None:
    """Written at once: a capture can wait."""
    for sink in sinks:
        sink.write(events)


def _complain(error: Exception, raw: bytes | None) -> None:
    log.error("a packet broke something: %r %s", error, raw and raw.hex(), exc_info=error)
