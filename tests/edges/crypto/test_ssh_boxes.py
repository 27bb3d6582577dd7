"""Boxes: what one side seals the other opens, a changed bit is found, and unknown names have none."""

import pytest

from rawspoof.core.conversation.ssh.openssh import CIPHERS, MACS, expand
from rawspoof.core.conversation.ssh.products import OTHERS, PRODUCTS
from rawspoof.edges.crypto.ssh_boxes import box

LISTS = [[CIPHERS, MACS], *(lists[2:] for lists in (OTHERS, *PRODUCTS.values()))]
OFFERED = sorted({name for lists in LISTS for _, line in lists[0] for name in expand(line)})
CODES = sorted({name for lists in LISTS for _, line in lists[1] for name in expand(line)})
WITHOUT = ("ripemd160", "3des-ctr")
"""What is not to be had here; no client takes them first."""

PAIRS = [(cipher, "hmac-sha1") for cipher in OFFERED if cipher not in WITHOUT]
PAIRS += [("aes128-ctr", mac) for mac in CODES if WITHOUT[0] not in mac]


def derive(letter, size):
    """The two directions' letters give the same here, so that what one side says the other hears."""
    return {b"A": b"i", b"B": b"i", b"C": b"k", b"D": b"k", b"E": b"m", b"F": b"m"}[letter] * size


def pair(cipher, mac):
    return box(cipher, mac, derive, True), box(cipher, mac, derive, False)


def packet(made, size=40):
    length = size + -(size + 4 - made.aside) % made.block
    return length.to_bytes(4) + bytes(range(length))


def opened(made, wire, seq):
    size = made.size(wire[: made.head], seq)
    assert size == made.size(wire[: made.head], seq)
    return made.open(wire[: 4 + size + made.tag], seq)


@pytest.mark.parametrize(("cipher", "mac"), PAIRS)
def test_there_and_back(cipher, mac):
    ours, theirs = pair(cipher, mac)
    for seq in (0, 1, 2**32 - 1):
        plain = packet(ours)
        wire = ours.seal(plain, seq)
        assert len(wire) == len(plain) + ours.tag
        assert plain not in wire
        assert opened(theirs, wire, seq) == plain[4:]


@pytest.mark.parametrize("cipher", ["chacha20-poly1305@openssh.com", "aes128-gcm@openssh.com", "aes128-ctr"])
@pytest.mark.parametrize("mac", ["hmac-sha2-256", "hmac-sha2-256-etm@openssh.com", "umac-64@openssh.com"])
def test_a_changed_bit_is_found(cipher, mac):
    ours, theirs = pair(cipher, mac)
    wire = bytearray(ours.seal(packet(ours), 7))
    wire[-1] ^= 1
    assert opened(theirs, bytes(wire), 7) is None
    ours, theirs = pair(cipher, mac)
    wire = bytearray(ours.seal(packet(ours), 7))
    wire[20] ^= 1
    assert opened(theirs, bytes(wire), 7) is None


@pytest.mark.parametrize("mac", ["", "none", "hmac-ripemd160", "hmac-ripemd160-etm@openssh.com"])
def test_codes_that_are_not_known(mac):
    assert pair("aes128-ctr", mac) == (None, None)


def test_ciphers_that_are_not_known():
    assert pair("twofish256-cbc", "hmac-sha1") == (None, None)
