"""What a frame's description means, and which mean nothing."""

import pytest

from rawspoof.core.signature.frame import Sized


def test_a_length_counts_what_follows_it_unless_said_otherwise():
    assert (Sized(at=2, size=2).head, Sized(at=2, size=2).left_out) == (4, 4)
    assert Sized(at=2, size=2, plus=0).left_out == 0
    assert (Sized(plus=7).head, Sized(plus=7).left_out) == (7, 7)


def test_a_frame_without_end_is_refused():
    with pytest.raises(ValueError, match="`plus` bytes"):
        Sized()
