"""One identity: a service of one product in one version, ready to speak. Made by the catalogue, dealt by the world."""

import re
from typing import NamedTuple

from rawspoof.core.signature.template import Template


class Answer(NamedTuple):
    """One request a service understands, and what it says to it."""

    when: re.Pattern[bytes]
    """Matched at the start of a whole request (see `Identity.frame`)."""
    say: Template
    close: bool
    """Close after saying it."""


class Identity(NamedTuple):
    """What a version scan is to find: the facts, and the templates that show them."""

    service: str
    """Catalogue id, e.g. `openssh`."""
    protocol: str
    """nmap's service name, e.g. `ssh`."""
    product: str
    """nmap's product name."""
    version: str
    """The version as nmap prints it, "" where the product shows none."""
    os: str
    """Operating system tag `family/distribution`, or `any`."""
    greet: Template | None
    """Said first; None for a service that waits to be asked."""
    answers: tuple[Answer, ...]
    """Tried in order on each whole request."""
    frame: str
    """What a whole request is: `line` (up to LF), `http` (up to the empty line) or `https` (the same; TLS never is)."""
