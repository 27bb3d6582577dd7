"""Sequence numbers against whole-number arithmetic."""

from hypothesis import given
from hypothesis import strategies as st

from rawspoof.core.tcp import seqnum

NUMBER = st.integers(0, 0xFFFFFFFF)
STEP = st.integers(-(2**31) + 1, 2**31 - 1)


@given(NUMBER, STEP)
def test_diff_undoes_add(a: int, n: int) -> None:
    assert seqnum.diff(seqnum.add(a, n), a) == n


@given(NUMBER, STEP)
def test_order_is_that_of_the_shorter_way_round(a: int, n: int) -> None:
    b = seqnum.add(a, n)
    assert seqnum.lt(a, b) == (n > 0)
    assert seqnum.le(a, b) == (n >= 0)


@given(NUMBER, NUMBER, st.integers(0, 2**31))
def test_a_window_holds_the_numbers_from_its_start_on(x: int, start: int, size: int) -> None:
    assert seqnum.in_window(x, start, size) == ((x - start) % 2**32 < size)


def test_numbers_wrap() -> None:
    assert seqnum.add(0xFFFFFFFF, 1) == 0
    assert seqnum.lt(0xFFFFFFFF, 0)
    assert seqnum.in_window(2, 0xFFFFFFFE, 5)
    assert not seqnum.in_window(3, 0xFFFFFFFE, 5)
