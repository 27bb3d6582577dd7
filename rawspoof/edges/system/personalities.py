"""Reads personalities from `signatures/personalities`, and forges their templates with scapy."""

import sys

from rawspoof.config.model import Config
from rawspoof.core.personality.looks import Offer, looks
from rawspoof.core.personality.model import Personality, parse
from rawspoof.edges.system import own_tcp
from rawspoof.edges.system.signatures import folder


class UnknownPersonality(ValueError):
    """No such file, or nothing in it that is a personality."""


def load(name: str) -> Personality:
    """The personality of this name; `host` is this machine's own family. Raises UnknownPersonality."""
    home = folder() / "personalities"
    file = home / f"{_host_family() if name == 'host' else name}.toml"
    try:
        return parse(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        known = ", ".join(sorted(p.stem for p in home.glob("*.toml")))
        raise UnknownPersonality(f"sensor.personality: {name!r} is none of: host, {known}") from None
    except (OSError, ValueError) as error:
        raise UnknownPersonality(f"{file}: {error}") from None


def faces(config: Config, look: bool = True) -> dict[str, Personality]:
    """The personality of each family that a host may have, the configured one first. Raises UnknownPersonality.

    With `look`, `host` takes over what this machine's own TCP does differently from its family's file; a replay does
    without, to give the same bytes on every machine.
    """
    name = config.sensor.personality
    first = load(name)
    if name == "host" and look:
        first = own_tcp.like_this_machine(first)
    found = {first.family: first}
    if config.world.kind == "plausible":
        for file in sorted((folder() / "personalities").glob("*.toml")):
            other = load(file.stem)
            found.setdefault(other.family, other)
    return found


def forge(personality: Personality) -> dict[Offer, bytes]:
    """A SYN-ACK for every offer. Imports scapy, 0.4 s and 50 MB: best done in a process that ends."""
    from rawspoof.core.wire.forge import synack

    return {offer: synack(look) for offer, look in looks(personality).items()}


def _host_family() -> str:
    return "freebsd" if sys.platform.startswith("freebsd") else "linux"
