"""UMAC's examples of RFC 4418, appendix."""

import pytest

from rawspoof.edges.crypto.ssh_umac import Umac

KEY, NONCE = b"abcdefghijklmnop", int.from_bytes(b"bcdefghi")


@pytest.mark.parametrize(
    ("message", "tag"),
    [
        (b"", "6e155fad26900be1"),
        (b"a" * 3, "44b5cb542f220104"),
        (b"a" * 2**10, "26bf2f5d60118bd9"),
        (b"a" * 2**15, "27f8ef643b0d118d"),
        (b"abc", "d4d7b9f6bd4fbfcf"),
        (b"abc" * 500, "d4cf26ddefd5c01a"),
    ],
)
def test_64_bits(message, tag):
    assert Umac(KEY, 8).tag(message, NONCE).hex() == tag


def test_128_bits_share_their_rounds_with_64_and_not_their_pad():
    long, short = Umac(KEY, 16), Umac(KEY, 8)
    pads = [
        bytes(a ^ b for a, b in zip(umac.tag(b"", NONCE), umac.tag(b"abc", NONCE), strict=True))
        for umac in (long, short)
    ]
    assert pads[0][:8] == pads[1]
    assert long.tag(b"abc", NONCE)[:8] != short.tag(b"abc", NONCE)


def test_short_codes_take_turns_with_a_pads_halves():
    tags = [Umac(KEY, 8).tag(b"abc", nonce) for nonce in range(4)]
    assert len(set(tags)) == 4
