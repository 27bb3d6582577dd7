"""portspoof-py's log line, so that what reads its log reads ours: one line for each completed connection.

Pure: event in, bytes out. Its users grep for `"src_ip": "…"` and compare timestamps as text: order of keys, blanks and
the form of the time are part of the format.
"""

from rawspoof.core.event import AnyEvent, SessionOpened
from rawspoof.edges.sinks.ecs import address, timestamp


def line(event: AnyEvent) -> bytes | None:
    """The line, its newline included, or None for an event that portspoof-py does not know."""
    if not isinstance(event, SessionOpened):
        return None
    # Nothing in these values can need escaping, so this is JSON as json.dumps would write it, at a third of the cost.
    return (
        f'{{"timestamp": "{timestamp(event.at)}", "src_ip": "{address(event.src)}", "src_port": {event.sport}, '
        f'"dst_port": {event.dport}, "banner_hex": "{event.greeting.hex()}", "banner_len": {len(event.greeting)}}}\n'
    ).encode()
