"""The conference before the log-in: what it offers, and what clients tell in it."""

import struct

import pytest

from rawspoof.core.conversation.base import Credential
from rawspoof.core.conversation.ms_wbt_server import mcs

CHANCE = bytes(range(32))


def initial(methods: int = 0x1B, channels: int = 3) -> bytes:
    blocks = struct.pack("<HHII", 0xC002, 12, methods, 0) + struct.pack("<HHI", 0xC003, 8 + 12 * channels, channels)
    return b"\x7f\x65\x82\1\x94" + b"Duca\x81\x1c" + blocks + bytes(12 * channels)


def info(user: str, password: str, domain: str = "CORP", wide: bool = True) -> bytes:
    texts = [t.encode("utf-16-le" if wide else "latin-1") for t in (domain, user, password, "", "")]
    ends = bytes(2 if wide else 1)
    data = struct.pack("<HHII", 0x40, 0, 0, 0x10 if wide else 0)
    data += struct.pack("<5H", *map(len, texts)) + b"".join(t + ends for t in texts)
    return b"\x64\0\6\3\xeb\x70" + struct.pack(">H", 0x8000 | len(data)) + data


def test_a_conference_names_version_channels_and_no_encryption_inside_tls():
    said = mcs.connect_response(initial(), 0x0008000B, 1, False, CHANCE)
    assert int.from_bytes(said[2:4]) == len(said)
    assert struct.pack("<HHII", 0x0C01, 12, 0x0008000B, 1) in said
    assert struct.pack("<HHHHHHH", 0x0C03, 16, 1003, 3, 1004, 1005, 1006) in said
    assert said.endswith(struct.pack("<HHII", 0x0C02, 12, 0, 0))


@pytest.mark.parametrize(("methods", "chosen"), [(1, 1), (2, 2), (8, 8), (16, 16), (0x1B, 2), (0, 0), (64, 0)])
def test_the_strongest_encryption_of_both_is_chosen(methods, chosen):
    said = mcs.connect_response(initial(methods), 0x00080004, 0, True, CHANCE)
    at = said.index(b"\2\x0c") + 4
    assert struct.unpack_from("<II", said, at) == (chosen, 2 if chosen else 0)
    assert (CHANCE in said) is bool(chosen)


def test_channels_without_number_are_bounded():
    flood = initial(channels=0).replace(struct.pack("<HHI", 0xC003, 8, 0), struct.pack("<HHI", 0xC003, 8, 2**32 - 1))
    assert len(mcs.connect_response(flood, 0, 0, False, CHANCE)) < 300
    assert mcs.connect_response(b"\x7f\x65", 0, 0, False, CHANCE)


def test_a_client_attaches_and_joins():
    assert mcs.next_step(b"\x28") == bytes.fromhex("0300000b02f0802e000006")
    assert mcs.next_step(b"\x38\0\6\3\xeb") == bytes.fromhex("0300000f02f0803e00000603eb03eb")
    assert mcs.next_step(b"\4\1\0\1\0") == b""
    assert mcs.next_step(b"\x38\0") is None


@pytest.mark.parametrize("wide", [True, False])
def test_name_and_password_are_read(wide):
    assert mcs.offered(info("bob", "pw", wide=wide)) == Credential("password", b"CORP\\bob", b"pw")
    assert mcs.offered(info("bob", "pw", "", wide)).user == b"bob"


@pytest.mark.parametrize("said", [b"", b"\x64", b"\x64\0\6\3\xeb\x70\x80\x20" + bytes(40), info("a", "b")[:20]])
def test_what_tells_no_name_is_none(said):
    assert mcs.offered(said) is None
