"""So many handshakes a second, and so many at a time."""

from rawspoof.core.conversation.turnstile import ALIVE_MAX, PER_S, Turnstile


def test_so_many_a_second_and_then_none_until_the_next():
    turnstile = Turnstile()
    assert all(turnstile.admits(0, 10.0 + number / 1000) for number in range(PER_S))
    assert not turnstile.admits(0, 10.99)
    assert turnstile.admits(0, 11.0)


def test_so_many_at_a_time():
    turnstile = Turnstile()
    assert turnstile.admits(ALIVE_MAX - 1, 10.0)
    assert not turnstile.admits(ALIVE_MAX, 10.0)
    # Who was not let in has not been counted.
    assert sum(turnstile.admits(0, 10.0) for _ in range(PER_S)) == PER_S - 1
