"""What must be right in `[fleet]`, and the sink for events that follows from it. Reads no file."""

import re
from collections.abc import Iterator
from typing import Any, Final

from rawspoof.config.model import Fleet, Hub
from rawspoof.config.sinks import Nats, place

HUB: Final = "hub"
"""The hub's own name in the fleet, which no sensor may have."""
_NAME: Final = r"[A-Za-z0-9._-]{0,64}"
_DIALLED: Final = ("url", "user", "secret_file", "secret_env", "ca_file", "cert_file", "verify", "timeout_s")
"""How the broker is reached: the keys that sensors, hub and the sink for events have in common."""


def problems(fleet: Fleet) -> Iterator[tuple[str, str]]:
    """Each thing that is wrong: the key in the table, and what was expected."""
    found = place(Nats, fleet.url) if fleet.url else ""
    if fleet.url and isinstance(found, str):
        # What stands there may be half a secret; it is not shown.
        yield "url", found
    if fleet.secret_file and fleet.secret_env:
        yield "secret_env", "expected secret_file or secret_env, not both"
    if not re.fullmatch(_NAME, fleet.name):
        yield "name", f"expected at most 64 letters, digits, `.`, `_` and `-`, got {fleet.name!r}"


def of_hub(hub: Hub) -> Fleet:
    """The member of the fleet that its hub is."""
    return Fleet(name=HUB, **_dialled(hub))


def events(fleet: Fleet) -> Nats:
    """The sink that sends events to the hub's stream. `fleet.url` must be one."""
    found = place(Nats, fleet.url)
    assert not isinstance(found, str)
    return Nats(name=f"fleet {found[1]}:{found[2]}", form="rawspoof", **_dialled(fleet))


def _dialled(member: Fleet | Hub) -> dict[str, Any]:
    return {key: getattr(member, key) for key in _DIALLED}
