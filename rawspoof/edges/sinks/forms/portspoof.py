"""portspoof's own log line (2.0): one for each completed connection. Pure: event in, line out."""

from rawspoof.core.event import AnyEvent, SessionOpened
from rawspoof.edges.sinks.ecs import address


def line(event: AnyEvent) -> bytes | None:
    """The line, without its end, or None for an event that portspoof does not know.

    It says SIGNATURE_SEND whatever was sent, as portspoof does; the time is in whole seconds since the epoch.
    """
    if not isinstance(event, SessionOpened):
        return None
    ends = f"source_ip:{address(event.src)} # dst_port:{event.dport}"
    return f"{int(event.at)} # Service_probe # SIGNATURE_SEND # {ends}".encode("ascii")
