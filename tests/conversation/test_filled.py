"""Gaps in a file's words."""

from rawspoof.core.conversation.filled import filled


def test_gaps_are_filled_in_order():
    assert filled(b"a%sb%sc", b"%s", b"2") == b"a%sb2c"
    assert filled(b"a%s%s", b"1") == b"a1"
    assert filled(b"a", b"1") == b"a"
