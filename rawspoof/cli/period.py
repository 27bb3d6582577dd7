"""Moments, sources, ports and kinds as people type them, as values. Raises argparse's error for what is none."""

import argparse
import re
from datetime import UTC, datetime
from ipaddress import ip_network
from typing import Final

_AGO: Final = re.compile(r"(\d{1,9})([smhdw])", re.ASCII)
_UNIT_S: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


def now() -> float:
    """Seconds since the epoch."""
    return datetime.now(UTC).timestamp()


def moment(text: str) -> float:
    """Seconds since the epoch of `2h` (ago) or `2026-11-22T10:00` (UTC, unless it says otherwise)."""
    if ago := _AGO.fullmatch(text):
        return max(now() - int(ago[1]) * _UNIT_S[ago[2]], 0.0)
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected 30m, 2h, 7d or 2026-11-22T10:00, got {text!r}") from None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()


def network(text: str) -> tuple[bytes, bytes]:
    """The first and last address, packed, of an address or a network."""
    try:
        named = ip_network(text, strict=False)
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected an address or 198.51.100.0/24, got {text!r}") from None
    return named[0].packed, named[-1].packed


def ports(text: str) -> tuple[int, int]:
    """The first and last port of `22` or `8000-8100`."""
    first, dash, last = text.partition("-")
    try:
        pair = int(first), int(last if dash else first)
    except ValueError:
        pair = 0, 0
    if not 1 <= pair[0] <= pair[1] <= 65535:
        raise argparse.ArgumentTypeError(f"expected a port or a range such as 8000-8100, got {text!r}")
    return pair


def seconds(text: str) -> float:
    """A pause that a person can follow and a machine can bear."""
    try:
        pause_s = float(text)
    except ValueError:
        pause_s = 0.0
    if not 0.2 <= pause_s <= 3600:
        raise argparse.ArgumentTypeError(f"expected seconds, 0.2 or more, got {text!r}")
    return pause_s
