"""Moments as the fixed-width texts that protocols write. Knows calendars, no clock: the moment is an argument.

Every text is UTC, in English whatever the locale, and of one length from 1970 to 2286, so that the number of bytes a
template gives never depends on when it is asked.
"""

from datetime import UTC, datetime

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def rfc2822(now: float) -> bytes:
    """`Wed, 01 Jan 2025 12:00:00 +0000`, 31 bytes. RFC 5322 §3.3, the day always in two digits."""
    return _http_text(now) + b" +0000"


def http_date(now: float) -> bytes:
    """`Wed, 01 Jan 2025 12:00:00 GMT`, 29 bytes. RFC 9110 §5.6.7."""
    return _http_text(now) + b" GMT"


def ctime(now: float) -> bytes:
    """`Wed Jan  1 12:00:00 2025`, 24 bytes, as C's asctime writes it."""
    t = datetime.fromtimestamp(now, UTC)
    return (
        f"{_DAYS[t.weekday()]} {_MONTHS[t.month - 1]} {t.day:2d} {t.hour:02d}:{t.minute:02d}:{t.second:02d} {t.year}"
    ).encode()


def iso(now: float) -> bytes:
    """`2025-01-01T12:00:00Z`, 20 bytes. RFC 3339."""
    t = datetime.fromtimestamp(now, UTC)
    return f"{t.year}-{t.month:02d}-{t.day:02d}T{t.hour:02d}:{t.minute:02d}:{t.second:02d}Z".encode()


def clock(now: float) -> bytes:
    """`12:00`, 5 bytes."""
    return _http_text(now)[17:22]


def epoch(now: float) -> bytes:
    """`1735732800`, 10 bytes: seconds since 1970."""
    return b"%010d" % now


def ticket(now: float) -> bytes:
    """A small number that climbs by two a second, 4 bytes little-endian: a server counting its connections.

    Ours: it stays under 2**22, because nmap knows only greetings whose thread id leaves the top byte empty.
    """
    return (int(now * 2) % 2**22).to_bytes(4, "little")


def zulu(now: float) -> bytes:
    """`20250101120000Z`, 15 bytes: KerberosTime, a GeneralizedTime. RFC 4120 §5.2.3."""
    t = datetime.fromtimestamp(now, UTC)
    return f"{t.year}{t.month:02d}{t.day:02d}{t.hour:02d}{t.minute:02d}{t.second:02d}Z".encode()


def zulu_tenth(now: float) -> bytes:
    """`20250101120000.0Z`, 17 bytes: the same as Active Directory writes it."""
    return zulu(now)[:-1] + b".0Z"


def unix32(now: float) -> bytes:
    """Seconds since 1970, 4 bytes big-endian."""
    return (int(now) % 2**32).to_bytes(4, "big")


def unix32le(now: float) -> bytes:
    """Seconds since 1970, 4 bytes little-endian."""
    return unix32(now)[::-1]


def time32(now: float) -> bytes:
    """Seconds since 1900, 4 bytes big-endian. RFC 868."""
    return ((int(now) + 2_208_988_800) % 2**32).to_bytes(4, "big")


def unix_date(now: float) -> bytes:
    """`Wed Jan  1 12:00:00 UTC 2025`, 28 bytes, as `date` writes it."""
    text = ctime(now)
    return text[:20] + b"UTC " + text[20:]


def eu_time(now: float) -> bytes:
    """`12:00:00 01.01.2025`, 19 bytes, as Windows writes it in most of Europe."""
    t = datetime.fromtimestamp(now, UTC)
    return f"{t.hour:02d}:{t.minute:02d}:{t.second:02d} {t.day:02d}.{t.month:02d}.{t.year}".encode()


def filetime(now: float) -> bytes:
    """Tenths of microseconds since 1601, 8 bytes little-endian. MS-DTYP §2.3.3."""
    return (int((now + 11_644_473_600) * 10_000_000)).to_bytes(8, "little")


def _http_text(now: float) -> bytes:
    t = datetime.fromtimestamp(now, UTC)
    return (
        f"{_DAYS[t.weekday()]}, {t.day:02d} {_MONTHS[t.month - 1]} {t.year} {t.hour:02d}:{t.minute:02d}:{t.second:02d}"
    ).encode()
