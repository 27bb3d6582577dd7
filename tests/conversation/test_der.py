"""DER: what is built is read again, and nothing that is broken is."""

import pytest

from rawspoof.core.conversation.der import der, element, inside


@pytest.mark.parametrize("size", [0, 1, 127, 128, 255, 256, 70000])
def test_what_is_built_is_read_again(size):
    whole = der(0x04, bytes(size))
    assert element(whole + b"more") == (0x04, bytes(size), len(whole))
    assert element(whole[:-1] if size else whole[:1]) is None


@pytest.mark.parametrize("broken", ["", "30", "3003aa", "3084ffffffff00", "30ff", "3081"])
def test_what_is_broken_is_nothing(broken):
    assert element(bytes.fromhex(broken)) is None


def test_elements_are_found_within_elements():
    whole = der(0x30, der(0xA0, b"x"), der(0xA1, der(0x30, der(0x04, b"found"))))
    assert inside(whole, 0x30, 0xA1, 0x30, 0x04) == b"found"
    assert inside(whole, 0x30, 0xA2) is None
