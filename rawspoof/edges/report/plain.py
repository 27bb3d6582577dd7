"""Values as words that neither a terminal nor a spreadsheet takes for an order. Pure; knows no event."""

from datetime import UTC, datetime
from typing import Final

from rawspoof.edges.sinks.ecs import TEXT_BYTES_MAX, address, escaped

_UNITS: Final = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))


def shown(value: bytes | str, most: int = 256) -> str:
    """Printable ASCII, whatever came in; `~` ends what is longer than `most`."""
    data = value[: most + 1].encode(errors="replace") if isinstance(value, str) else value[: most + 1]
    text = escaped(data)
    whole = len(value) <= most and len(data) <= TEXT_BYTES_MAX and len(text) <= most
    return text if whole else text[: most - 1] + "~"


def ip(packed: bytes) -> str:
    """An address as people write it; of what is none, its bytes."""
    return address(packed) if len(packed) in (4, 16) else shown(packed, 39)


def moment(at: float) -> str:
    """`2026-11-22 10:00:07`, in UTC; `?` for a time that no calendar has."""
    try:
        return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S")
    except (ValueError, OverflowError, OSError):
        return "?"


def span(seconds: float) -> str:
    """Its two largest units: `3 d 4 h`, `12 s`."""
    if not 0 <= seconds < 1e12:
        return "?"
    left = round(seconds)
    parts: list[str] = []
    for size, unit in _UNITS:
        if left >= size or (parts and unit == "s"):
            parts.append(f"{left // size} {unit}")
        elif parts:
            break
        left %= size
    return " ".join(parts[:2]) or "0 s"


def size(count: float) -> str:
    """`999 B`, `12.3 MB`."""
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if count < 1000 or unit == "TB":
            break
        count /= 1000
    return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"


def cut(text: str, width: int) -> str:
    """As much of it as fits; `~` ends what is longer."""
    return text if len(text) <= width else text[: max(width - 1, 0)] + "~"[:width]
