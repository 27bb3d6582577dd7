"""One identity: a service of one product in one version, ready to speak. Made by the catalogue, dealt by the world."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple

from rawspoof.core.signature.frame import FrameName, Sized
from rawspoof.core.signature.site import Site
from rawspoof.core.signature.template import Later, Template


class Answer(NamedTuple):
    """One request a service understands, and what it says to it."""

    when: re.Pattern[bytes]
    """Matched at the start of a whole request (see `Identity.frame`)."""
    say: Template | Later
    """Gaps that are left name groups of `when`: what the request had there is said again."""
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
    frame: FrameName | Sized
    """What a whole request is."""
    facts: Mapping[str, bytes] = MappingProxyType({})
    """Fields of the set and facts of the host, see `service.HOST_FACTS`."""
    words: Mapping[str, Later] = MappingProxyType({})
    """What the file has its speaker say otherwise than others of its protocol."""
    tls: Literal["", "implicit", "starttls"] = ""
    """`implicit`: TLS from the first byte; `starttls`: the service offers to go over to it."""
    site: Site | None = None
    """A web server's pages and manners."""

    @property
    def seen_as(self) -> str:
        """The service as nmap prints it: `ssl/` before what is spoken inside TLS."""
        return f"ssl/{self.protocol}" if self.tls == "implicit" else self.protocol
