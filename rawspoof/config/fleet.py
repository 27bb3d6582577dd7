"""What must be right in `[fleet]`, and the sink for events that follows from it. Reads no file."""

import re
from collections.abc import Iterator
from typing import Final

from rawspoof.config.model import Fleet, Hub
from rawspoof.config.sinks import Nats, place

HUB: Final = "hub"
"""The hub's own name in the fleet, which no sensor may have."""
_NAME: Final = r"[A-Za-z0-9._-]{0,64}"


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
    return Fleet(
        url=hub.url,
        user=hub.user,
        secret_file=hub.secret_file,
        secret_env=hub.secret_env,
        ca_file=hub.ca_file,
        cert_file=hub.cert_file,
        verify=hub.verify,
        timeout_s=hub.timeout_s,
        name=HUB,
    )


def events(fleet: Fleet) -> Nats:
    """The sink that sends events to the hub's stream. `fleet.url` must be one."""
    found = place(Nats, fleet.url)
    assert not isinstance(found, str)
    return Nats(
        name=f"fleet {found[1]}:{found[2]}",
        url=fleet.url,
        user=fleet.user,
        secret_file=fleet.secret_file,
        secret_env=fleet.secret_env,
        ca_file=fleet.ca_file,
        cert_file=fleet.cert_file,
        verify=fleet.verify,
        timeout_s=fleet.timeout_s,
        form="rawspoof",
    )
