"""Reads personalities from `signatures/personalities`, and forges their templates with scapy."""

import sys

from rawspoof.core.personality.looks import Offer, looks
from rawspoof.core.personality.model import Personality, parse
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


def forge(personality: Personality) -> dict[Offer, bytes]:
    """A SYN-ACK for every offer. Imports scapy, 0.4 s and 50 MB: best done in a process that ends."""
    from rawspoof.core.wire.forge import synack

    return {offer: synack(look) for offer, look in looks(personality).items()}


def _host_family() -> str:
    return "freebsd" if sys.platform.startswith("freebsd") else "linux"
