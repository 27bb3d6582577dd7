"""SMB 1's messages: fields read, answers built, texts where they begin at even places."""

from hypothesis import given, settings
from hypothesis import strategies as st

from rawspoof.core.conversation import ntstatus
from rawspoof.core.conversation.smb.message import build, parse, read, texts
from tests.conversation.smb import client


def test_an_answer_is_its_requests():
    ask = parse(client.one(0x2B, b"\1\0", b"hello", 0xC843, 7)[4:])
    assert (ask.command, ask.user, ask.words, ask.data, ask.data_at) == (0x2B, 7, b"\1\0", b"hello", 37)
    said = build(ask, ntstatus.OK, b"\1\0", ask.data)
    # As Samba 4.17 answers it.
    assert said.hex() == (
        "ff534d422b0000000088 03c8 0000 0000000000000000 0000 0000 fffe 0700 0100 01 0100 0500".replace(" ", "")
        + b"hello".hex()
    )


def test_a_code_of_dos_is_marked_as_one():
    ask = parse(client.one(0x75, flags=0xC001)[4:])
    assert build(ask, ntstatus.BAD_UID)[5:12].hex() == "02005b00880380"
    assert build(ask, ntstatus.ACCESS_DENIED)[5:12].hex() == "220000c08803c0"


def test_texts_come_back():
    for flags in (0x8000, 0):
        for at in (60, 61):
            assert read(texts(["bob", "DOM"], flags, at), flags, at)[:2] == ["bob", "DOM"]


@settings(max_examples=60, deadline=None, database=None)
@given(st.binary(max_size=80))
def test_no_octets_raise(noise):
    for whole in (noise, b"\xffSMB" + noise):
        ask = parse(whole)
        assert ask is None or build(ask, 0)
