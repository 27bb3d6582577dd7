"""An event as a line for fail2ban: date first, address next, what the attacker wrote last and escaped.

Pure: event in, line out. Only sources whose address is proven have a line, so that nobody has another banned. The
filter that reads it is scripts/fail2ban/filter.conf.
"""

from rawspoof.core.event import AnyEvent, ScanDetected, ServiceCredential, SessionOpened, TripwireTouched
from rawspoof.edges.sinks.ecs import address, timestamp
from rawspoof.edges.sinks.forms.facts import facts, kind, text


def line(event: AnyEvent) -> bytes | None:
    """The line, without its end, or None for what is no reason for a ban."""
    match event:
        case SessionOpened() | TripwireTouched():
            names: tuple[str, ...] = ("service",)
        case ServiceCredential():
            names = ("service", "method", "user")
        case ScanDetected() if event.verified:
            names = ("port_count", "target_count", "level", "tool", "techniques")
        case _:
            return None
    told = facts(event)
    said = [f"{name}={text(told[name])}" for name in names if name in told]
    when = timestamp(event.at).replace("+00:00", "Z")
    return " ".join([when, address(event.src), kind(event), f"dpt={event.dport}", *said]).encode("ascii")
