"""Dates as protocols write them: right, and of one width at every moment."""

import email.utils
import time

from hypothesis import given
from hypothesis import strategies as st

from rawspoof.core.signature import stamps
from rawspoof.core.signature.template import MOMENTS as MOMENT_FIELDS

MOMENTS = st.floats(min_value=0, max_value=9_999_999_999, allow_nan=False)
NOON = 1735732800.0  # 2025-01-01 12:00:00 UTC


def test_each_form_at_a_known_moment():
    assert stamps.rfc2822(NOON) == b"Wed, 01 Jan 2025 12:00:00 +0000"
    assert stamps.http_date(NOON) == b"Wed, 01 Jan 2025 12:00:00 GMT"
    assert stamps.ctime(NOON) == b"Wed Jan  1 12:00:00 2025"
    assert stamps.iso(NOON) == b"2025-01-01T12:00:00Z"
    assert stamps.clock(NOON) == b"12:00"
    assert stamps.epoch(NOON) == b"1735732800"
    assert stamps.zulu(NOON) == b"20250101120000Z"
    assert stamps.zulu_tenth(NOON) == b"20250101120000.0Z"
    assert stamps.unix32(NOON) == b"\x67\x75\x2e\x40"
    assert stamps.unix32le(NOON) == b"\x40\x2e\x75\x67"
    assert stamps.time32(NOON) == b"\xeb\x1f\xac\xc0"
    assert stamps.unix_date(NOON) == b"Wed Jan  1 12:00:00 UTC 2025"
    assert stamps.eu_time(NOON) == b"12:00:00 01.01.2025"
    assert int.from_bytes(stamps.filetime(0.0), "little") == 116_444_736_000_000_000


@given(MOMENTS)
def test_the_standard_library_agrees(now):
    assert stamps.http_date(now).decode() == email.utils.formatdate(int(now), usegmt=True)
    assert stamps.ctime(now).decode() == time.asctime(time.gmtime(now))


@given(MOMENTS, MOMENTS)
def test_no_moment_is_wider_than_another(one, other):
    for stamp in MOMENT_FIELDS.values():
        assert len(stamp.give(one)) == len(stamp.give(other)) == stamp.size


def test_a_ticket_climbs_and_leaves_its_top_byte_empty():
    first, later = (int.from_bytes(stamps.ticket(NOON + s), "little") for s in (0, 30))
    assert later - first == 60
    assert stamps.ticket(2**32 - 1)[3] == 0
