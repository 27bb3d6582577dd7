"""What is drawn from a port's seed: constant or lively as its name says, and never more than the seed's digest."""

import pytest

from rawspoof.core.signature.draws import cost, draw


@pytest.mark.parametrize(
    ("name", "bytes_used"), [("nonce8", 8), ("hex32", 16), ("hex7", 4), ("raw9", 9), ("code7", 4), ("uptime", 0)]
)
def test_the_cost_of_a_name(name, bytes_used):
    assert cost(name) == bytes_used


@pytest.mark.parametrize("name", ["host", "nonce", "nonce0", "hexa", "uptimes"])
def test_other_names_draw_nothing(name):
    assert cost(name) is None


def test_hex_is_constant_and_the_seed_s_own():
    assert draw("hex6", b"seed", 0) == draw("hex6", b"seed", 0)
    assert draw("hex6", b"seed", 0) != draw("hex6", b"eeds", 0)
    assert len(draw("hex7", b"seed", 28)) == 7
    assert int(draw("hex32", b"seed", 16), 16)


def test_a_code_is_constant_and_in_letters_that_are_not_mistaken():
    codes = [draw(f"code{n}", b"seed", 0) for n in range(1, 9)]
    assert [len(code) for code in codes] == list(range(1, 9))
    assert set(b"".join(codes).decode()) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
    assert draw("code7", b"seed", 0) == codes[6] != draw("code7", b"seed", 4)


def test_raw_is_constant_and_a_part_of_the_same_digest():
    assert draw("raw4", b"seed", 2).hex().encode() == draw("hex8", b"seed", 2)


def test_raw_has_no_line_feed():
    assert not any(b"\n" in draw("raw32", b"%d" % n, 0) for n in range(50))


def test_a_nonce_differs_from_moment_to_moment_and_from_its_neighbour():
    nonce = draw("nonce8", b"seed", 0)
    assert nonce.size == 8
    assert len({nonce.give(at / 10) for at in range(200)}) == 200
    assert draw("nonce8", b"seed", 8).give(1.0) != nonce.give(1.0)


def test_nonces_are_printable_without_quotes_and_dollars():
    said = b"".join(draw("nonce32", b"seed", 0).give(float(at)) for at in range(500))
    assert said.isascii()
    assert said.decode().isprintable()
    assert not set(said) & set(b" \"'$")


def test_uptime_always_has_seven_digits_and_runs():
    uptime = draw("uptime", b"\xff\xff\xff\xff", 0)
    assert {len(uptime.give(at * 12345.0)) for at in range(2000)} == {7}
    assert int(uptime.give(1e9 + 60)) - int(uptime.give(1e9)) == 60
