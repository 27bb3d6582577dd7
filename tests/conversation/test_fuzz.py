"""Payloads: reproducible, in the order of their file, wrapped as portspoof wraps them."""

import pytest

from rawspoof.core.conversation.base import Reply, Then
from rawspoof.core.conversation.fuzz import RANDOM_BYTES_MAX, Fuzz, Payloads


def test_random_payloads_are_the_connection_s_own_and_come_again():
    first = [Payloads().next(dice * 7919 << 32 | dice) for dice in range(2000)]
    assert first == [Payloads().next(dice * 7919 << 32 | dice) for dice in range(2000)]
    assert max(map(len, first)) == RANDOM_BYTES_MAX
    assert len(set(first)) > 1900


def test_words_come_in_order_each_through_every_wrapper_and_again():
    payloads = Payloads([b"one", b"two"], [rb"<__FUZZ__>\r\n", b"[__FUZZ__]"])
    assert [payloads.next(0) for _ in range(5)] == [b"<one>\r\n", b"[one]", b"<two>\r\n", b"[two]", b"<one>\r\n"]


def test_words_go_out_as_they_are_without_a_wrapper():
    assert Payloads([rb"a\n"]).next(0) == rb"a\n"


@pytest.mark.parametrize(
    ("wrapper", "said"),
    [(rb"\t__FUZZ__", b"\tx"), (rb"a\qb__FUZZ__", b"abx"), (b"__FUZZ____FUZZ__", b"x__FUZZ__"), (b"__FUZZ__\\", b"x")],
)
def test_wrappers_know_three_escapes_and_one_place(wrapper, said):
    assert Payloads([b"x"], [wrapper]).next(0) == said


def test_a_wrapper_without_a_place_is_refused():
    with pytest.raises(ValueError, match="wrapper 2 has no __FUZZ__"):
        Payloads([b"x"], [b"__FUZZ__", b"nothing"])


def test_a_connection_gets_one_payload_and_is_held():
    fuzz = Fuzz(b"boom", 0.5)
    assert fuzz.opened(0.0) == Reply(b"boom", Then.HOLD, 0.5)
    assert fuzz.heard(b"?", 0.0) == fuzz.idled(0.0) == Reply(b"", Then.HOLD)
