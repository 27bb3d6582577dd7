"""Length fields count what they say they count, nested and in every notation."""

import pytest

from rawspoof.core.signature.template import Template


def said(text):
    return Template.parse(text).render(0.0)


@pytest.mark.parametrize(
    ("field", "written"),
    [
        ("len", b"3"),
        ("len8", b"\x03"),
        ("len16", b"\0\x03"),
        ("len24", b"\0\0\x03"),
        ("len32", b"\0\0\0\x03"),
        ("len16le", b"\x03\0"),
        ("len24le", b"\x03\0\0"),
        ("len32le", b"\x03\0\0\0"),
        ("len64le", b"\x03" + bytes(7)),
        ("ber", b"\x03"),
    ],
)
def test_a_length_counts_the_next_block(field, written):
    assert said(f"a{{{field}}}b{{<}}xyz{{>}}c") == b"a" + written + b"bxyzc"


def test_blocks_nest():
    assert said("{len16}{<}a{len8}{<}bc{>}d{len8}{<}{>}{>}") == b"\0\x06a\x02bcd\0"


def test_several_lengths_may_count_the_same_block():
    assert said("{len8}{len8}{<}abc{>}{len8}") == b"\x03\x03abc\0"


def test_a_length_of_all_counts_itself():
    assert said("{all16}abc") == b"\0\x05abc"
    assert said("E{<}{all32}abc{>}") == b"E\0\0\0\x07abc"
    assert said("{all8}{<}{all8le}{<}{all16}ab{>}{>}c") == b"\x07\x05\0\x04abc"


def test_ber_takes_as_many_bytes_as_it_needs():
    assert said("{ber}{<}" + "x" * 127 + "{>}")[:2] == b"\x7fx"
    assert said("{ber}{<}" + "x" * 128 + "{>}")[:3] == b"\x81\x80x"
    assert said("{ber}{<}{ber}{<}" + "x" * 256 + "{>}{>}")[:6] == b"\x82\x01\x03\x82\x01\x00"


def test_a_count_too_long_for_its_field_is_cut():
    assert said("{len8}{<}" + "x" * 258 + "{>}")[:2] == b"\x02x"


def test_what_is_not_said_is_counted():
    assert said("{len8}{<}ab{~}cd{>}e") == b"\x04ab"


def test_an_offset_is_counted_from_the_start_of_its_block_to_its_mark():
    assert said("{off16}x{off16}{@}A{@}B") == b"\0\5x\0\6AB"
    assert said("head{len8}{<}{off8}{len8}{<}abc{>}{@}AA{all8}{>}") == b"head\x08\x05\x03abcAA\x08"


@pytest.mark.parametrize("text", ["a{<}b", "a{>}b", "{>}{<}", "{off16}", "{@}", "{off16}{<}{@}{>}", "{<}{off8}{>}{@}"])
def test_blocks_and_offsets_that_do_not_match_are_a_mistake(text):
    with pytest.raises(ValueError, match="blocks"):
        Template.parse(text)
