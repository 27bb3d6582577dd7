"""Reads out of the store what a report is made of. Knows which questions to ask, not what the answers mean."""

from typing import Final

from rawspoof.core.event import ServiceCredential
from rawspoof.edges.report.summary import Found
from rawspoof.edges.store.queries import Filter, Reader

PORTS: Final = 65536


def found(reader: Reader, since: float, until: float) -> Found:
    """What there is of this time; read once only."""
    opened = Filter(since, until, kinds=("session.open",))
    tried = Filter(since, until, kinds=("service.credential",))
    return Found(
        scans=reader.scans(since, until),
        tried=(event for _, event in reader.events(tried) if isinstance(event, ServiceCredential)),
        connections={int(port): count for port, count in reader.count("dport", opened, PORTS)},
        hours=reader.hours(Filter(since, until)),
    )
