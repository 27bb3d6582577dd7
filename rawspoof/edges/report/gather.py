"""Reads out of the store what a report is made of. Knows which questions to ask, not what the answers mean."""

from typing import Final

from rawspoof.core.event import ServiceCredential
from rawspoof.edges.report.summary import Found
from rawspoof.edges.store.queries import Filter, Reader

PORTS: Final = 65536


def found(reader: Reader, since: float, until: float, sensor: str = "") -> Found:
    """What there is of this time, of one sensor of a hub or of all; read once only."""
    opened = Filter(since, until, kinds=("session.open",), sensor=sensor)
    tried = Filter(since, until, kinds=("service.credential",), sensor=sensor)
    return Found(
        scans=reader.scans(since, until, sensor=sensor),
        tried=(one.event for one in reader.events(tried) if isinstance(one.event, ServiceCredential)),
        connections={int(port): count for port, count in reader.count("dport", opened, PORTS)},
        hours=reader.hours(Filter(since, until, sensor=sensor)),
    )
