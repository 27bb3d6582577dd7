"""A port's profile as facts for people. Knows no form but names and plain values."""

from typing import Any

from rawspoof.core.world.profile import Profile


def facts(profile: Profile, at: float) -> dict[str, Any]:
    """What lives there and what it greets with at a moment, in seconds since the epoch; bytes also as latin-1."""
    identity = profile.identity
    banner = identity.greet.render(at) if identity and identity.greet else b""
    return {
        "service": identity.service if identity else "",
        "protocol": identity.seen_as if identity else "",
        "product": identity.product if identity else "",
        "version": identity.version if identity else "",
        "os": identity.os if identity else "",
        "mode": profile.mode.value,
        "delay_s": round(profile.delay_s, 3),
        "hold": profile.hold.value,
        "hold_s": round(profile.hold_s, 3),
        "banner_hex": banner.hex(),
        "banner_len": len(banner),
        "banner_text": banner.decode("latin-1"),
    }
