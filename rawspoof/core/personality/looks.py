"""Which SYN-ACK a personality answers each offer with. Decides looks; forges nothing."""

from itertools import product

from rawspoof.core.personality.model import Personality
from rawspoof.core.wire.template import Look

Offer = tuple[int, bool, bool, bool]
"""IP version, and whether the SYN offered SACK, timestamps, window scaling."""


def looks(personality: Personality) -> dict[Offer, Look]:
    """The look for each of the 16 offers."""
    return {offer: _look(personality, *offer) for offer in product((4, 6), (False, True), (False, True), (False, True))}


def _look(personality: Personality, version: int, sack: bool, timestamps: bool, wscale: bool) -> Look:
    numbers = personality.synack
    layout = numbers.options.offered(sack, timestamps, wscale)
    return Look(
        version, personality.ttl, personality.df, window(personality, version, "T" in layout, wscale), layout,
        numbers.mss6 if version == 6 else numbers.mss4, numbers.wscale,
    )  # fmt: skip


def window(personality: Personality, version: int, timestamps: bool, wscale: bool) -> int:
    """The window in octets, for what SYN and SYN-ACK agreed on."""
    numbers = personality.synack
    if not wscale and numbers.window_unscaled:
        return numbers.window_unscaled
    if version == 6:
        return numbers.window6_timestamps if timestamps else numbers.window6
    return numbers.window4_timestamps if timestamps else numbers.window4
